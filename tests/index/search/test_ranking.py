"""What speaks for a passage, and what does not change it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.ranking import WEIGHTS, WINDOW, Asked, Match

WEIGHED = {"bridg": 3.0, "collaps": 2.0, "worker": 1.0}
ASKED = Asked(["how", "mani", "worker", "die", "when", "the", "bridg", "collaps"], WEIGHED)
WORDS = st.lists(st.sampled_from([*WEIGHED, "the", "of", "rain", "die"]), max_size=80)


def test_weights_sum_to_one() -> None:
    assert sum(WEIGHTS) == pytest.approx(1)


def test_terms_count_by_weight_wherever_they_stand() -> None:
    assert ASKED.match(0.0, ["rain"], ["the", "bridg"]).terms == pytest.approx(3 / 6)
    assert ASKED.match(0.0, ["collaps", "bridg", "worker"], []).terms == 1.0


def test_neighbours_count_only_in_the_order_of_the_question() -> None:
    together, reversed_ = (ASKED.match(0.0, words, []).pairs for words in (
        ["bridg", "collaps"], ["collaps", "bridg"]
    ))  # fmt: skip
    assert together > reversed_ == 0.0


def test_terms_that_stand_far_apart_share_no_window() -> None:
    apart = ["bridg", *["rain"] * WINDOW, "collaps"]
    match = ASKED.match(0.0, apart, [])
    assert (match.terms, match.window) == (pytest.approx(5 / 6), pytest.approx(3 / 6))
    assert ASKED.match(0.0, [*apart[1:-1], "bridg", "collaps"], []).window == pytest.approx(5 / 6)


def test_a_question_of_common_words_only_matches_by_meaning() -> None:
    assert Asked(["who", "is"], {}).match(0.5, ["rain"], []) == Match(0.5, 0.0, 0.0, 0.0)
    assert Asked([], {}).match(0.5, [], []).score == pytest.approx(0.5 * WEIGHTS.cosine)


@given(WORDS, WORDS)
def test_shares_are_shares_and_a_window_holds_no_more_than_the_passage(
    words: list[str], title: list[str]
) -> None:
    match = ASKED.match(0.0, words, title)
    assert all(0.0 <= share <= 1.0 for share in match)
    assert match.window <= match.terms + 1e-9


@given(WORDS)
def test_the_window_is_the_best_of_all(words: list[str]) -> None:
    windows = [set(words[at : at + WINDOW]) for at in range(max(1, len(words)))]
    best = max(sum(WEIGHED.get(word, 0.0) for word in window) for window in windows)
    assert ASKED.match(0.0, words, []).window == pytest.approx(best / 6)
