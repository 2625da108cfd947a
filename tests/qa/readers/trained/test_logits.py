"""Logits of tokens to evidence: windows joined, spans, sentences; without the model."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.trained.input_format import OVERLAP, windows
from qa.readers.trained.logits import (
    ANSWER_TOKENS,
    ANSWERS,
    CLOSE,
    END,
    MEAN,
    NOTHING,
    PEAK,
    RELEVANT,
    START,
    UNLIKELY,
    Floats,
    PassageLogits,
    close,
    passage_logits,
)


def logits(tokens: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=(1 + tokens, 6)).astype(np.float32)


def test_the_best_answer_is_the_best_of_all_pairs() -> None:
    found = logits(50)
    seen = passage_logits([found], [(0, 50)], [(0, 50)])
    relative = found[1:] - found[0]
    every = {
        (first, last): relative[first, START] + relative[last, END]
        for first in range(50)
        for last in range(first, min(50, first + ANSWER_TOKENS))
    }
    assert seen.answer == max(every, key=lambda pair: every[pair])
    assert seen.span == pytest.approx(max(every.values()))
    assert seen.spans[0] == pytest.approx(seen.span)


def test_a_sentence_pools_its_own_tokens() -> None:
    found = logits(10)
    seen = passage_logits([found], [(0, 10)], [(0, 4), (4, 10), (10, 10)])
    peak, mean = found[1:5, PEAK], found[1:5, MEAN]
    assert seen.support[0] == pytest.approx(np.log(np.exp(peak).mean()) + mean.mean(), abs=1e-5)
    assert seen.support[2] == seen.spans[2] == NOTHING
    assert max(seen.spans) == pytest.approx(seen.span)


@pytest.mark.parametrize(
    ("support", "answers", "places"),
    [
        ([1.0, 5.0, 3.0], 0.0, [1, 2]),
        ([5.0, 5.0 - CLOSE, 0.0], UNLIKELY, [0, 1]),
        ([5.0, 4.9 - CLOSE], 0.0, None),
        ([5.0, 5.0], UNLIKELY - 0.1, None),
        ([5.0], 0.0, None),
        ([], 0.0, None),
    ],
)
def test_sentences_that_are_close_in_a_passage_that_may_answer(
    support: list[float], answers: float, places: list[int] | None
) -> None:
    none = np.zeros(len(support), dtype=np.float32)
    found = PassageLogits(answers, 0.0, np.array(support), None, 0.0, none, none, none)
    two = close(found)
    assert (two if two is None else two.tolist()) == places


def test_an_empty_passage_has_no_answer() -> None:
    seen = passage_logits([logits(0)], [(0, 0)], [(0, 0)])
    assert seen.answer is None
    assert seen.span == NOTHING
    assert seen.support.tolist() == [NOTHING]


def test_the_surest_window_speaks_for_the_passage() -> None:
    one, other = logits(100, seed=1), logits(100, seed=2)
    seen = passage_logits([one, other], [(0, 100), (36, 136)], [])
    assert seen.answers == max(one[0, ANSWERS], other[0, ANSWERS])
    assert seen.relevant == max(one[0, RELEVANT], other[0, RELEVANT])


@given(st.integers(0, 1500), st.integers(OVERLAP + 1, 400))
def test_windows_cover_every_token_and_overlap(tokens: int, room: int) -> None:
    ranges = list(windows(tokens, room))
    assert ranges[0][0] == 0
    assert ranges[-1][1] == tokens
    assert all(end - start <= room for start, end in ranges)
    for (_, end), (start, _) in pairwise(ranges):
        assert end - start >= OVERLAP


@given(st.integers(0, 1500), st.integers(OVERLAP + 1, 400))
def test_joined_windows_give_each_token_its_own_logits(tokens: int, room: int) -> None:
    """Windows cut from the same logits say what one window over all would."""
    whole = logits(tokens)
    ranges = list(windows(tokens, room))
    parts = [np.concatenate([whole[:1], whole[1 + a : 1 + b]]) for a, b in ranges]
    sentences = [(0, tokens // 2), (tokens // 2, tokens)]
    one, several = (
        passage_logits([whole], [(0, tokens)], sentences),
        passage_logits(parts, ranges, sentences),
    )
    assert one.answer == several.answer
    np.testing.assert_array_equal(one.support, several.support)
    np.testing.assert_array_equal(one.spans, several.spans)
