"""Dates with the names of their months, in many languages, and dates in figures -> datetimes.

`dateparser` knows the words; what is ambiguous, incomplete or only partly understood is kept from
it here, because a wrong date is worse than none.
"""

import calendar
import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]

ADVICE = "write it as 2024-12-31 or 2024-12-31T18:30:00Z"

LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "sv", "da", "nb", "fi", "cs"),
    *("sk", "tr", "ro", "hu", "bg", "hr", "el", "ja", "zh", "ko", "ar", "he", "id", "vi"),
)
"""The languages that months and days are read in, in this order."""

MAX_WORDS_CHARS = 100
"""No date in words is longer, in code points."""

REGIONS = {
    **{"ET": "America/New_York", "Eastern": "America/New_York", "CT": "America/Chicago"},
    **{"Central": "America/Chicago", "MT": "America/Denver", "Mountain": "America/Denver"},
    **{"PT": "America/Los_Angeles", "Pacific": "America/Los_Angeles"},
}
"""Zones that are named without saying whether it is summer."""

HOURS = {
    **{"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1},
    **{"MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5},
    **{"MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "JST": 9},
    **{"KST": 9, "HKT": 8, "SGT": 8, "PKT": 5, "WIB": 7, "SAST": 2, "AWST": 8, "AEST": 10},
    **{"AEDT": 11, "NZST": 12, "NZDT": 13},
}
"""Zones by their hours east of Greenwich. CST is America's, as RFC 2822 has it; names of several
zones that no such document settles (IST, BST, AST) are not here."""

MONTHS = 12
MONTHS_AND_DAYS = frozenset({*calendar.month_abbr[1:], *calendar.day_abbr})

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{2} ")
_FIGURES = re.compile(r"(?<!\d)(\d{1,2})([/ -])(\d{1,2})\2\d{4}(?!\d)")
_RANGE = re.compile(r"\d{1,2}\.?\s?[-\N{EN DASH}/]\s?\d{1,2}\.?\s+[^\W\d]")
_CLOCK = re.compile(
    r"(?<![\d.])(?P<hour>\d{1,2})"
    r"(?:(?:[:h]|\.(?=\d{2}\s*[ap]\.?m))(?P<minute>\d{2})(?::\d{2}(?:[.,]\d+)?)?)?"
    r"(?:\s*(?P<half>[ap]\.?m\b\.?))?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"\d(?:\s*[ap]\.?m\.?)?\s*(?:GMT|UTC)?\s*[+-]\d{1,2}|\dZ", re.IGNORECASE)
_ZONE = r"\s*\(?\b(?P<name>[A-Z]{1,5}|(?:Eastern|Central|Mountain|Pacific) Time)\b\)?"
_ZONE_NAME = re.compile(_ZONE + r"(?!\s?[+-]\d|[a-z])")
_LAST_NAME = re.compile(_ZONE + "$")


class InexactDate(ValueError):
    """A date of which only the day can be read; `day` is its midnight in UTC."""

    def __init__(self, message: str, day: datetime) -> None:
        super().__init__(message)
        self.day = day


def from_words(text: str) -> datetime:
    """The moment, aware, in UTC where no zone is named.

    `text` is single-spaced. ValueError if it is no date or may be two; InexactDate if only its day
    can be read.
    """
    if len(text) > MAX_WORDS_CHARS or not _YEAR.search(text) or _RANGE.search(text):
        raise ValueError(f"'{text:.80}' is not a date; {ADVICE}")
    if any(map(_is_two_dates, _FIGURES.finditer(text))):
        raise ValueError(f"'{text:.80}' may be two dates; {ADVICE}")
    clock = next(filter(_is_time, _CLOCK.finditer(text)), None)
    if moment := _whole(text, clock):
        return moment
    if clock and (day := _parsed(_without_time(text, clock))):
        reason = f"the time in '{text:.80}' cannot be read, only its day is kept; {ADVICE}"
        raise InexactDate(reason, datetime.combine(day, time(), UTC))
    raise ValueError(f"'{text:.80}' is not a date; {ADVICE}")


def _is_two_dates(figures: re.Match[str]) -> bool:
    """Whether 12/11/2023 may be a day of November as well as one of December."""
    first, second = int(figures[1]), int(figures[3])
    return first != second and max(first, second) <= MONTHS


def _is_time(clock: re.Match[str]) -> bool:
    return bool(clock["minute"] or clock["half"])


def _whole(text: str, clock: re.Match[str] | None) -> datetime | None:
    """The moment, if every word is understood, and its time and zone are those written."""
    name = _zone_name(text, clock)
    zone = _zone(name["name"]) if name and clock else UTC  # of a bare day, it is no news
    moment = _parsed(text[: name.start()] + text[name.end() :] if name else text)
    if not moment or not zone or (clock and not _agree(clock, moment)):
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=zone)
    return moment if _OFFSET.search(text) else None  # of a name that has several zones


def _zone_name(text: str, clock: re.Match[str] | None) -> re.Match[str] | None:
    """The name of a zone: behind the time, or at the end of the text."""
    behind = _ZONE_NAME.match(text, clock.end()) if clock else None
    found = behind or _LAST_NAME.search(text, clock.end() if clock else 0)
    return found if found and found["name"].title()[:3] not in MONTHS_AND_DAYS else None


def _zone(name: str) -> tzinfo | None:
    """The zone that a name stands for; None if it is not known."""
    if region := REGIONS.get(name.partition(" ")[0]):
        return ZoneInfo(region)
    hours = HOURS.get(name)
    return None if hours is None else timezone(timedelta(hours=hours))


def _without_time(text: str, clock: re.Match[str]) -> str:
    """What stands before the time; what follows it, if the text begins with it."""
    return (text[: clock.start()] or text[clock.end() :]).strip(" ,;|/-")


def _agree(clock: re.Match[str], moment: datetime) -> bool:
    """Whether the moment has the hour and the minute that are written."""
    same_hour = int(clock["hour"]) % 12 == moment.hour % 12
    return same_hour and int(clock["minute"] or 0) == moment.minute


def _parsed(text: str) -> datetime | None:
    """The whole of a date in one of LANGUAGES; None if a word of it is not understood."""
    try:
        found: datetime | None = _parser().get_date_data(text).date_obj
        return found
    except (ValueError, OverflowError):
        return None


@cache
def _parser() -> "DateDataParser":
    """A strict one, which has nothing left over, and does not learn from what it read before."""
    from dateparser.date import DateDataParser  # slow to import

    return DateDataParser(
        languages=list(LANGUAGES),
        try_previous_locales=False,
        use_given_order=True,
        settings={"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "DATE_ORDER": "DMY"},
    )
