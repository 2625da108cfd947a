"""Full stops that end an abbreviation, and those that end a sentence as well.

`sentencex` knows abbreviations, but not what follows them: it cuts "6 p.m. Monday" and "Le no. 5",
and leaves "etc. Then he ate." and "1:30 a.m. "We heard it."" in one. What it found is settled here,
by the word behind: a title goes on to a name and `No.` to a figure, and a sentence begins with an
article, a pronoun or a conjunction.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

CONTEXT_CHARS = 40
"""So much before and behind a full stop is looked at, in code points."""


class Words(NamedTuple):
    """The words of one language, without their last full stop; blanks stand for blanks or none."""

    titles: str
    """Before a name."""
    counted: str
    """Before a figure."""
    last: str
    """May be the last word of a sentence."""
    first: str
    """Begin a sentence, and no name."""
    days: str
    """Follow a time of the day, as zones do."""


ENGLISH = Words(
    titles="Mr Mrs Ms Dr Prof Gen Adm Rear_Adm Vice_Adm Lt Col Maj Capt Cmdr Cpl Sgt Brig Supt Det "
    "Insp Sen Rep Gov Rev Hon Pres Msgr Fr Pvt Amb Atty Messrs",
    counted="No Nos Fig Figs p pp Vol vol Art art Sec sec Ch ch approx ca Jan Feb Mar Apr Aug Sept "
    "Sep Oct Nov Dec",
    last="etc Inc Corp Co Ltd Bros Jr Sr Ph.D M.D St Ave Blvd Rd",
    first="The He She It They We You But And Or So Yet This That These Those There Then Now Here "
    "His Her Their Its Our My An A In On At When While After Before However If As For From Some "
    "Many Most Both Each Another According Since Although Though Because What Who Why How Not "
    "Nobody Everyone Until With Under By To Of During Despite Still Also Instead Meanwhile",
    days="Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April "
    "May June July August September October November December Mon Tue Wed Thu Fri Sat Sun Jan Feb "
    "Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Eastern Central Mountain Pacific Atlantic Greenwich "
    "London Moscow Beijing Tokyo Indian Local",
)

GERMAN = Words(
    titles="Hr Fr Dr Prof Gen Lt Hptm Ing Dipl Mag St Hl z._B d._h bzw vgl Vgl u._a sog",
    counted="Nr Abs Art S Bd Kap Abb Tab ca Ca Tel",
    last="usw etc Mio Mrd Str",
    first="Der Die Das Den Dem Ein Eine Einen Einem Er Sie Es Wir Ich Ihr Man Aber Und Oder Doch "
    "Dann Danach Dort Hier Heute Jetzt Am Im In Auf Als Wenn Wie Was Wer Nach Bei Für Mit Diese "
    "Dieser Dieses Seine Sein Ihre Nun Auch Nur So Zudem Damit Denn Da Von Vor Zu Zum Zur Seit "
    "Niemand Alle Viele",
    days="Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
)

SPANISH = Words(
    titles="Sr Sra Srta Sres D Dª Dr Dra Gral Cnel Cap Tte Prof Lic Ing Av Avda Excmo Mons Pdte",
    counted="núm Núm No no Nº nº pág págs art Art vol fig aprox",
    last="etc EE._UU S.A Ud Uds",
    first="El La Los Las Lo Un Una Unos Unas Él Ella Ellos Ellas Nadie En Pero Y O Se Según Este "
    "Esta Esto Estos Estas Ese Esa Su Sus No Por Para Con Cuando Como Si Al Del A De Desde Hasta "
    "Tras Sin Sobre Aunque También Además Entonces Hoy Ayer Muchos Todos",
    days="Lunes Martes Miércoles Jueves Viernes Sábado Domingo Hora",
)

FRENCH = Words(
    titles="M MM Mme Mlle Mmes Me Mgr Dr Pr Prof Gén gén Col Cap Lt St Ste av Av bd Bd boul",
    counted="no No n° nos art Art p pp vol fig chap env",
    last="etc J.-C",
    first="Le La Les Un Une Des Du Il Elle Ils Elles On Nous Vous Je Mais Et Ou Ce Cet Cette Ces "
    "Son Sa Ses Leur Leurs En Dans À Au Aux Pour Par Sur Avec Selon Quand Si Comme Après Avant "
    "Depuis Ainsi Puis Alors Personne Tous Beaucoup",
    days="Lundi Mardi Mercredi Jeudi Vendredi Samedi Dimanche Heure",
)

LANGUAGES = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "fr": FRENCH}

_ZONES = r"(?:[ECMP][SD]?T|GMT|UTC|BST|IST|CES?T|[AJ]E?[SD]?T)\b"
_TIME = r"(?:\d\s?|\b)[ap]\.\s?m\.|(?:\d\s?|\b)[AP]\.\s?M\."
_LETTERS = r"(?:\b[A-ZÀ-Þ]\.-?){2,}"
_DOUBLE_INITIAL = re.compile(r"\b[A-ZÀ-Þ]\.-[A-ZÀ-Þ]\.$")
_OPENING = r"[\"'“„«¿¡(\[]*"


class _Rules(NamedTuple):
    titles: re.Pattern[str]
    counted: re.Pattern[str]
    time: re.Pattern[str]
    day: re.Pattern[str]
    first: re.Pattern[str]
    end: re.Pattern[str]


def settled(text: str, starts: Iterable[int], language: str) -> list[int]:
    """The starts of sentences, without those behind an abbreviation that goes on, and with those
    behind one that does not."""
    rules = _rules(language.partition("-")[0])
    kept = [start for start in starts if not _goes_on(text, start, rules)]
    return kept + [found.end() for found in rules.end.finditer(text)]


def _goes_on(text: str, start: int, rules: _Rules) -> bool:
    """Whether the sentence before goes on at `start`: an abbreviation stands there."""
    before = text[max(0, start - CONTEXT_CHARS) : start]
    words, after = before.rstrip(), text[start : start + CONTEXT_CHARS]
    if not words.endswith(".") or before[len(words) :].count("\n") > 1:
        return False
    if rules.titles.search(words) and after[:1].isalpha():
        return rules.first.match(after) is None
    if rules.counted.search(words) and after[:1].isdigit():
        return True
    if rules.time.search(words):
        return rules.day.match(after) is not None
    if _DOUBLE_INITIAL.search(words):
        return rules.first.match(after) is None
    return after.startswith("-") and words[-2:-1].isupper()


@cache
def _rules(language: str) -> _Rules:
    words = LANGUAGES.get(language, ENGLISH)
    begun = r"(?:^|[\s(\"'“„«\[])"
    first = rf"{_OPENING}(?:{_any(words.first)})[\s,’']"
    days = rf"[^\W\d_A-ZÀ-Þ]|{_ZONES}|(?:{_any(words.days)})\b"
    last = rf"\b(?:{_any(words.last)})\.|{_LETTERS}|{_TIME}"
    said = r"[\"“„«]\s?[^\W\d_]"
    return _Rules(
        titles=re.compile(rf"{begun}(?:{_any(words.titles)})\.$"),
        counted=re.compile(rf"{begun}(?:{_any(words.counted)})\.$"),
        time=re.compile(rf"(?:{_TIME})$"),
        day=re.compile(rf"[|/,;\N{{EN DASH}}-]|\((?!{first})|{_OPENING}(?:{days})"),
        first=re.compile(first),
        end=re.compile(rf"(?:{last})\s+(?={first})|(?:{_TIME})\s+(?={said})"),
    )


def _any(words: str) -> str:
    """A pattern of these words; an underline is a blank or none."""
    return "|".join(re.escape(word).replace("_", r"\s?") for word in words.split())
