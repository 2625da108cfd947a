"""Dates as articles write them -> UTC."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources.dates import to_utc


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-12-03", datetime(2024, 12, 3, tzinfo=UTC)),
        ("2024-1-3", datetime(2024, 1, 3, tzinfo=UTC)),
        ("20241203", datetime(2024, 12, 3, tzinfo=UTC)),
        (20241203, datetime(2024, 12, 3, tzinfo=UTC)),
        ("20241231183005", datetime(2024, 12, 31, 18, 30, 5, tzinfo=UTC)),
        (202412311830, datetime(2024, 12, 31, 18, 30, tzinfo=UTC)),
        (946684800000, datetime(2000, 1, 1, tzinfo=UTC)),
        ("2024-12-03T23:30:00-05:00", datetime(2024, 12, 4, 4, 30, tzinfo=UTC)),
        ("2024-12-03T10:00Z", datetime(2024, 12, 3, 10, tzinfo=UTC)),
        ("2024-12-03 10:00:00 +0200", datetime(2024, 12, 3, 8, tzinfo=UTC)),
        ("2024-12-03 10:00 UTC", datetime(2024, 12, 3, 10, tzinfo=UTC)),
        ("  2024-12-03\n10:00 ", datetime(2024, 12, 3, 10, tzinfo=UTC)),
        ("Tue, 3 Dec 2024 10:00:00 +0100", datetime(2024, 12, 3, 9, tzinfo=UTC)),
        ("Tue, 03 Dec 2024 10:00:00 GMT", datetime(2024, 12, 3, 10, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1733184000, datetime(2024, 12, 3, tzinfo=UTC)),
        ("1733184000", datetime(2024, 12, 3, tzinfo=UTC)),
        (1733184000.5, datetime(2024, 12, 3, 0, 0, 0, 500_000, tzinfo=UTC)),
        (1733184000000, datetime(2024, 12, 3, tzinfo=UTC)),
        (date(2024, 12, 3), datetime(2024, 12, 3, tzinfo=UTC)),
        (datetime(2024, 12, 3, 10), datetime(2024, 12, 3, 10, tzinfo=UTC)),
    ],
)
def test_moments(value, expected):
    moment = to_utc(value)
    assert moment == expected
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("yesterday", "'yesterday' is not a date; write it as 2024-12-31"),
        ("2024-13-45", "'2024-13-45' is not a date (month must be in 1..12)"),
        ("2024-02-30", "(day is out of range for month)"),
        ("2024", "2024 is a year, not a date"),
        (2024, "2024 is a year, not a date"),
        (True, "True is not a date"),
        ({}, "dict is not a date"),
        (float("nan"), "nan is not a date"),
        (float("inf"), "inf is not a date"),
        (10**30, "out of range"),
        (10**4000, "is not a date"),
        ("0001-01-01T00:00+14:00", "out of range"),
        ("Tue, 3 Dec 99999999999 10:00:00 GMT", "is not a date"),
        ("Tue, 3 Dec 2024 10:00:00 +9999", "is not a date"),
    ],
)
def test_what_is_no_date_says_why(value, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        to_utc(value)


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=5, minutes=30)))))
def test_iso_comes_back_as_the_same_moment(moment):
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return
    assert to_utc(moment.isoformat()) == expected


@given(st.text() | st.floats() | st.integers() | st.from_regex(r"[0-9TZ:+. -]{1,30}"))
def test_only_value_errors(value):
    with suppress(ValueError):
        assert to_utc(value).tzinfo is UTC
