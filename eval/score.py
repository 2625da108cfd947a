"""Records to scores: every metric of every question, then of the set. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np

from eval import metrics
from eval.metrics import Summary
from eval.question_sets import Place, Question
from eval.run import Record
from index.model import Span
from qa.answer import Answer
from qa.engine import PASSAGES

METRICS = (
    *("retrieval_recall", "hit@1", "hit@5", "mrr", "ndcg"),
    *("token_recall", "token_precision", "token_iou"),
    *("citation_validity", "citation_precision", "citation_recall", "citation_f1"),
    *("right_sentence", "answer_in_citation", "statement_coverage", "citation_length"),
    *("hard_fact_support", "hallucinated_markers", "exact_match", "answer_f1"),
    *("must_mention", "must_not_cite"),
    *("answered", "abstention_precision", "abstention_recall", "balanced_accuracy"),
    *("judge_citation_recall", "judge_citation_precision"),
    *("judge_partial_recall", "judge_relevance", "judge_correctness"),
    *("p50_ms", "p95_ms"),
)
"""The names of all metrics; those that tell nothing else are of the first 8 passages."""

LOWER_IS_BETTER = frozenset({"hallucinated_markers", "citation_length", "p50_ms", "p95_ms"})

Scores = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Result:
    """A question, what came of it, its scores, and what is wrong with the answer ("" is right)."""

    question: Question
    record: Record
    scores: Scores
    fault: str


class Held(Protocol):
    """What scoring looks up in the articles."""

    def text(self, article_id: str, version: str) -> str:
        """The text of a version."""

    def passages(self, article_id: str) -> Sequence[Place]:
        """All passages of the current version."""


def result(question: Question, record: Record, held: Held) -> Result:
    """Score one record; one that came to an error has no scores."""
    if record.error:
        return Result(question, record, {}, f"error: {record.error}")
    found = [one.place for one in record.found]
    articles = dict.fromkeys(place.article_id for place in question.gold)
    passages = [one for article_id in articles for one in held.passages(article_id)]
    scores = dict(_retrieval(found, question.gold, passages))
    if record.answer is not None:
        scores |= _answer(question, record.answer, held.text)
    return Result(question, record, scores, _fault(question, record, scores))


def judged(one: Result, judge: Callable[[Question, Answer], Scores]) -> Result:
    """With the judge's scores; without an answer there is nothing to judge."""
    if one.record.answer is None or not one.record.answer.answerable:
        return one
    return replace(one, scores={**one.scores, **judge(one.question, one.record.answer)})


def summaries(results: Sequence[Result]) -> dict[str, Summary]:
    """Each metric over all results; those that nothing was scored for are left out."""
    by_case: dict[str, list[Result]] = {}
    for one in results:
        by_case.setdefault(one.question.case.id, []).append(one)
    repeats = list(by_case.values())
    names = dict.fromkeys(name for one in results for name in one.scores)
    found = {
        name: metrics.mean([[one.scores.get(name) for one in same] for same in repeats])
        for name in names
    }
    outcomes = [[_outcome(one) for one in same if one.record.answer] for same in repeats]
    over_all = metrics.summary(outcomes, metrics.balanced_accuracy)
    unanswered = len(results) - over_all.scored
    found["balanced_accuracy"] = replace(over_all, unscored=unanswered)
    times = [[one.record.milliseconds for one in same] for same in repeats]
    for share in (50, 95):
        found[f"p{share}_ms"] = metrics.summary(times, partial(_percentile, share))
    return {name: one for name, one in found.items() if one.value is not None}


def _percentile(share: int, times: Sequence[float]) -> float:
    return float(np.percentile(times, share))


def _outcome(one: Result) -> tuple[bool, bool]:
    return one.question.case.answerable, _answered(one.record)


def _retrieval(found: Sequence[Place], gold: Sequence[Place], passages: Sequence[Place]) -> Scores:
    return {
        "retrieval_recall": metrics.retrieval_recall(found, gold, PASSAGES),
        "hit@1": metrics.hit(found, gold, 1),
        "hit@5": metrics.hit(found, gold, 5),
        "mrr": metrics.reciprocal_rank(found, gold, PASSAGES),
        "ndcg": metrics.ndcg(found, gold, PASSAGES, passages),
        "token_recall": metrics.token_recall(found, gold),
        "token_precision": metrics.token_precision(found, gold),
        "token_iou": metrics.token_iou(found, gold),
    }


def _answer(question: Question, answer: Answer, text: Callable[[str, str], str]) -> Scores:
    case, gold = question.case, question.gold
    cited = [Place(c.article_id, Span(c.start, c.end)) for c in answer.citations]
    quotes = [c.quote for c in answer.citations]
    held = [text(c.article_id, c.version)[c.start : c.end] for c in answer.citations]
    said = " ".join(statement.text for statement in answer.statements)
    precision, recall = (f(cited, gold) for f in _SPANS)
    return {
        "citation_validity": metrics.citation_validity(list(zip(quotes, held, strict=True))),
        "citation_precision": precision,
        "citation_recall": recall,
        "citation_f1": metrics.f1(precision, recall),
        "right_sentence": metrics.right_sentence(cited, gold),
        "answer_in_citation": metrics.answer_in_citation(quotes, case.answer),
        "statement_coverage": metrics.statement_coverage(
            [len(statement.citations) for statement in answer.statements]
        ),
        "citation_length": metrics.citation_length(quotes),
        "hard_fact_support": metrics.hard_fact_support(
            [statement.supported for statement in answer.statements]
        ),
        "hallucinated_markers": metrics.hallucinated_marker_rate(
            answer.unknown_markers, answer.known_markers
        ),
        "exact_match": metrics.exact_match(said, case.answer),
        "answer_f1": metrics.answer_f1(said, case.answer),
        "must_mention": metrics.must_mention(said, case.must_mention),
        "must_not_cite": metrics.must_not_cite(cited, case.must_not_cite),
        "answered": metrics.answered(case.answerable, answer.answerable),
        "abstention_precision": metrics.abstention_precision(case.answerable, answer.answerable),
        "abstention_recall": metrics.abstention_recall(case.answerable, answer.answerable),
    }


_SPANS = (metrics.citation_precision, metrics.citation_recall)


def _answered(record: Record) -> bool:
    return record.answer is not None and record.answer.answerable


def _fault(question: Question, record: Record, scores: Scores) -> str:
    """What a person would call wrong, the gravest first."""
    if record.answer is None:
        return "gold not retrieved" if scores["hit@5"] == 0.0 else ""
    if not question.case.answerable:
        return "answered what the articles do not say" if _answered(record) else ""
    if not _answered(record):
        return "did not answer"
    wrong = (told for name, (least, told) in _FAULTS.items() if _below(scores[name], least))
    return next(wrong, "")


_ANY = 1e-9

_FAULTS = {
    "citation_validity": (1.0, "a quote is not what its article holds"),
    "citation_recall": (_ANY, "cites nothing of the gold"),
    "must_not_cite": (1.0, "cites a wrong source"),
    "hard_fact_support": (_ANY, "says what its citations do not carry"),
    "must_mention": (_ANY, "says nothing of what it has to mention"),
}
"""Metrics, the least that is not a fault, and what to call it."""


def _below(score: float | None, least: float) -> bool:
    return score is not None and score < least
