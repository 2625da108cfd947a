"""Sources that give different figures for the same thing. Pure.

Figures are of the same thing if they count the same (the word behind them, or the currency before
them) and stand among the same words. Both are shown, the newest first; which one is right is not
for a program to say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from qa.answer import Citation
from qa.facts import HEDGED_SHARE, Number, facts
from qa.readers import clues

_AROUND = 60
"""Characters before and behind a figure that say what it is of."""

_SHARED_WORDS = 2
"""Words, besides what is counted, that both figures have to stand among."""

_UNIT = re.compile(r"\W*(?:(?:other|more|of|the|its|their|all|new|further)\W+)*([^\W\d_]{3,})")
_CURRENCY = "$£€¥"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and the words that it stands among."""

    number: Number
    unit: str
    among: frozenset[str]

    def contradicts(self, other: "Figure") -> bool:
        """Whether both are of the same thing, and differ by more than rounding."""
        if not self.unit or self.unit != other.unit:
            return False
        if len((self.among & other.among) - {self.unit}) < _SHARED_WORDS:
            return False
        one, two = self.number.values[0], other.number.values[0]
        return abs(one - two) > HEDGED_SHARE * max(abs(one), abs(two))


def figures(text: str) -> list[Figure]:
    """The figures of a sentence."""
    return [_figure(text, number) for number in facts(text).numbers]


def differing(one: str, other: str) -> tuple[Figure, Figure] | None:
    """A figure of each text that the other contradicts; None if they agree on any such figure."""
    pairs = [(a, b) for a in figures(one) for b in figures(other) if a.contradicts(b)]
    values = [{f.number.values[0] for f in figures(text)} for text in (one, other)]
    shared = values[0] & values[1]
    return next((p for p in pairs if not {f.number.values[0] for f in p} & shared), None)


def disagreements(citations: Sequence[Citation]) -> list[str]:
    """A sentence for each thing that citations of different articles disagree on."""
    newest = sorted(citations, key=lambda one: one.published_at or "", reverse=True)
    found: dict[str, dict[str, None]] = {}
    for one, other in combinations(newest, 2):
        if one.article_id != other.article_id and (pair := differing(one.quote, other.quote)):
            told = found.setdefault(pair[0].unit, {})
            told |= dict.fromkeys(_told(f, c) for f, c in zip(pair, (one, other), strict=True))
    return [f"sources disagree: {'; '.join(told)}" for told in found.values()]


def _told(figure: Figure, citation: Citation) -> str:
    origin = [citation.source or citation.title or citation.article_id, citation.published_at]
    return f"{figure.number.text} [{citation.n}] ({', '.join(part for part in origin if part)})"


def _figure(text: str, number: Number) -> Figure:
    end = number.start + len(number.text)
    unit = _UNIT.match(text, end)
    currency = text[number.start - 1 : number.start]
    around = text[max(0, number.start - _AROUND) : end + _AROUND]
    counted = currency if currency and currency in _CURRENCY else ""
    return Figure(number, counted or (clues.stem(unit[1]) if unit else ""), clues.words(around))
