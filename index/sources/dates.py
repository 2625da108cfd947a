"""Dates as articles write them -> aware datetimes in UTC."""

import math
import re
from datetime import UTC, date, datetime, time

from index.sources.dates_in_words import ADVICE, InexactDate, from_words

__all__ = ["InexactDate", "to_utc"]

YEAR_DIGITS = 4
DAY_DIGITS = 8
STAMP = "%Y%m%d%H%M%S"
STAMP_DIGITS, STAMP_YEARS = (12, 14), range(1900, 2101)
"""20241231183000, or without seconds; other numbers of so many digits are since 1970."""

MILLISECONDS_FROM = 1e11
"""Epoch numbers from here on are milliseconds; as seconds this would be the year 5138."""

_MONTH = re.compile(r"\d{1,2}\.\d{4}")
_COMMENT = re.compile(r"(?<=[+-][0-9]{4})\s*\([^()]*\)$|(?<=[+-][0-9]{2}:[0-9]{2})\s*\[[\w/+-]+\]$")
_BARE_ISO = re.compile(r"[\d\s:.TZ+-]+")
_YEAR_FIRST = re.compile(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")

_EPOCH = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
_ZONE = re.compile(r"(?<!\s)(?:\s++(?=[+-][0-9]{2}:?[0-9]{2}$)|\s*+(?:UTC|GMT|z)$)")


def to_utc(value: object) -> datetime:
    """The moment that `value` names, in UTC; without a zone it is taken as UTC.

    Reads ISO 8601, YAML's dates, RFC 2822 ("Tue, 3 Dec 2024 10:00:00 +0100"), dates in words
    ("2 Jan 2020, 5:07 p.m. ET", "1. Mai 2024") and seconds or milliseconds since 1970. A bare date
    is its midnight. ValueError says what is wrong; it is an InexactDate if the day is not.
    """
    match value:
        case datetime():
            return _in_utc(value)
        case date():
            return datetime.combine(value, time(), UTC)
        case bool():
            raise ValueError(f"{value} is not a date; {ADVICE}")
        case int() | float():
            return _from_number(str(value))
        case str():
            return _from_text(" ".join(value.split()))
    raise ValueError(f"{type(value).__name__} is not a date; {ADVICE}")


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # 0001-01-01 east of Greenwich
        raise ValueError(f"{moment.isoformat()} is out of range") from error


def _from_number(written: str) -> datetime:
    """Seconds since 1970, milliseconds, the eight digits of a day (20241231), or more of them."""
    digits = len(written)
    if digits == YEAR_DIGITS and written.isdigit():
        raise ValueError(f"{written} is a year, not a date; {ADVICE}")
    if digits == DAY_DIGITS and written.isdigit():
        return _in_utc(_from_iso(written))
    if stamp := _from_stamp(written):
        return stamp
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written:.40} is not a date; {ADVICE}")
    seconds = number / 1000 if abs(number) >= MILLISECONDS_FROM else number
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"{written:.40} is out of range for seconds since 1970") from error


def _from_stamp(written: str) -> datetime | None:
    if len(written) not in STAMP_DIGITS or not written.isdigit():
        return None
    try:
        found = datetime.strptime(f"{written:0<14}", STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if found.year in STAMP_YEARS else None


def _from_text(text: str) -> datetime:
    if _EPOCH.fullmatch(text) and not _MONTH.fullmatch(text):
        return _from_number(text)
    iso = _YEAR_FIRST.sub(r"\1-\2-\3", _COMMENT.sub("", text))
    if not (iso[:1].isdigit() and (iso[4:5] == "-" or iso[:8].isdigit())):
        return _in_utc(from_words(iso))
    try:
        return _in_utc(_from_iso(iso))
    except ValueError:
        if _BARE_ISO.fullmatch(iso):
            raise
    return _in_utc(from_words(iso))


def _from_iso(text: str) -> datetime:
    """ISO 8601 as people write it: 2024-1-3, a space before the zone, UTC for Z."""
    padded = _ISO_DAY.sub(lambda day: f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}", text, count=1)
    zoned = _ZONE.sub(lambda zone: "Z" if zone[0].strip() else "", padded)
    try:
        return datetime.fromisoformat(zoned)
    except ValueError as error:
        raise ValueError(f"'{text:.80}' is not a date ({error}); {ADVICE}") from error
