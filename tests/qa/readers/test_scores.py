"""The scale on which a reading says how sure it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.scores import STRICTNESS, ContextScores, strict_at

CHANCES = st.floats(0.001, 0.999)


@given(CHANCES)
def test_a_level_of_ones_own_becomes_the_common_one(level: float) -> None:
    assert strict_at(level, level) == pytest.approx(STRICTNESS)


@given(CHANCES, CHANCES, CHANCES)
def test_the_order_stays(one: float, other: float, level: float) -> None:
    if one < other:
        assert strict_at(one, level) <= strict_at(other, level)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_the_ends_are_probabilities(probability: float) -> None:
    assert 0 <= strict_at(probability, 0.5) <= 1


def test_a_reading_answers_from_the_common_level_on() -> None:
    assert ContextScores([], STRICTNESS).answered
    assert not ContextScores([], STRICTNESS - 1e-9).answered
