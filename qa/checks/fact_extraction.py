"""Hard facts in a text: numbers, dates, times, quotations, names, in any usual writing. Pure.

What a statement says has to be found again in its evidence, so the same thing written otherwise
is the same fact: 1,000 and 1000, 3 % and three percent, 5bn and 5 billion, 3 December 2024 and
2024-12-03, 3 p.m. and 15:00, Kyiv’s and Kyiv.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from qa.checks.units import unit

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: n for n, word in enumerate(_UNITS)} | {
    word: 10 * n for n, word in enumerate(_TENS, 2)
}
_SCALES = {
    "hundred": 100.0,
    "thousand": 1e3,
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "billion": 1e9,
    "tn": 1e12,
    "trillion": 1e12,
    "dozen": 12.0,
}
_TO_99 = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_UNITS[1:10])}))?|{'|'.join(_UNITS)})\b"
_TO_999 = rf"(?:(?:{_TO_99}[\s-]+)?hundred\b(?:\s+(?:and\s+)?{_TO_99})?|{_TO_99})"
_SCALED = rf"(?:{_TO_999}[\s-]+)?(?:thousand|million|billion|dozen)\b"
_IN_WORDS = rf"{_SCALED}(?:\s+(?:and\s+)?{_SCALED})*(?:\s+(?:and\s+)?{_TO_999})?|{_TO_999}"
"""Two and three are two numbers; two hundred and three is one."""

_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_PARTS_OF = rf"(?P<top>two|three|four|five|seven)[\s-](?P<part>{'|'.join(_PARTS)})s\b(?!-)"
_SHARE_OF = (
    r"(?P<share>half|a\s+quarter\s+of)\s+an?\s+"
    r"(?P<whole>hundred|thousand|million|billion|trillion|dozen)\b"
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?<![^\W\d_]-)(?:"
    rf"{_PARTS_OF}|{_SHARE_OF}|"
    r"(?P<minus>(?<!\d )[-\u2212](?=\d)|minus\s+)?"
    r"(?P<digits>\d{1,3}(?:[,\u2009\u202f\u00a0]\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d.,])"
    r"|\d+,\d{1,2}(?![\d,])|\d+(?:\.\d+)?)"
    r"(?:st|nd|rd|th)?(?:[\s-]?(?P<scale>hundred|thousand|k|mn|m|million|bn|billion|tn|trillion|"
    r"dozen)s?\b)?"
    rf"|(?P<words>{_IN_WORDS}))",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(about|around|nearly|almost|over|more than|some|roughly|approximately|at least|up to|"
    r"close to|under|less than|fewer than|just|circa|an estimated)\s+(?:[$€£]\s?)?$",
    re.IGNORECASE,
)
HEDGED_SHARE = 0.05
"""A hedged number ("about 53,000") is carried by one that is so close to it."""

_MONTHS = {
    name: n
    for n, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ), 1)
    for name in names.split()
}  # fmt: skip
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
_MONTH += r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<monthn>\d{1,2})-(?P<day>\d{1,2})\b",
        r"\b(?P<day>\d{1,2})[./](?P<monthn>\d{1,2})[./](?P<year>\d{4})\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (?P<year>\d{{4}})\b)?",
        rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}})\b)?",
        rf"\b{_MONTH},? (?:of )?(?P<year>\d{{4}})\b",
        r"(?<![\d.,$€£-])\b(?P<year>1[0-9]{3}|20[0-9]{2})s?\b(?![.,]\d|-\d|[\s-]?(?:m|bn|million)\b)",
    )
)
_MONTH_ALONE = re.compile(
    r"\b(?P<month>January|February|April|June|July|August|September|October|November|December)\b"
    r"|\b(?:in|of|since|until|by|early|late|mid|last|next|this)[ -](?P<ambiguous>March|May)\b"
)
_WEEKDAY = re.compile(r"\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_CLOCK = re.compile(
    r"(?<![\w.:])(?:(?P<hour>[01]?\d)(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?\s?m\b\.?"
    r"|(?P<hour24>[01]?\d|2[0-3]):(?P<minute24>[0-5]\d)(?![\d:]))|\b(?P<word>noon|midnight)\b",
    re.IGNORECASE,
)
_HALF_DAY = 12 * 60
_QUOTATION = re.compile(r"[“\"«„]([^“”\"«»„]{3,400}?)[”\"»“]|‘([^‘’]{3,400}?)’(?!\w)")
_NAME = re.compile(r"[^\W\d_][\w’'.-]*[\w]|[^\W\d_]")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;]\s+|[“\"«‘(]\s?|[—–]\s|\n\s*)$")
_LETTERS = str.maketrans("łøđßıæœ’", "lødsiæo'")


@dataclass(frozen=True, slots=True)
class Number:
    """Values it may have (5m is five million or five), and whether it is only about so much.

    `start`: where it stands in its text; `unit`: see `qa.checks.units`.
    """

    text: str
    start: int
    values: tuple[float, ...]
    hedged: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Date:
    """The parts that are given. `weekday`: 0 is Monday."""

    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes from midnight; 3:30 may be either half's."""

    text: str
    minutes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A capitalised word. `opens`: it begins a sentence, where any word has a capital."""

    text: str
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The hard facts of one text."""

    numbers: tuple[Number, ...] = ()
    dates: tuple[Date, ...] = ()
    quotations: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    clocks: tuple[Clock, ...] = ()


@lru_cache(maxsize=4_096)
def facts(text: str) -> Facts:
    """All facts of a text; the digits of a date are no numbers, its month is no name."""
    clocks, left = _clocks(text)
    dates, left = _dates(left)
    numbers = tuple(_numbers(left))
    for number in numbers:
        left = _blank(left, number.start, number.start + len(number.text))
    names = tuple(_names(left))
    return Facts(numbers, tuple(dates), tuple(_quotations(text)), names, tuple(clocks))


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + "·" * (end - start) + text[end:]


def _clocks(text: str) -> tuple[list[Clock], str]:
    """The times of day, and the text with blanks in their places."""
    found = [(match, Clock(match.group(), _minutes(match))) for match in _CLOCK.finditer(text)]
    for match, _ in found:
        text = _blank(text, *match.span())
    return [clock for _, clock in found], text


def _minutes(match: re.Match[str]) -> tuple[int, ...]:
    if match["word"]:
        return (_HALF_DAY if match["word"].casefold() == "noon" else 0,)
    if match["half"]:
        early = int(match["hour"]) % 12 * 60 + int(match["minute"] or 0)
        return (early + (_HALF_DAY if match["half"].casefold() == "p" else 0),)
    whole = int(match["hour24"]) * 60 + int(match["minute24"])
    return (whole, (whole + _HALF_DAY) % (2 * _HALF_DAY)) if whole < _HALF_DAY + 60 else (whole,)


def _dates(text: str) -> tuple[list[Date], str]:
    """The dates, and the text with blanks in their places."""
    found = []
    for pattern in (*_DATES, _MONTH_ALONE, _WEEKDAY):
        for match in pattern.finditer(text):
            if made := _date(match):
                found.append(made)
                text = _blank(text, *match.span())
    return found, text


def _date(match: re.Match[str]) -> Date | None:
    parts = match.groupdict()
    if match.re is _WEEKDAY:
        return Date(match.group(), weekday=_DAYS.index(match.group().casefold()))
    name = parts.get("month") or parts.get("ambiguous")
    month = _MONTHS[name.casefold()] if name else int(parts.get("monthn") or 0) or None
    year, day = (int(parts[key]) if parts.get(key) else None for key in ("year", "day"))
    if month and day and month > 12 >= day and match.re is _DATES[1]:
        month, day = day, month
    if (month and month > 12) or (day is not None and not 0 < day <= 31):
        return None
    return Date(match.group(), year, month, day)


def _numbers(text: str) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        hedged = bool(_HEDGE.search(text[max(0, match.start() - 24) : match.start()]))
        of = unit(text, *match.span())
        yield Number(match.group(), match.start(), _values(match), hedged, of)


def _values(match: re.Match[str]) -> tuple[float, ...]:
    if match["part"]:
        return (_SMALL[match["top"].casefold()] / _PARTS[match["part"].casefold()],)
    if match["share"]:
        share = 0.5 if match["share"].casefold() == "half" else 0.25
        return (share * _SCALES[match["whole"].casefold()],)
    if match["words"]:
        return (_of_words(match["words"]),)
    value = _of_digits(match["digits"]) * (-1 if match["minus"] else 1)
    scale = (match["scale"] or "").casefold()
    scaled = value * _SCALES.get(scale, 1)
    return (scaled, value) if scale in ("m", "k") else (scaled,)


def _of_digits(digits: str) -> float:
    whole = re.sub(r"[, \u2009\u202f\u00a0](?=\d{3}(?!\d))", "", digits)
    return float(whole.replace(",", "."))


def _of_words(words: str) -> float:
    """two hundred and fifty thousand -> 250000."""
    total = part = 0.0
    for word in re.split(r"[\s-]+", words.casefold()):
        if word in _SMALL:
            part += _SMALL[word]
        elif word in ("hundred", "dozen"):
            part = (part or 1) * _SCALES[word]
        elif word in _SCALES:
            total += (part or 1) * _SCALES[word]
            part = 0.0
    return total + part


def _quotations(text: str) -> Iterator[str]:
    for match in _QUOTATION.finditer(text):
        yield match[1] or match[2]


def _names(text: str) -> Iterator[Name]:
    for match in _NAME.finditer(text):
        word = match.group().removesuffix("’s").removesuffix("'s").strip(".'’-")
        if len(word) > 1 and word[0].isupper() and not word.startswith("I'"):
            opens = bool(_SENTENCE_START.search(text[max(0, match.start() - 4) : match.start()]))
            yield Name(word, opens)


def folded(text: str) -> str:
    """Case, accents, kinds of apostrophe and white space do not tell one text from another."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in parts if not unicodedata.combining(char))
    return " ".join(plain.translate(_LETTERS).split())


def weekday_near(published: date, weekday: int) -> list[date]:
    """The days of this name within a week of a date."""
    return [day for day in days_from(published, range(-7, 8)) if day.weekday() == weekday]


def days_from(day: date, offsets: Iterable[int]) -> list[date]:
    """The days at these distances from a day; those beyond the years 1 to 9999 are left out."""
    numbers = (day.toordinal() + offset for offset in offsets)
    calendar = range(date.min.toordinal(), date.max.toordinal() + 1)
    return [date.fromordinal(number) for number in numbers if number in calendar]
