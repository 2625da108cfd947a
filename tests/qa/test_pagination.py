"""A cursor names a place, and nothing else is one."""

from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.model import Article
from qa.pagination import cursor, place

MOMENTS = st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC))


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1), MOMENTS)
def test_a_place_comes_back(id_: str, moment: datetime | None) -> None:
    moment = moment and moment.replace(microsecond=0)
    found = place(cursor(Article(id_, "text", published_at=moment)))
    assert (found.id, found.published_at) == (id_, moment)


@given(st.text() | st.binary().map(lambda data: data.hex()))
def test_any_other_word_is_refused_or_names_a_place(word: str) -> None:
    with suppress(InputError):
        assert place(word).id


def test_a_deep_word_is_refused() -> None:
    with pytest.raises(InputError):
        place(urlsafe_b64encode(b"[" * 30_000).decode())


@pytest.mark.parametrize("word", ["W10", "WzEsIDJd", "e30", "bnVsbA", "WzFlOTksICJhIl0"])
def test_json_that_is_no_place(word: str) -> None:
    with pytest.raises(InputError):
        place(word)
