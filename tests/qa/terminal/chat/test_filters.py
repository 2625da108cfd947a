"""Filters in a person's words and back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.model import Filters
from qa.terminal.chat.filters import filter_words, parse_filters

NAMES = st.lists(st.text(min_size=1, max_size=20), max_size=3).map(tuple)
MOMENTS = st.none() | st.datetimes(
    datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)
).map(lambda moment: moment.replace(microsecond=0))


@given(st.builds(Filters, NAMES, NAMES, MOMENTS, MOMENTS))
def test_what_is_written_is_read_again(filters: Filters) -> None:
    assert parse_filters(filter_words(filters)) == filters


def test_names_have_blanks_and_apostrophes() -> None:
    text = """source:"The People's Post" source:Reader's after:2024-05-01"""
    assert parse_filters(text) == Filters(
        ("The People's Post", "Reader's"), after=datetime(2024, 5, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("origin:Wire", "'origin:Wire' is no filter"),
        ("Harbour", "'Harbour' is no filter"),
        ("source:", "'source:' has nothing behind the colon"),
        ('source:"Wire', "a quotation mark is not closed"),
        ("after:soon", "after: "),
        ("after:2024-01-01 after:2025-01-01", "after is given more than once"),
    ],
)
def test_what_is_wrong_is_named(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as raised:
        parse_filters(text)
    assert raised.value.hint
