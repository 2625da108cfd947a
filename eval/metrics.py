"""Metrics: small pure functions, each its own definition. None is "not scored".

A `Place` is a span of an article. Spans count by overlap unless a docstring says otherwise, so
a citation a little longer than the gold quote is right, and its length is measured apart.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from statistics import fmean
from typing import TypeVar

import numpy as np

from eval.question_sets import Place
from index.model import Span

T = TypeVar("T")

# Retrieval: `found` is best first. A run looks at what the reader got, in its order, at most 8
# (`qa.engine.PASSAGES`): `retrieval_recall`, `mrr` and `ndcg` without a k in their names are at 8.


def retrieval_recall(found: Sequence[Place], gold: Sequence[Place], k: int) -> float | None:
    """Share of gold places that one of the first k passages overlaps."""
    return _share([any(place.overlaps(one) for one in found[:k]) for place in gold])


def hit(found: Sequence[Place], gold: Sequence[Place], k: int) -> float | None:
    """1 if one of the first k passages overlaps a gold place."""
    return float(_first(found[:k], gold) is not None) if gold else None


def reciprocal_rank(found: Sequence[Place], gold: Sequence[Place], k: int) -> float | None:
    """1 / rank of the first passage that overlaps a gold place, 0 beyond k (MRR, TREC-8)."""
    if not gold:
        return None
    first = _first(found[:k], gold)
    return 0.0 if first is None else 1 / (first + 1)


def ndcg(
    found: Sequence[Place], gold: Sequence[Place], k: int, passages: Sequence[Place]
) -> float | None:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen, 2002), binary, at k.

    A passage that overlaps a gold place gains 1, discounted by log2(1 + rank). The ideal has all
    such passages of the collection first, so 1 is reached by an order of what can be found, also
    where a passage holds two gold places or a gold place runs over two. `passages` are those of
    the collection; passages of articles without a gold place may be left out.
    """
    relevant = sum(_relevant(one, gold) for one in passages)
    if not relevant:
        return None
    ideal = sum(1 / math.log2(1 + rank) for rank in range(1, min(k, relevant) + 1))
    ranks = (rank for rank, one in enumerate(found[:k], 1) if _relevant(one, gold))
    return sum(1 / math.log2(1 + rank) for rank in ranks) / ideal


def token_recall(found: Sequence[Place], gold: Sequence[Place]) -> float | None:
    """Share of the gold text that was retrieved (Chroma, Evaluating Chunking, 2024).

    Counted in characters, as that report's code does, each once however often it was found.
    """
    return _shared(found, gold) / _size(gold) if gold else None


def token_precision(found: Sequence[Place], gold: Sequence[Place]) -> float | None:
    """Share of the retrieved text that is gold; counted as in `token_recall`."""
    return _shared(found, gold) / _size(found) if gold and found else None


def token_iou(found: Sequence[Place], gold: Sequence[Place]) -> float | None:
    """Retrieved and gold text, intersection over union; counted as in `token_recall`."""
    if not gold:
        return None
    shared = _shared(found, gold)
    return shared / (_size(found) + _size(gold) - shared)


# Citations


def citation_validity(quotes: Sequence[tuple[str, str]]) -> float | None:
    """Share of citations whose quote is what the article holds there: (quote, text[start:end])."""
    return _share([quote == held for quote, held in quotes])


def citation_precision(cited: Sequence[Place], gold: Sequence[Place]) -> float | None:
    """Share of citations that overlap a gold place; None without citations or gold."""
    return _share([any(one.overlaps(place) for place in gold) for one in cited]) if gold else None


def citation_recall(cited: Sequence[Place], gold: Sequence[Place]) -> float | None:
    """Share of gold places that a citation overlaps; 0 if an answer cites nothing."""
    return _share([any(place.overlaps(one) for one in cited) for place in gold])


def f1(precision: float | None, recall: float | None) -> float | None:
    """Harmonic mean. No precision, as nothing was cited, counts as 0."""
    if recall is None:
        return None
    both = (precision or 0.0) + recall
    return 2 * (precision or 0.0) * recall / both if both else 0.0


def right_sentence(cited: Sequence[Place], gold: Sequence[Place]) -> float | None:
    """1 if the first citation overlaps a gold place; 0 if nothing is cited."""
    return float(bool(cited) and any(cited[0].overlaps(one) for one in gold)) if gold else None


def answer_in_citation(quotes: Sequence[str], accepted: Sequence[str]) -> float | None:
    """1 if an accepted answer stands in one of the quotes, both normalised as SQuAD does."""
    if not accepted:
        return None
    held = [f" {normalised(quote)} " for quote in quotes]
    return float(any(f" {normalised(form)} " in quote for form in accepted for quote in held))


def statement_coverage(citations: Sequence[int]) -> float | None:
    """Share of statements that cite anything, from how many citations each has."""
    return _share([count > 0 for count in citations])


def citation_length(quotes: Sequence[str]) -> float | None:
    """Mean words of a quote; shorter is easier to check."""
    return fmean(len(quote.split()) for quote in quotes) if quotes else None


def hard_fact_support(supported: Sequence[bool]) -> float | None:
    """Share of statements whose numbers, names and quotations stand in what they cite."""
    return _share(supported)


def hallucinated_marker_rate(unknown: int, known: int) -> float | None:
    """Share of the markers a model wrote that name nothing in the context."""
    return unknown / (unknown + known) if unknown + known else None


# Answers

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’–—")


def normalised(text: str) -> str:
    """Lower case, no punctuation, no articles, single blanks (Rajpurkar et al., 2016)."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, accepted: Sequence[str]) -> float | None:
    """1 if the normalised answer is one of the accepted ones (SQuAD's EM)."""
    if not accepted:
        return None
    return float(any(normalised(answer) == normalised(form) for form in accepted))


def answer_f1(answer: str, accepted: Sequence[str]) -> float | None:
    """Best harmonic mean of word precision and recall to an accepted answer (SQuAD's F1)."""
    return max((_word_f1(answer, form) for form in accepted), default=None)


def must_mention(answer: str, wanted: Sequence[str]) -> float | None:
    """Share of what has to be said that the answer says, both normalised."""
    held = f" {normalised(answer)} "
    return _share([f" {normalised(words)} " in held for words in wanted])


def must_not_cite(cited: Sequence[Place], forbidden: Sequence[str]) -> float | None:
    """1 if no citation is of an article that would be the wrong source."""
    return float(all(one.article_id not in forbidden for one in cited)) if forbidden else None


# Abstention: whether a question can be answered, and whether it was.


def answered(answerable: bool, said: bool) -> float | None:
    """1 if a question that can be answered was; the mean is the share of these."""
    return float(said) if answerable else None


def abstention_recall(answerable: bool, said: bool) -> float | None:
    """1 if a question that cannot be answered was not; the mean is the share of these."""
    return None if answerable else float(not said)


def abstention_precision(answerable: bool, said: bool) -> float | None:
    """1 if a question that was not answered cannot be; the mean is the share of these."""
    return None if said else float(not answerable)


Outcomes = Sequence[tuple[bool, bool]]
"""(answerable, said) of each question."""


def balanced_accuracy(outcomes: Outcomes) -> float | None:
    """Mean of the shares `answered` and `abstention_recall`: always abstaining gives 0.5."""
    kept = _share([said for answerable, said in outcomes if answerable])
    refused = _share([not said for answerable, said in outcomes if not answerable])
    return None if refused is None or kept is None else (refused + kept) / 2


def auroc(scores: Sequence[float], right: Sequence[bool]) -> float | None:
    """How likely a right one scores higher than a wrong one, ties half (area under the ROC)."""
    positive = np.array([score for score, one in zip(scores, right, strict=True) if one])
    negative = np.sort([score for score, one in zip(scores, right, strict=True) if not one])
    if not len(positive) or not len(negative):
        return None
    below = (np.searchsorted(negative, positive, side=side) for side in ("left", "right"))
    return float(sum(part.mean() for part in below) / 2 / len(negative))


@dataclass(frozen=True, slots=True)
class Summary:
    """A metric over all questions. low, high: bootstrap 95 % interval; value is None if no
    question was scored. scored, unscored: how many times it was asked for, repeats included."""

    value: float | None
    low: float | None
    high: float | None
    scored: int
    unscored: int


def mean(questions: Sequence[Sequence[float | None]]) -> Summary:
    """The mean of what was scored, from the scores of all repeats of each question."""
    scored = [[value for value in repeats if value is not None] for repeats in questions]
    found = summary([repeats for repeats in scored if repeats], fmean)
    return replace(found, unscored=sum(map(len, questions)) - found.scored)


def summary(
    questions: Sequence[Sequence[T]], statistic: Callable[[Sequence[T]], float | None]
) -> Summary:
    """A statistic and its percentile bootstrap interval (Efron, 1979), with a fixed seed.

    Questions are drawn, each with all its repeats (the cluster bootstrap; Field and Welsh, 2007):
    asking the same ones again says nothing of others, so it does not narrow the interval.
    """
    items = list(chain.from_iterable(questions))
    if not items:
        return Summary(None, None, None, 0, 0)
    chance, count = np.random.default_rng(0), len(questions)
    samples = (chance.integers(0, count, count) for _ in range(_RESAMPLES))
    drawn = (statistic([one for i in sample for one in questions[i]]) for sample in samples)
    values = [value for value in drawn if value is not None]
    low, high = map(float, np.percentile(values, (2.5, 97.5))) if values else (None, None)
    return Summary(statistic(items), low, high, len(items), 0)


_RESAMPLES = 1000


def _share(marks: Sequence[bool]) -> float | None:
    return fmean(marks) if marks else None


def _relevant(one: Place, gold: Sequence[Place]) -> bool:
    return any(one.overlaps(place) for place in gold)


def _first(found: Sequence[Place], gold: Sequence[Place]) -> int | None:
    hits = (at for at, place in enumerate(found) if _relevant(place, gold))
    return next(hits, None)


def _word_f1(answer: str, form: str) -> float:
    said, wanted = normalised(answer).split(), normalised(form).split()
    if not said or not wanted:
        return float(said == wanted)
    common = (Counter(said) & Counter(wanted)).total()
    return 2 * common / (len(said) + len(wanted))


def _merged(places: Sequence[Place]) -> dict[str, list[Span]]:
    """Spans of each article, sorted, those that touch put together."""
    merged: dict[str, list[Span]] = {}
    for place in sorted(places, key=lambda one: (one.article_id, one.span)):
        spans = merged.setdefault(place.article_id, [])
        if spans and place.span.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, place.span.end))
        else:
            spans.append(place.span)
    return merged


def _size(places: Sequence[Place]) -> int:
    return sum(len(span) for spans in _merged(places).values() for span in spans)


def _shared(one: Sequence[Place], other: Sequence[Place]) -> int:
    """Characters that both cover."""
    theirs = _merged(other)
    return sum(
        span.overlap(their)
        for article_id, spans in _merged(one).items()
        for span in spans
        for their in theirs.get(article_id, ())
    )
