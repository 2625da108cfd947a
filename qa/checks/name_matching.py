"""Does a proper name stand in a text, as it is or otherwise written? Pure.

Kyiv’s and Kyiv are the same name, so are Ukraine and Ukrainian, Zelensky and Zelenskyy, NATO and
the words that it is short for; Austria and Australia are not.
"""

import re
from collections.abc import Sequence

from qa.checks.fact_extraction import folded
from qa.readers import lexical_features

AROUND = 3
"""Words of a statement before and behind a name that say of what it is said, ..."""

AROUND_HELD = 6
"""... and so many of its evidence, where one of them has to stand again."""

_SHORT = 5
"""A name of so few letters may stand inside other words by chance."""

_WORD = re.compile(r"(?<![\w'.-])[\w'.-]*\w")


def listed(text: str) -> list[str]:
    """The words of a text in order, folded."""
    return [word.removesuffix("'s") for word in _WORD.findall(folded(text))]


def words(text: str) -> frozenset[str]:
    """The words of a text that names are looked for in, folded."""
    return frozenset(listed(text))


_ORDINARY_ENDS = (
    *("ly", "ing", "ed", "es", "ors", "ers", "als", "ents", "ion", "ment", "ity", "ness", "er"),
    *("or", "al", "ive", "ous", "ism", "ist", "age", "ence", "ance", "ship", "able", "ful"),
    *("less", "ward", "one", "body"),
)
_OPENERS = words(
    """a an the this that these those there here it he she they we you i one some any all most many
    much more few several both each every another other either neither no none not only also and
    but or so yet if when while where who what which why how as at by for from in into of off on
    out over to under up with within without about above after against along amid among around
    before behind below between beyond despite down during except inside like near per since than
    then thus though through throughout till toward unlike until upon via whether although because
    however therefore moreover instead later next now once still even ever never perhaps maybe yes
    well just first second third last people work part time data use give make take let his her
    its their our your my be is are was were do does did has have had can could may might must
    shall should will would half nearly almost according due further rather such too very police
    rescue food water health trade state world war city town government country public north south
    east west early late high low new old big small free full good great long short please note
    set keep see try start click open select check run add"""
)
"""Words that any sentence may open with, so no names."""


def must_be_name(word: str, held: frozenset[str]) -> bool:
    """Whether a word that opens a sentence is none that any sentence may open with."""
    lower = folded(word)
    ordinary = lower in _OPENERS or lower in held or lower.endswith(_ORDINARY_ENDS)
    return len(lower) > 2 and not ordinary


_ENDINGS = frozenset(
    (
        *("", "a", "e", "y", "i", "o", "n", "an", "ian", "ians", "ns", "ans", "s", "es", "ese"),
        *("ish", "ic", "ia", "ies", "is", "ean", "eans", "er", "ers"),
    )
)
_IRREGULAR = (
    {"france", "french"}, {"netherlands", "dutch", "holland"}, {"britain", "british", "uk"},
    {"spain", "spanish"}, {"greece", "greek", "greeks"}, {"switzerland", "swiss"},
    {"wales", "welsh"}, {"america", "american", "americans", "us", "u.s", "usa", "states"},
    {"eu", "e.u", "european", "union"}, {"un", "u.n", "nations"}, {"uk", "u.k", "kingdom"},
    {"denmark", "danish"}, {"ireland", "irish"}, {"thailand", "thai"}, {"norway", "norwegian"},
)  # fmt: skip


def stands_elsewhere(name: str, stated: Sequence[str], held: Sequence[str]) -> bool:
    """Whether a name that stands in both texts stands among other words in each: it is another's
    place that it was put in. stated, held: the words of a statement and of its evidence."""
    wanted = folded(name)
    own = _near(wanted, stated, AROUND)
    theirs = _near(wanted, held, AROUND_HELD)
    return len(own) > 1 and bool(theirs) and not own & theirs


def _near(name: str, text: Sequence[str], around: int) -> frozenset[str]:
    """Stems of the words that carry meaning near a name, wherever it stands."""
    places = [at for at, word in enumerate(text) if word == name or _is_variant(name, word)]
    near = (word for at in places for word in text[max(0, at - around) : at + around + 1])
    kept = (word for word in near if word != name and lexical_features.carries_meaning(word))
    return frozenset(map(lexical_features.stem, kept))


def has_name(name: str, held: frozenset[str], texts: Sequence[str]) -> bool:
    """Whether the name stands among these words, or its demonym, or what it is short for."""
    wanted = folded(name)
    if has_variant(wanted, held):
        return True
    if any(wanted in group and group & held for group in _IRREGULAR):
        return True
    if "-" in wanted and all(part in held for part in wanted.split("-") if part):
        return True
    if len(wanted) > _SHORT and any(wanted in "".join(listed(text)) for text in texts):
        return True  # PlayStation 3, South East
    return name.isupper() and any(_is_short(name, text) for text in texts)


def has_variant(name: str, held: frozenset[str]) -> bool:
    """Whether a folded name stands among these, as it is or with another ending."""
    return name in held or any(_is_variant(name, word) for word in held)


def _is_variant(one: str, other: str) -> bool:
    """Ukraine and Ukrainian, Zelensky and Zelenskyy; not Austria and Australia."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return same >= 4 and one[same:] in _ENDINGS and other[same:] in _ENDINGS


def _is_short(name: str, text: str) -> bool:
    """Whether capitals of words that follow each other spell the name."""
    letters = [letter.casefold() for letter in name if letter.isalpha()]
    words = [word for word in re.findall(r"\w+", text) if word[0].isupper()]
    firsts = "".join(word[0] for word in words).casefold()
    return len(letters) > 1 and "".join(letters) in firsts
