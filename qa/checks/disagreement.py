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
from qa.checks.fact_extraction import HEDGED_SHARE, Number, facts, folded
from qa.checks.name_matching import has_variant, must_be_name
from qa.readers import lexical_features

_AROUND = 60
"""Characters before and behind a figure that say what it is of."""

_SHARED_WORDS = 1
"""Words, besides what is counted, that both figures have to stand among."""

_SHARED_WITHOUT_FATE = 2
"""The same where nothing tells what became of those that are counted."""

_FATES = {
    "dead": r"\b(killed|died|dead|deaths?|toll|lives|bodies|fatalities)\b",
    "hurt": r"\b(injured|wounded|hurt|injuries)\b",
    "missing": r"\b(missing|unaccounted)\b",
    "gone": r"\b(displaced|evacuated|fled|homeless)\b",
    "rescued": r"\b(rescued|saved|survived|survivors)\b",
    "deep": r"\b(deep|depth)\b",
    "wide": r"\b(wide|width)\b",
    "long": r"\b(long|length)\b",
    "high": r"\b(high|height|tall)\b",
    "held": r"\b(jailed|arrested|detained|convicted|sentenced|acquitted)\b",
}
"""What became of those that are counted: the dead and the hurt are not the same thing."""

_REVISED = re.compile(r"\b(revis|lower|rais|correct|reduc|cut|updat)\w*\b.*\bfrom\b", re.IGNORECASE)
_UNIT = re.compile(r"\s*(?:(?:other|more|of|the|its|their|all|new|further)\W+)*([^\W\d_]{3,})")
_NUMBER_OF = re.compile(r"\b(?:number|count|total) of (?:the )?([^\W\d_]{3,})")
_CURRENCY = "$£€¥"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and the words that it stands among."""

    number: Number
    unit: str
    fate: str
    among: frozenset[str]
    names: frozenset[str]
    """Proper names of its sentence, folded."""
    years: frozenset[int]

    def contradicts(self, other: "Figure") -> bool:
        """Whether both are of the same thing, and differ by more than rounding."""
        if not self.unit or (self.unit, self.fate) != (other.unit, other.fate):
            return False
        shared = (self.among & other.among) - {self.unit}
        if len(shared) < (_SHARED_WORDS if self.fate else _SHARED_WITHOUT_FATE):
            return False
        if not (_same_names(self.names, other.names) and _meet(self.years, other.years)):
            return False
        one, two = self.number.values[0], other.number.values[0]
        return abs(one - two) > HEDGED_SHARE * max(abs(one), abs(two))


def figures(text: str) -> list[Figure]:
    """The figures of a sentence."""
    return [_figure(text, number) for number in facts(text).numbers]


def differing(one: str, other: str) -> tuple[Figure, Figure] | None:
    """A figure of each text that the other contradicts; None if both give either of them.

    One that revises a figure gives the old one too, and contradicts it all the same.
    """
    pairs = [(a, b) for a in figures(one) for b in figures(other) if a.contradicts(b)]
    values = [{f.number.values[0] for f in figures(text)} for text in (one, other)]
    revised = _REVISED.search(one) or _REVISED.search(other)
    shared = set() if revised else values[0] & values[1]
    return next((p for p in pairs if not {f.number.values[0] for f in p} & shared), None)


def disagreements(citations: Sequence[Citation]) -> list[str]:
    """A sentence for each thing that citations of different articles disagree on."""
    newest = sorted(citations, key=lambda one: one.published_at or "", reverse=True)
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one, other in combinations(newest, 2):
        if one.article_id != other.article_id and (pair := differing(one.quote, other.quote)):
            told = found.setdefault((pair[0].unit, pair[0].fate), {})
            told |= dict.fromkeys(_told(f, c) for f, c in zip(pair, (one, other), strict=True))
    return [f"sources disagree: {'; '.join(told)}" for told in found.values()]


def _told(figure: Figure, citation: Citation) -> str:
    day = (citation.published_at or "")[:10]
    origin = [citation.source or citation.title or citation.article_id, day]
    return f"{figure.number.text} [{citation.n}] ({', '.join(part for part in origin if part)})"


def _figure(text: str, number: Number) -> Figure:
    end = number.start + len(number.text)
    unit = _UNIT.match(text, end)
    currency = text[number.start - 1 : number.start]
    around = text[max(0, number.start - _AROUND) : end + _AROUND]
    counted = currency if currency and currency in _CURRENCY else ""
    told = unit if unit and lexical_features.carries_meaning(unit[1]) else None
    told = told or _NUMBER_OF.search(text, 0, number.start)
    unit_stem = counted or (lexical_features.stem(told[1]) if told else "")
    stated = facts(text)
    known = (n.text for n in stated.names if not n.opens or must_be_name(n.text, frozenset()))
    names = frozenset(map(folded, known))
    years = frozenset(date.year for date in stated.dates if date.year)
    fate = _fate(text, number.start)
    return Figure(number, unit_stem, fate, lexical_features.words(around), names, years)


def _same_names(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both sentences may be of the same people and places."""
    return not (one and other) or any(has_variant(name, other) for name in one)


def _meet(one: frozenset[int], other: frozenset[int]) -> bool:
    return not (one and other) or bool(one & other)


def _fate(text: str, at: int) -> str:
    """What became of those counted at `at`: the nearest word that tells."""
    near = [
        (abs(match.start() - at), fate)
        for fate, pattern in _FATES.items()
        for match in re.finditer(pattern, text, re.IGNORECASE)
        if abs(match.start() - at) <= _AROUND
    ]
    return min(near, default=(0, ""))[1]
