"""Each metric on cases small enough to do by hand, and laws over all."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import metrics as m
from eval.question_sets import Place
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
    others = [at(0, 12), at(40, 51), at(60, 80)]
    ideal = 1 + 0.6309 + 0.5 + 0.4307  # two of FOUND and two of the others hold gold
    held = [*FOUND, *others]
    assert m.ndcg(FOUND, GOLD, 8, held) == pytest.approx((0.6309 + 0.4307) / ideal, abs=1e-3)


def test_ndcg_is_one_where_a_passage_holds_two_gold_places() -> None:
    passages = [at(0, 100), at(100, 200), at(200, 300)]
    gold = [at(10, 20), at(50, 60)]
    assert m.ndcg([passages[0], passages[1]], gold, 8, passages) == 1.0
    assert m.ndcg([passages[1], passages[0]], gold, 8, passages) == pytest.approx(0.6309, abs=1e-3)
    over_two = [at(90, 110)]
    assert m.ndcg([passages[1], passages[0]], over_two, 8, passages) == 1.0
    assert m.ndcg([passages[1], passages[2]], over_two, 8, passages) < 1.0  # type: ignore[operator]


@given(st.sets(st.integers(1, 59), max_size=8), st.data())
def test_ndcg_is_one_for_the_best_order_and_for_no_worse_one(
    cuts: set[int], data: st.DataObject
) -> None:
    edges = [0, *sorted(cuts), 60]
    passages = [at(start, end) for start, end in pairwise(edges)]
    starts = data.draw(st.lists(st.integers(0, 50), min_size=1, max_size=4))
    gold = [at(start, start + 9) for start in starts]
    k = data.draw(st.integers(1, 9))
    order = data.draw(st.permutations(passages))
    best = sorted(passages, key=lambda one: not any(one.overlaps(place) for place in gold))
    assert m.ndcg(best, gold, k, passages) == pytest.approx(1)
    assert m.ndcg(order, gold, k, passages) <= 1 + 1e-9  # type: ignore[operator]


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
    assert m.answer_in_citation(["It was New.", "York fell."], ["New York"]) == 0.0
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
    of = [[metric(*one) for one in outcomes] for metric in (
        m.answered, m.abstention_precision, m.abstention_recall
    )]  # fmt: skip
    assert of == [
        [1.0, 0.0, None, None, None],
        [None, 0.0, 1.0, None, None],
        [None, None, 1.0, 0.0, 0.0],
    ]
    assert m.balanced_accuracy(outcomes) == pytest.approx((0.5 + 1 / 3) / 2)
    assert m.balanced_accuracy([(True, True)]) is None


def test_what_cannot_be_scored_is_none_and_counted() -> None:
    assert m.retrieval_recall(FOUND, [], 8) is None
    assert m.citation_precision([], GOLD) is None
    assert m.must_mention("x", []) is None
    found = m.mean([[1.0], [None], [0.0, None]])
    assert (found.value, found.scored, found.unscored) == (0.5, 2, 2)
    assert m.mean([[None]]).value is None


def width(found: m.Summary) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


def test_the_interval_holds_the_mean_and_shrinks() -> None:
    few, many = m.mean([[0.0], [1.0]] * 5), m.mean([[0.0], [1.0]] * 200)
    for one in (few, many):
        assert one.low is not None
        assert one.low <= 0.5 <= one.low + width(one)
    assert width(many) < width(few)


def test_asking_again_does_not_narrow_the_interval() -> None:
    once, often = m.mean([[0.0], [1.0]] * 5), m.mean([[0.0] * 9, [1.0] * 9] * 5)
    assert (often.low, often.high, often.value) == (once.low, once.high, once.value)
    assert (once.scored, often.scored) == (10, 90)
    slow = m.summary([[1.0] * 9, [2.0] * 9] * 5, max)
    assert slow == m.Summary(2.0, 2.0, 2.0, 90, 0)


@given(places, places)
def test_all_scores_are_shares(found: list[Place], gold: list[Place]) -> None:
    scores = [
        m.retrieval_recall(found, gold, 8),
        m.ndcg(found, gold, 8, found),
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
