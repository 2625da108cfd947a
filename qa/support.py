"""Does the cited text carry what a statement says? No judge model. Pure.

Only hard facts are compared: numbers, dates, quotations, proper names, and whether something is
denied. A statement whose facts all stand in its evidence is called supported; that it says the
same is for its reader to see. Evidence are the cited sentences, their neighbours on the table,
the titles and the dates of their articles. The thresholds were chosen with
`eval/bench/support.py`, which plants errors in true statements.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from qa.facts import HEDGED_SHARE, Date, Facts, Name, Number, facts, folded, weekday_near
from qa.readers import clues
from qa.table import Row, Table

REPOINT_AT = 0.5
"""A sentence takes the place of those cited if it carries every fact and so much of the words."""

JOIN_AT = 0.3
"""A sentence is cited besides if it carries a missing fact and so much of the words."""

CITE_AT = 0.5
"""A statement without a citation gets the sentence that has so much of its words."""

ELSEWHERE_AT = 0.6
"""A sentence with so much of a statement's words is what it says, ..."""

ELSEWHERE_SHARE = 0.6
"""... and not the cited one, nor a neighbour, if that has less than this part of it."""

SAME_AT = 0.5
"""From this share of its words on a sentence is about the same, so a denial in one only counts."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The numbers that a statement rests on now, and what of it they do not carry."""

    numbers: tuple[int, ...]
    missing: tuple[str, ...]

    @property
    def supported(self) -> bool:
        """Whether it cites something, and nothing is missing."""
        return bool(self.numbers) and not self.missing


class Checker:
    """Checks the statements of one answer against the sentences on its table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def check(self, text: str, numbers: Sequence[int]) -> Verdict:
        """The verdict on a statement, re-pointed where another sentence carries what is missing."""
        rows = [row for n in numbers if (row := self._table.row(n))]
        ranked = sorted(self._table.rows, key=lambda row: -self._share(text, row))
        lost = self._lost(text, rows)
        if rows and not lost and not self._is_elsewhere(text, rows, ranked[0]):
            return Verdict(tuple(row.number for row in rows), ())
        if instead := self._instead(text, ranked, REPOINT_AT if rows else CITE_AT):
            return Verdict((instead.number,), ())
        joined = self._joined(text, rows, ranked) if rows and lost else rows
        lost = [] if len(joined) > len(rows) else lost
        return Verdict(tuple(row.number for row in joined), tuple(lost))

    def _is_elsewhere(self, text: str, rows: Sequence[Row], best: Row) -> bool:
        """Whether the words of a statement stand in a sentence that it does not cite."""
        held = max(self._share(text, other) for row in rows for other in self._table.near(row))
        return self._share(text, best) >= ELSEWHERE_AT and held < ELSEWHERE_SHARE * ELSEWHERE_AT

    def _instead(self, text: str, ranked: Iterable[Row], at: float) -> Row | None:
        """The sentence that carries all of it best, if one does."""
        for row in ranked:
            if self._share(text, row) < at:
                return None
            if not self._lost(text, [row]):
                return row
        return None

    def _joined(self, text: str, rows: Sequence[Row], ranked: Iterable[Row]) -> list[Row]:
        """The sentences with those added that carry what they lack, if together they carry all."""
        chosen = list(rows)
        lost = self._lost(text, chosen)
        for row in ranked:
            if not lost or self._share(text, row) < JOIN_AT:
                break
            left = self._lost(text, [*chosen, row])
            if len(left) < len(lost):
                chosen, lost = [*chosen, row], left
        return list(rows) if lost else chosen

    def _lost(self, text: str, rows: Sequence[Row]) -> list[str]:
        evidence = _Evidence.of(rows, self._table)
        strict = _Evidence.cited(rows) if self._displaced(text, rows) else evidence
        lost = list(missing(text, evidence, strict, self._known_names))
        if not lost and self._denied_otherwise(text, rows):
            lost.append("denied in one only" if clues.negated(text) else "the denial")
        return lost

    def _denied_otherwise(self, text: str, rows: Sequence[Row]) -> bool:
        """Whether the cited sentences say the same, but for a denial in one of both."""
        same = [row for row in rows if self._share(text, row) >= SAME_AT]
        return bool(same) and all(clues.negated(row.text) != clues.negated(text) for row in same)

    def _displaced(self, text: str, rows: Sequence[Row]) -> bool:
        """Whether the cited sentences say the same of others, by name."""
        cited = " ".join(row.text for row in rows)
        if not rows or clues.points_back(cited):
            return False
        own = {folded(name.text) for name in facts(text).names}
        theirs = {folded(name.text) for name in facts(cited).names if not name.opens}
        same = max(self._share(text, row) for row in rows) >= SAME_AT
        return same and bool(theirs - own)

    def _share(self, text: str, row: Row) -> float:
        """Of the statement's words, those that stand in the sentence or its title."""
        words = clues.words(text)
        held = clues.words(row.text) | clues.words(row.article.title)
        return len(words & held) / len(words) if words else 0.0

    @cached_property
    def _known_names(self) -> frozenset[str]:
        """Capitalised words of the table that do not only begin sentences, folded."""
        texts = (text for row in self._table.rows for text in (row.text, row.article.title))
        return frozenset(
            folded(name.text) for text in texts for name in facts(text).names if not name.opens
        )


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a statement may rest on: texts, and when their articles were published."""

    texts: tuple[str, ...]
    published: tuple[datetime, ...]

    @staticmethod
    def of(rows: Iterable[Row], table: Table) -> "_Evidence":
        near = dict.fromkeys(other for row in rows for other in table.near(row))
        articles = {row.article.id: row.article for row in near}.values()
        titles = [part for article in articles for part in (article.title, article.source)]
        published = [a.published_at for a in articles if a.published_at]
        return _Evidence((*(row.text for row in near), *titles), tuple(published))

    @staticmethod
    def cited(rows: Sequence[Row]) -> "_Evidence":
        """Only the cited sentences, and their titles."""
        articles = {row.article.id: row.article for row in rows}.values()
        titles = [part for article in articles for part in (article.title, article.source)]
        return _Evidence((*(row.text for row in rows), *titles), ())

    @property
    def facts(self) -> list[Facts]:
        return [facts(text) for text in self.texts]

    @property
    def folded(self) -> str:
        return folded("\n".join(self.texts))


def missing(
    statement: str, evidence: _Evidence, for_names: _Evidence, known: frozenset[str]
) -> Iterator[str]:
    """The facts of a statement that its evidence does not carry, as they stand in it.

    `known` are names, folded: a word that opens a sentence counts as a name if it is one of them.
    """
    stated, held, text = facts(statement), evidence.facts, evidence.folded
    numbers = [value for one in held for number in one.numbers for value in number.values]
    dates = [date for one in held for date in one.dates]
    numbers += [float(date.year) for date in dates if date.year]
    yield from (one.text for one in stated.numbers if not _has_number(one, numbers))
    yield from (
        one.text
        for one in stated.dates
        if not _has_date(one, dates, evidence.published) and not _has_year(one, numbers)
    )
    yield from (quoted for quoted in stated.quotations if _bare(quoted) not in _bare(text))
    words = frozenset(_WORD.findall(for_names.folded))
    names = [name for name in stated.names if not name.opens or folded(name.text) in known]
    yield from dict.fromkeys(name.text for name in names if not _has_name(name, words, for_names))


_WORD = re.compile(r"[\w'.-]*\w")


def _has_number(number: Number, held: Iterable[float]) -> bool:
    near = HEDGED_SHARE if number.hedged else 1e-9
    return any(abs(value - one) <= near * abs(one) for one in held for value in number.values)


def _has_year(date: Date, numbers: Sequence[float | None]) -> bool:
    alone = date.month is None and date.weekday is None
    return alone and date.year in numbers


def _has_date(date: Date, held: Sequence[Date], published: Sequence[datetime]) -> bool:
    """Whether one date of the evidence has every part of it; the year may be the article's."""
    if date.month is None and date.weekday is None:
        return any(date.year in (one.year, *_years(one, published)) for one in held) or any(
            date.year == moment.year for moment in published
        )
    own = [Date("", moment.year, moment.month, moment.day) for moment in published]
    near = [
        Date("", day.year, day.month, day.day, one.weekday)
        for one in held
        if one.weekday is not None
        for moment in published
        for day in weekday_near(moment.date(), one.weekday)
    ]
    before = [moment - timedelta(days=1) for moment in published]
    own += [Date("", day.year, day.month, day.day) for day in before]
    return any(_agrees(date, one, published) for one in (*held, *own, *near))


def _agrees(date: Date, held: Date, published: Sequence[datetime]) -> bool:
    if date.weekday is not None:
        return date.weekday in (held.weekday, _weekday(held, published))
    year_fits = date.year is None or date.year in (held.year, *_years(held, published))
    return year_fits and date.month == held.month and date.day in (None, held.day)


def _years(date: Date, published: Sequence[datetime]) -> list[int]:
    """The years that a date without one may be of."""
    return [] if date.year else [moment.year for moment in published]


def _weekday(date: Date, published: Sequence[datetime]) -> int | None:
    years = [date.year] if date.year else _years(date, published)
    if not (years and date.month and date.day):
        return None
    try:
        return datetime(years[0], date.month, date.day).weekday()
    except ValueError:
        return None


def _bare(text: str) -> str:
    """Letters and digits only, a blank between words."""
    return " ".join(re.findall(r"\w+", folded(text)))


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


def _has_name(name: Name, words: frozenset[str], evidence: _Evidence) -> bool:
    """Whether the name stands there, or its demonym, or what it is short for."""
    wanted = folded(name.text)
    if wanted in words or any(_is_variant(wanted, word) for word in words):
        return True
    if any(wanted in group and group & words for group in _IRREGULAR):
        return True
    if "-" in wanted and all(part in words for part in wanted.split("-") if part):
        return True
    return name.text.isupper() and any(_is_short(name.text, text) for text in evidence.texts)


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
