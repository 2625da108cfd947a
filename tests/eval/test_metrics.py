"""Each metric on cases small enough to do by hand, and laws over all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import metrics as m
from eval.cases import Place
from index.model import Span


def at(start: int, end: int, article: str = "a") -> Place:
    return Place(article, Span(start, end))


GOLD = [at(10, 20), at(50, 60), at(5, 9, "b")]
FOUND = [at(100, 120), at(15, 30), at(0, 4, "b"), at(0, 30, "b")]
places = st.lists(
    st.builds(
        lambda a, s, n: at(s, s + n, a), st.sampled_from("ab"), st.integers(0, 50),
        st.integers(1, 20),
    ),
    max_size=6,
)  # fmt: skip


def test_retrieval() -> None:
    assert m.retrieval_recall(FOUND, GOLD, 8) == pytest.approx(2 / 3)
    assert m.retrieval_recall(FOUND, GOLD, 2) == pytest.approx(1 / 3)
    assert (m.hit(FOUND, GOLD, 1), m.hit(FOUND, GOLD, 2)) == (0.0, 1.0)
    assert m.reciprocal_rank(FOUND, GOLD, 8) == 0.5
    assert m.reciprocal_rank(FOUND, GOLD, 1) == 0.0
    ideal = 1 + 0.6309 + 0.5
    assert m.ndcg(FOUND, GOLD, 8) == pytest.approx((0.6309 + 0.4307) / ideal, abs=1e-3)


def test_retrieved_text() -> None:
    found, gold = [at(0, 10), at(5, 20)], [at(15, 25)]
    assert m.token_recall(found, gold) == 0.5
    assert m.token_precision(found, gold) == 0.25
    assert m.token_iou(found, gold) == 0.2


def test_citations() -> None:
    assert m.citation_validity([("x", "x"), ("x", "y")]) == 0.5
    assert m.citation_precision([at(0, 11), at(30, 40)], GOLD) == 0.5
    assert m.citation_recall([at(0, 11), at(30, 40)], GOLD) == pytest.approx(1 / 3)
    assert m.citation_recall([], GOLD) == 0.0
    assert m.f1(0.5, 0.25) == pytest.approx(1 / 3)
    assert (m.f1(None, 0.0), m.f1(None, None)) == (0.0, None)
    assert (m.right_sentence([at(30, 40), at(10, 12)], GOLD), m.right_sentence([], GOLD)) == (0, 0)
    assert m.answer_in_citation(["The 32 members."], ["all 32", "32"]) == 1.0
    assert m.answer_in_citation(["The 320 members."], ["32"]) == 0.0
    assert m.statement_coverage([1, 0, 2, 0]) == 0.5
    assert m.citation_length(["two words", "and four words here"]) == 3
    assert m.hallucinated_marker_rate(1, 3) == 0.25


def test_answers() -> None:
    assert m.exact_match("The Ferry!", ["ferry"]) == 1.0
    assert m.answer_f1("the old ferry sank", ["ferry", "a barge"]) == 0.5
    assert m.must_mention("It was 1,651 dead.", ["1,651", "35,418"]) == 0.5
    assert m.must_not_cite([at(0, 1, "b")], ["b"]) == 0.0


def test_abstention() -> None:
    outcomes = [(True, True), (True, False), (False, False), (False, True), (False, True)]
    assert m.abstention_precision(outcomes) == 0.5
    assert m.abstention_recall(outcomes) == pytest.approx(1 / 3)
    assert m.balanced_accuracy(outcomes) == pytest.approx((0.5 + 1 / 3) / 2)
    assert m.balanced_accuracy([(True, True)]) is None


def test_what_cannot_be_scored_is_none_and_counted() -> None:
    assert m.retrieval_recall(FOUND, [], 8) is None
    assert m.citation_precision([], GOLD) is None
    assert m.must_mention("x", []) is None
    found = m.mean([1.0, None, 0.0, None])
    assert (found.value, found.scored, found.unscored) == (0.5, 2, 2)
    assert m.mean([None]).value is None


def test_the_interval_holds_the_mean_and_shrinks() -> None:
    few, many = m.mean([0.0, 1.0] * 5), m.mean([0.0, 1.0] * 200)
    for one in (few, many):
        assert one.low is not None
        assert one.high is not None
        assert one.low <= 0.5 <= one.high
    assert many.high - many.low < few.high - few.low  # type: ignore[operator]


@given(places, places)
def test_all_scores_are_shares(found: list[Place], gold: list[Place]) -> None:
    scores = [
        m.retrieval_recall(found, gold, 8),
        m.ndcg(found, gold, 8),
        m.reciprocal_rank(found, gold, 8),
        m.token_recall(found, gold),
        m.token_precision(found, gold),
        m.token_iou(found, gold),
        m.citation_precision(found, gold),
    ]
    assert all(score is None or 0 <= score <= 1 for score in scores)


@given(places)
def test_what_finds_exactly_the_gold_is_perfect(gold: list[Place]) -> None:
    if gold:
        assert m.retrieval_recall(gold, gold, len(gold)) == 1.0
        assert m.token_iou(gold, gold) == 1.0
        assert m.citation_recall(gold, gold) == m.citation_precision(gold, gold) == 1.0
