"""What the large network makes of the passages found: which sentence answers, and how surely.

The network reads each passage with the question, alone. A logistic regression over what it says of
a sentence and its passage makes the sentence's probability; another, over the best sentence and
its rivals, says how likely that one answers. `eval/training/reader/fit_answering.py` fits both and
writes `answering.json`.
"""

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.model import Span
from qa.context.numbered_sentences import SourceSentence
from qa.readers import lexical_features
from qa.readers.scores import ContextScores, ScoredSentence
from qa.readers.trained.inference import Network, Passage
from qa.readers.trained.input_format import LARGE
from qa.readers.trained.logits import NOTHING, PassageLogits, passage_logits

Floats = NDArray[np.float64]

MODEL = Path(__file__).with_name("large.onnx")

WEIGHTS = Path(__file__).with_name("answering.json")

MOST_PASSAGES = 4
"""The best so many passages are read; each takes a sixth of a second of one core."""

KEEP, KEEP_OF_LIST = 0.5, 0.3
"""See `ContextScores`; chosen on the folder that chooses."""

SHORT_AT = -4.0
"""From these log odds on against no answer the words found are shown as the answer in short."""

SENTENCE = (
    "support",
    "support, to the passage's best",
    "answer in it",
    "passage answers",
    "asked of the passage",
    "question's words",
    "match",
    "rank",
    "kind found",
    "kind not found",
)
"""The columns of `sentence_features`."""

BEST = (
    "sentence",
    "ahead of the next",
    "ahead of other articles",
    "passage answers",
    "answer in it",
    "match",
    "passages that answer",
)
"""The columns of `best_features`."""


@dataclass(frozen=True, slots=True)
class PassageReading:
    """A passage that was read: its sentences in order, what the network says, and where the
    likeliest answer stands in the article, None if there is none."""

    sentences: Sequence[SourceSentence]
    evidence: PassageLogits
    short: Span | None


@dataclass(frozen=True, slots=True)
class Weights:
    """Of both regressions, each with its bias last."""

    sentence: Floats
    best: Floats

    @classmethod
    def read(cls, file: Path = WEIGHTS) -> "Weights":
        """From the file beside the network. ValueError if it was fitted to other features."""
        held: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        for name, columns in (("sentence", SENTENCE), ("best", BEST)):
            if list(held[name]) != [*columns, "bias"]:
                raise ValueError(f"{file.name}: {name} was fitted to other features; fit it again")
        return cls(*(np.array([*held[name].values()]) for name in ("sentence", "best")))


class LargeReader:
    """Chooses among the sentences of the best passages. Safe to share between threads."""

    name = "mpnet-reader-int8"

    def __init__(
        self, threads: int | None = None, model: Path = MODEL, weights: Path | None = WEIGHTS
    ) -> None:
        """Load the network, which takes about half a second and 250 MB.

        threads: cores that one question may use, at least 1; None takes all of them.
        weights: None only reads, as for fitting them.
        """
        self._threads = threads or os.cpu_count() or 1
        self._network = Network(model, LARGE)
        self._weights = Weights.read(weights) if weights else None

    def __call__(self, question: str, sentences: Sequence[SourceSentence]) -> ContextScores:
        """Each sentence of the passages read, and how likely the best one answers."""
        reads = self.read(question, sentences) if any(map(str.isalnum, question)) else []
        if not reads or not self._weights:
            return ContextScores([], 0.0)
        logits = _logits(sentence_features(question, reads), self._weights.sentence)
        sure = float(_probability(_logits(best_features(reads, logits), self._weights.best)))
        every = [(read, sentence) for read in reads for sentence in read.sentences]
        scores = _probability(logits)
        lead = _lead_in(question, [sentence for _, sentence in every], int(scores.argmax()))
        if lead is not None:
            scores[lead], sure = scores.max(), max(sure, ANNOUNCED)
        scored = [
            ScoredSentence(sentence, float(score), _within(read.short, sentence))
            for (read, sentence), score in zip(every, scores, strict=True)
        ]
        keep = KEEP_OF_LIST if lead is None else 1.0  # the lead-in brings its list
        return ContextScores(scored, sure, KEEP, keep)

    def read(self, question: str, sentences: Sequence[SourceSentence]) -> list[PassageReading]:
        """The passages of the lowest ranks, in the order of the sentences."""
        ranks = sorted({sentence.rank for sentence in sentences})[:MOST_PASSAGES]
        kept = [sentence for sentence in sentences if sentence.rank in ranks]
        passages = [list(group) for _, group in groupby(kept, _passage)]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(partial(self._read, question), passages))

    def _read(self, question: str, sentences: Sequence[SourceSentence]) -> PassageReading:
        article, start = sentences[0].article, sentences[0].span.start
        text = Span(start, sentences[-1].span.end).of(article.text)
        spans = [
            Span(sentence.span.start - start, sentence.span.end - start) for sentence in sentences
        ]
        passage = Passage(titled(article.title, article.published_at), text, spans)
        logits, ranges, tokens = self._network.logits(question, passage)
        found = passage_logits(logits, ranges, tokens.ranges(spans))
        if found.answer is None or found.span < SHORT_AT:
            return PassageReading(sentences, found, None)
        first, last = tokens.offsets[list(found.answer)].tolist()
        return PassageReading(sentences, found, Span(start + first[0], start + last[1]))


ANNOUNCED = 0.75
"""The least probability of a list that a sentence in the question's words announces."""

ANNOUNCED_WORDS = 0.5
"""The least share of the question's words that the announcing sentence has."""


def _lead_in(question: str, sentences: Sequence[SourceSentence], best: int) -> int | None:
    """The place of the sentence that announces the list that the best sentence begins or is in, if
    several things are asked for; None if there is none."""
    if not lexical_features.asks_for_several(question):
        return None
    for place in range(best, max(-1, best - MOST_ITEMS), -1):
        text = sentences[place].text
        (share,) = lexical_features.coverage(question, "", [text])
        after = sentences[place + 1 : place + 2]
        follows = [one for one in after if one.place == sentences[place].place + 1]
        if not any(lexical_features.continues_list(text, one.text) for one in follows):
            if place < best:
                return None
        elif share >= ANNOUNCED_WORDS:
            return place
    return None


MOST_ITEMS = 6


def titled(title: str, published: datetime | None) -> str:
    """A title as the network learned it: behind the day on which the article was published."""
    return f"{published.day} {published:%B %Y}, {title}" if published else title


def sentence_features(question: str, reads: Sequence[PassageReading]) -> Floats:
    """Shape (sentences, len(SENTENCE)), of the sentences of all passages, in order."""
    return np.concatenate([_features(question, read) for read in reads])


def _features(question: str, read: PassageReading) -> Floats:
    found, texts = read.evidence, [sentence.text for sentence in read.sentences]
    asked = lexical_features.kind(question)
    has = np.array(
        [lexical_features.has_answer(asked, question, text) for text in texts], dtype=float
    )
    same = np.ones(len(texts))
    known = asked != "other"
    columns = [
        found.support,
        found.support - found.support.max(),
        np.maximum(found.spans, NOTHING),
        same * found.answers,
        same * found.relevant,
        np.array(lexical_features.coverage(question, read.sentences[0].article.title, texts)),
        same * read.sentences[0].match,
        same * np.log(read.sentences[0].rank),
        known * has,
        known * (1 - has),
    ]
    return np.stack(columns, axis=1).astype(float)


def best_features(reads: Sequence[PassageReading], logits: Floats) -> Floats:
    """Shape (len(BEST),). logits: of the sentences of all passages, in order, at least one."""
    owners = [read for read in reads for _ in read.sentences]
    place = int(logits.argmax())
    read, best = owners[place], logits[place]
    others = [logit for n, logit in enumerate(logits) if n != place]
    elsewhere = [
        logit
        for logit, owner in zip(logits, owners, strict=True)
        if owner.sentences[0].article.id != read.sentences[0].article.id
    ]
    inside = place - owners.index(read)
    return np.array(
        [
            best,
            min(best - max(others, default=best - MOST_AHEAD), MOST_AHEAD),
            min(best - max(elsewhere, default=best - MOST_AHEAD), MOST_AHEAD),
            read.evidence.answers,
            read.evidence.spans[inside],
            read.sentences[0].match,
            sum(one.evidence.answers > 0 for one in reads),
        ],
        dtype=float,
    )


MOST_AHEAD = 8.0
"""Log odds beyond which being further ahead says no more."""


def _passage(sentence: SourceSentence) -> tuple[str, str, int]:
    return sentence.article.id, sentence.version, sentence.rank


def _within(span: Span | None, sentence: SourceSentence) -> Span | None:
    """The same in the sentence's text, if it lies in it."""
    if span is None or not sentence.span.start <= span.start < span.end <= sentence.span.end:
        return None
    return Span(span.start - sentence.span.start, span.end - sentence.span.start)


def _logits(features: Floats, weights: Floats) -> Floats:
    logits: Floats = features @ weights[:-1] + weights[-1]
    return logits


def _probability(logit: Floats) -> Floats:
    share: Floats = 1 / (1 + np.exp(-np.clip(logit, -60, 60)))
    return share
