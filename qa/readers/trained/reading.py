"""A table as the trained network reads it: each passage with the question, alone."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from index.model import Span
from qa.readers.reading import is_paragraph
from qa.readers.scored import Reading, Scored
from qa.readers.trained.cross_encoder import CrossEncoder, Passage, Scores
from qa.table import Row

ANSWERS_AMONG_OTHERS_AT = 0.5
"""The best of several passages has to answer with this probability; chosen on `eval/sets/news`."""

SHORT_AT = 0.5
"""From this score on the words that the network found are shown as the answer in short."""


def by_network(network: CrossEncoder, question: str, rows: Sequence[Row]) -> Reading:
    """Each row's score: how likely its passage answers, and by it; and of the best passage, how
    likely it answers at all."""
    if not rows or not any(map(str.isalnum, question)):
        return Reading([], 0.0, network.answers_at)
    passages = [list(group) for _, group in groupby(rows, _passage)]
    found = network.scores(question, [_laid(group) for group in passages])
    scored = [
        one for group, read in zip(passages, found, strict=True) for one in _rows(group, read)
    ]
    best = max(read.answers for read in found)
    answers_at = network.answers_at if is_paragraph(rows) else ANSWERS_AMONG_OTHERS_AT
    return Reading(scored, best, answers_at)


def _passage(row: Row) -> tuple[str, str, int]:
    return row.article.id, row.version, row.rank


def _laid(group: Sequence[Row]) -> Passage:
    """The passage that these rows are of, from the first to the last."""
    article, start = group[0].article, group[0].span.start
    spans = [Span(row.span.start - start, row.span.end - start) for row in group]
    return Passage(article.title, Span(start, group[-1].span.end).of(article.text), spans)


def _rows(group: Sequence[Row], read: Scores) -> list[Scored]:
    start = group[0].span.start
    short = read.span if read.span and read.span_score >= SHORT_AT else None
    place = Span(short.start + start, short.end + start) if short else None
    return [
        Scored(row, float(read.answers * share), _within(place, row))
        for row, share in zip(group, np.asarray(read.sentences), strict=True)
    ]


def _within(place: Span | None, row: Row) -> Span | None:
    """The same in the row's text, if it lies in it."""
    if place is None or not row.span.start <= place.start < place.end <= row.span.end:
        return None
    return Span(place.start - row.span.start, place.end - row.span.start)
