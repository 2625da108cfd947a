"""Dates as articles write them -> UTC."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sources.dates import InexactDate, to_utc


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
        ("Tue, 3 Dec 2024 10:00:00 +9999", "only its day is kept"),
        ("0000-00-00 00:00:00", "year 0 is out of range"),
        ("12/11/2023", "'12/11/2023' may be two dates; write it as 2024-12-31"),
        ("1-2-2023 10:00", "may be two dates"),
        ("mer. 01/05/2024 - 18:30", "may be two dates"),
        ("1-5 May 2024", "is not a date"),
        ("12 November 2023 and 13 December 2023", "is not a date"),
        ("May 2024", "is not a date"),
        ("10.2024", "is not a date"),
        ("1 May 24", "is not a date"),
        ("2024/13/01", "month must be in 1..12"),
        ("Published on 1 May 2024", "is not a date"),
        ("3 days ago, in 2024", "is not a date"),
        ("5:07 pm", "is not a date"),
        ("31 April 2024", "is not a date"),
        ("word " * 40 + "2024", "is not a date"),
    ],
)
def test_what_is_no_date_says_why(value, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        to_utc(value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Fri, 19 Nov 2021 01:45:08 +02:00", "2021-11-18T23:45:08Z"),
        ("Sun, 05 Sept 2021 22:24:00 +0200", "2021-09-05T20:24:00Z"),
        ("Fri, 19 Nov 21 01:45:08 GMT", "2021-11-19T01:45:08Z"),
        ("FRI, 19 NOV 2021 01:45:08 EST", "2021-11-19T06:45:08Z"),
        ("2 Jan 2020, 5:07 p.m. ET", "2020-01-02T22:07:00Z"),
        ("2 Jul 2020, 5:07 p.m. ET", "2020-07-02T21:07:00Z"),
        ("July 2, 2020 5:07 PM Pacific Time", "2020-07-03T00:07:00Z"),
        ("10 p.m., March 3, 2021 PT", "2021-03-04T06:00:00Z"),
        ("10.30pm, May 1 2024", "2024-05-01T22:30:00Z"),
        ("May 1 2024 12:30 AM", "2024-05-01T00:30:00Z"),
        ("Wednesday, May 1, 2024, 6:30 PM (CET)", "2024-05-01T17:30:00Z"),
        ("May 1, 2024 at 10:00 PM UTC+2", "2024-05-01T20:00:00Z"),
        ("Wed May 01 2024 10:00:00 GMT-0500 (Eastern Standard Time)", "2024-05-01T15:00:00Z"),
        ("2024-05-01T10:00:00+02:00[Europe/Berlin]", "2024-05-01T08:00:00Z"),
        ("2024-05-01 10:00 EST", "2024-05-01T15:00:00Z"),
        ("2024-05-01 5:07 PM", "2024-05-01T17:07:00Z"),
        ("May 1, 2024", "2024-05-01"),
        ("May 1st, 2024", "2024-05-01"),
        ("02-Jan-2024", "2024-01-02"),
        ("2024/05/13", "2024-05-13"),
        ("12/25/2023 5:07 pm", "2023-12-25T17:07:00Z"),
        ("25/12/2023", "2023-12-25"),
        ("5/5/2024", "2024-05-05"),
        ("01.05.2024 20:00", "2024-05-01T20:00:00Z"),
        ("1. Mai 2024, 18.30 Uhr", "2024-05-01T18:30:00Z"),
        ("17 septembre 2021 à 18h30", "2021-09-17T18:30:00Z"),
        ("5 de diciembre de 2023", "2023-12-05"),
        ("6 мая 2024 г., 10:00", "2024-05-06T10:00:00Z"),
        ("1 Mayıs 2024", "2024-05-01"),
        ("2021年3月20日 19:39", "2021-03-20T19:39:00Z"),
        ("2024년 5월 1일 오후 6:30", "2024-05-01T18:30:00Z"),
    ],
)
def test_dates_in_words_keep_their_zone_and_half_of_the_day(written, expected):
    assert to_utc(written) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "May 1 2024 10:00 IST",
        "Wed, 1 May 2024 10:00:00 A",
        "May 1, 2024 10:00 a.m. Indian time",
        "1 May 2024 12:30 PM (IST)",
        "1 May 2024 10:00:00 +9999",
        "2024-05-01 10:00 Ortszeit",
    ],
)
def test_of_a_time_that_nobody_can_tell_the_day_is_kept(written):
    with pytest.raises(InexactDate, match="only its day is kept") as caught:
        to_utc(written)
    assert caught.value.day == datetime(2024, 5, 1, tzinfo=UTC)


def test_what_a_date_says_does_not_depend_on_those_before():
    assert to_utc("01.05.2024") == to_utc("1. Mai 2024")
    to_utc("5/25/2024")
    assert to_utc("01.05.2024") == datetime(2024, 5, 1, tzinfo=UTC)


WORDS = st.sampled_from(
    [
        *("1", "2", "12", "30", "2024", "1999", "May", "Mai", "Sept.", "10:00", "5:07", "p.m."),
        *("PM", "ET", "IST", "+02:00", ",", "/", "-"),
    ]
)


@settings(deadline=None)  # the first one loads the languages
@given(st.lists(WORDS, max_size=8).map(" ".join))
def test_words_of_dates_raise_only_value_errors(value):
    with suppress(ValueError):
        assert to_utc(value).tzinfo is UTC


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
