"""Does the cited text carry what a statement says? No judge model. Pure.

Only hard facts are compared: numbers and their units, dates, times of day, quotations, proper
names, whether something is denied, and words that have an opposite. A statement whose facts all
stand in its evidence is called supported; that it says the same is for its reader to see. Evidence
are the cited sentences, their neighbours on the table, the titles and the dates of their articles.
The thresholds were chosen with `eval/bench/answers/support.py`, which plants errors in true
statements.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.checks.antonyms import opposed
from qa.checks.fact_check import Evidence, missing
from qa.checks.fact_extraction import facts, folded
from qa.context.numbered_sentences import Row, Table
from qa.readers import lexical_features

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

COPY_AT = 0.85
"""A statement with so much of its words from one sentence copies it, and its names have to stand
among the same words; in other words they may stand anywhere."""

DENIAL, DENIED = "the denial", "what is denied"
"""What is missing of a statement that its sentence denies, or that denies what it says."""

LITTLE_ELSE_AT = 0.7
"""A sentence of whose words a statement has so many says little else."""


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
        denied = lost in ([DENIAL], [DENIED])
        if rows and not lost and not self._is_elsewhere(text, rows, ranked[0]):
            return Verdict(tuple(row.number for row in rows), ())
        if instead := self._instead(text, ranked, REPOINT_AT if rows else CITE_AT):
            return Verdict((instead.number,), ())
        joined = self._joined(text, rows, ranked) if rows and not denied else rows
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
            left = self._lost(text, [*chosen, row]) if row not in chosen else lost
            if len(left) < len(lost):
                chosen, lost = [*chosen, row], left
        return list(rows) if lost else chosen

    def _lost(self, text: str, rows: Sequence[Row]) -> list[str]:
        near = dict.fromkeys(other for row in rows for other in self._table.near(row))
        evidence = Evidence.of(near)
        for_names = Evidence.of(rows) if self._displaced(text, rows) else evidence
        copies = any(self._share(text, row) >= COPY_AT for row in rows)
        lost = list(missing(text, evidence, for_names, self._known_names, copies))
        if not lost and self._denied_otherwise(text, rows):
            lost.append(DENIED if _denies(text) else DENIAL)
        if not lost and any(self._share(text, row) >= SAME_AT for row in rows):
            lost += filter(None, [opposed(text, "\n".join(evidence.texts))])
        return lost

    def _denied_otherwise(self, text: str, rows: Sequence[Row]) -> bool:
        """Whether the cited sentences say the same, but for a denial in one of both.

        A denial that only they have may be of what else they say, unless they say little else.
        """
        denied = _denies(text)
        same = [row for row in rows if self._share(text, row) >= SAME_AT]
        return bool(same) and all(
            _denies(row.text) != denied and (denied or self._says_little_else(text, row))
            for row in same
        )

    def _says_little_else(self, text: str, row: Row) -> bool:
        held = lexical_features.words(row.text)
        return len(held & lexical_features.words(text)) >= LITTLE_ELSE_AT * len(held)

    def _displaced(self, text: str, rows: Sequence[Row]) -> bool:
        """Whether the cited sentences say the same of others, by name."""
        cited = " ".join(row.text for row in rows)
        if not rows or lexical_features.points_back(cited):
            return False
        own = {folded(name.text) for name in facts(text).names}
        theirs = {folded(name.text) for name in facts(cited).names if not name.opens}
        same = max(self._share(text, row) for row in rows) >= SAME_AT
        return same and bool(theirs - own)

    def _share(self, text: str, row: Row) -> float:
        """Of the statement's words, those that stand in the sentence or its title.

        A single word stands anywhere by chance, so it counts for nothing.
        """
        words = lexical_features.words(text)
        return len(words & self._words[row.number]) / len(words) if len(words) > 1 else 0.0

    @cached_property
    def _words(self) -> dict[int, frozenset[str]]:
        return {
            row.number: lexical_features.words(row.text) | lexical_features.words(row.article.title)
            for row in self._table.rows
        }

    @cached_property
    def _known_names(self) -> frozenset[str]:
        """Capitalised words of the table that do not only begin sentences, folded."""
        texts = (text for row in self._table.rows for text in (row.text, row.article.title))
        return frozenset(
            folded(name.text) for text in texts for name in facts(text).names if not name.opens
        )


def _denies(text: str) -> bool:
    """Whether something is denied; a "No," that only answers the question denies nothing here."""
    return bool(_DENIAL.search(_ANSWERS.sub("", text)))


_ANSWERS = re.compile(r"^\W*(no|yes)\s*[,.;:—–-]", re.IGNORECASE)
_DENIAL = re.compile(
    r"n't\b|\b(not|never|no|none|nobody|nothing|nowhere|without|neither|nor|unable|except)\b",
    re.IGNORECASE,
)
