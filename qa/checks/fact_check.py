"""What a statement rests on, and which of its hard facts that does not carry. Pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import islice

from qa.checks.fact_extraction import (
    HEDGED_SHARE,
    Clock,
    Date,
    Facts,
    Name,
    Number,
    days_from,
    facts,
    folded,
    weekday_near,
)
from qa.checks.name_matching import has_name, listed, must_be_name, stands_elsewhere
from qa.checks.units import stands_alone
from qa.context.numbered_sentences import SourceSentence
from qa.readers import lexical_features

MOST_NAMES = 64
"""Names of one statement that are looked for; one with more is a list of names."""


@dataclass(frozen=True)
class Evidence:
    """Texts that a statement may rest on, and the days that their articles were published."""

    texts: tuple[str, ...]
    published: tuple[date, ...]

    @staticmethod
    def of(sentences: Iterable[SourceSentence]) -> "Evidence":
        """These sentences, with the titles, sources and dates of their articles."""
        listed = list(sentences)
        articles = {sentence.article.id: sentence.article for sentence in listed}.values()
        heads = [part for article in articles for part in (article.title, article.source)]
        moments = [article.published_at for article in articles]
        return Evidence(
            (*(sentence.text for sentence in listed), *heads),
            tuple(moment.date() for moment in moments if moment),
        )

    @cached_property
    def facts(self) -> tuple[Facts, ...]:
        """The facts of each text."""
        return tuple(facts(text) for text in self.texts)

    @cached_property
    def bare(self) -> str:
        """Letters and digits of all texts, folded, a blank between words."""
        return _bare("\n".join(self.texts))

    @cached_property
    def listed(self) -> list[str]:
        """The words of all texts in order, folded."""
        return listed("\n".join(self.texts))

    @cached_property
    def words(self) -> frozenset[str]:
        """The same, each once."""
        return frozenset(self.listed)

    @cached_property
    def units(self) -> dict[float, set[str]]:
        """Every number, years included, and what it is of."""
        found: dict[float, set[str]] = defaultdict(set)
        for number in (number for one in self.facts for number in one.numbers):
            for value in number.values:
                found[value].add(number.unit)
        for year in (one.year for one in self.dates if one.year):
            found[float(year)].add("")
        return dict(found)

    @cached_property
    def minutes(self) -> frozenset[int]:
        """Every time of day."""
        clocks = (clock for one in self.facts for clock in one.clocks)
        return frozenset(minute for clock in clocks for minute in clock.minutes)

    @cached_property
    def dates(self) -> tuple[Date, ...]:
        """Every date, each once."""
        found = (replace(one, text="") for held in self.facts for one in held.dates)
        return tuple(dict.fromkeys(found))

    @cached_property
    def days(self) -> tuple[Date, ...]:
        """The days of publication, and those that a weekday or "yesterday" means by them."""
        offsets = (0, -1) if "yesterday" in self.words else (0,)
        about = [near for day in self.published for near in days_from(day, offsets)]
        weekdays = {one.weekday for one in self.dates if one.weekday is not None}
        near = [
            day for w in weekdays for moment in self.published for day in weekday_near(moment, w)
        ]
        return tuple(_dated(day) for day in (*about, *near))


def missing(
    statement: str, evidence: Evidence, for_names: Evidence, known: frozenset[str], copies: bool
) -> Iterator[str]:
    """The facts of a statement that its evidence does not carry, as they stand in it.

    Names are looked for in `for_names`. `known` are names, folded: a word that opens a sentence
    counts as a name if it is one of them, or can be nothing else. `copies`: names have to stand
    among the same words there.
    """
    stated = facts(statement)
    numbers = _unsigned(evidence.units) if _FALLS.search(statement) else evidence.units
    yield from (one.text for one in stated.numbers if not _has_number(one, numbers, evidence))
    yield from (one.text for one in stated.clocks if not _has_clock(one, evidence))
    yield from (one.text for one in stated.dates if not _has_date(one, evidence))
    yield from (quoted for quoted in stated.quotations if _bare(quoted) not in evidence.bare)
    names = dict.fromkeys(one.text for one in stated.names if _is_name(one, for_names, known))
    words = listed(statement) if copies else []
    for name in islice(names, MOST_NAMES):
        if not _has_name(name, words, for_names):
            yield name


def _has_name(name: str, words: Sequence[str], evidence: Evidence) -> bool:
    if not has_name(name, evidence.words, evidence.texts):
        return False
    return not stands_elsewhere(name, words, evidence.listed)


def _is_name(name: Name, evidence: Evidence, known: frozenset[str]) -> bool:
    opening = folded(name.text) in known or must_be_name(name.text, evidence.words)
    return (opening or not name.opens) and lexical_features.carries_meaning(name.text)


_FALLS = re.compile(
    r"\b(?:fall|fell|drop|declin|decreas|shrink|shrank|shrunk|contract|down|lose|losing|lost|loss"
    r"|deficit|negative|below|lower|cut)(?:\w*)(?! to\b)\b",
    re.IGNORECASE,
)
"""Words with which a number is written without its minus."""


def _unsigned(units: Mapping[float, set[str]]) -> Mapping[float, set[str]]:
    return {**units, **{-value: held for value, held in units.items() if value < 0}}


def _has_number(number: Number, units: Mapping[float, Collection[str]], evidence: Evidence) -> bool:
    """Whether the evidence has it, and of the same, where both say of what."""
    if number.text.casefold() == "one":  # mostly a pronoun, or an article
        return not number.unit or any(stands_alone(number.unit, text) for text in evidence.texts)
    near = HEDGED_SHARE if number.hedged else 0.0
    return any(
        abs(value - one) <= near * abs(one) and (not number.unit or {"", number.unit} & {*held})
        for one, held in units.items()
        for value in number.values
    )


def _has_clock(clock: Clock, evidence: Evidence) -> bool:
    """Whether the evidence has it, or its hour as a number ("3 o'clock")."""
    hours = [minute // 60 for minute in clock.minutes if minute % 60 == 0]
    bare = any(float(hour % 12 or 12) in evidence.units for hour in hours)
    return bare or not evidence.minutes.isdisjoint(clock.minutes)


def _has_date(stated: Date, evidence: Evidence) -> bool:
    """Whether one date of the evidence has every part of it; the year may be the article's."""
    published = evidence.published
    if stated.month is None and stated.weekday is None:
        years = {float(day.year) for day in published}
        return stated.year in years or stated.year in evidence.units
    held = (*evidence.dates, *evidence.days)
    return any(_agrees(stated, one, published) for one in held)


def _dated(day: date) -> Date:
    return Date("", day.year, day.month, day.day, day.weekday())


def _agrees(stated: Date, held: Date, published: Sequence[date]) -> bool:
    years = [held.year] if held.year else [day.year for day in published]
    if stated.weekday is not None:
        return stated.weekday in (held.weekday, *(_weekday(held, year) for year in years))
    year_fits = stated.year is None or stated.year in years
    return year_fits and stated.month == held.month and stated.day in (None, held.day)


def _weekday(held: Date, year: int) -> int | None:
    try:
        return date(year, held.month or 0, held.day or 0).weekday()
    except ValueError:
        return None


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", folded(text)))
