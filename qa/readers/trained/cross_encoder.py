"""The trained reader's network at work: no torch, no network, on the CPU."""

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.model import Span
from qa.readers import lexical_features
from qa.readers.trained.inference import Network, Passage
from qa.readers.trained.input_format import SMALL, Tokens
from qa.readers.trained.logits import MOST_BEHIND, NOTHING, PassageLogits, close, passage_logits

MODEL = Path(__file__).with_name("reader.onnx")

CALIBRATION = Path(__file__).with_name("calibration.json")
"""Weights that make probabilities of logits, and the thresholds, of
`eval/training/reader/fit_reader.py`."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What one passage has for a question.

    answers: how likely it answers, 0 to 1, where both were as likely beforehand.
    relevance: 0 to 1, to rank passages by: how likely the question was asked of this passage,
        whether or not it answers.
    sentences: (sentences,), how likely each supports the answer, 0 to 1, each for itself.
    span: the likeliest answer in words, in code points of the passage's text; None if it has no
        word. It is given whether or not the passage answers.
    span_score: 0 to 1; from 0.5 on the words are likelier the answer than there is none.
    """

    answers: float
    relevance: float
    sentences: NDArray[np.float32]
    span: Span | None
    span_score: float


class CrossEncoder:
    """Reads question and passage together. Safe to share between threads.

    Each passage is read alone, one a core, and its two likeliest sentences again if they are close.
    Batches take twice as long on two cores, and int8 activations are scaled by the batch's largest,
    so scores would depend on the passages beside. Upper and lower case are the same to it, and it
    reads English.
    """

    name = "minilm-reader-int8"

    def __init__(self, threads: int | None = None, model: Path = MODEL) -> None:
        """Load the model, which takes about 0.1 s and 60 MB.

        threads: cores one call may use, at least 1; None takes all of them.
        model: another file of the same form, to compare with.
        """
        self._threads = threads or os.cpu_count() or 1
        self.network = Network(model, SMALL)
        self._calibration = Calibration.read(CALIBRATION)

    @property
    def answers_at(self) -> float:
        """From this `Scores.answers` on a passage taken alone should count as answering."""
        return self._calibration.answers_at

    def scores(self, question: str, passages: Sequence[Passage]) -> list[Scores]:
        """The scores of each passage, in their order; none depends on the others."""
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(partial(self._scores, question), passages))

    def passage_logits(self, question: str, passage: Passage) -> tuple[PassageLogits, Tokens]:
        """What is known before probabilities are made of it, and the tokens of the passage."""
        logits, ranges, tokens = self.network.logits(question, passage)
        found = passage_logits(logits, ranges, tokens.ranges(passage.sentences))
        texts = [sentence.of(passage.text) for sentence in passage.sentences]
        shared = np.array(
            lexical_features.coverage(question, passage.title, texts), dtype=np.float32
        )
        behind = np.zeros_like(shared)
        if (two := close(found)) is not None:
            alone = [self._alone(question, passage.title, texts[place]) for place in two]
            behind[two] = np.minimum(max(alone) - np.array(alone), MOST_BEHIND)
        return replace(found, behind=behind, shared=shared), tokens

    def _alone(self, question: str, title: str, sentence: str) -> float:
        """The log odds of the likeliest answer in a sentence that is read without the others."""
        logits, ranges, _ = self.network.logits(question, Passage(title, sentence, ()))
        return passage_logits(logits, ranges, ()).span

    def _scores(self, question: str, passage: Passage) -> Scores:
        found, tokens = self.passage_logits(question, passage)
        if found.answer is None:
            return Scores(0.0, 0.0, np.zeros(len(passage.sentences), dtype=np.float32), None, 0.0)
        first, last = tokens.offsets[list(found.answer)].tolist()
        return Scores(
            self._calibration.answers(found),
            float(_probability(found.relevant)),
            self._calibration.sentences(found),
            Span(first[0], last[1]),
            float(_probability(found.span / 2)),
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic regressions over evidence: weights and, last, a bias.

    answers: of `PassageLogits.answers`, `.span` and the largest of `.support`.
    sentence: of `.support`, `.spans`, `.behind`, `.shared` and `.answers`.
    answers_at: the threshold.
    """

    answers_weights: NDArray[np.float32]
    sentence_weights: NDArray[np.float32]
    answers_at: float

    @classmethod
    def read(cls, file: Path) -> "Calibration":
        """From the file beside the model."""
        held: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        answers, sentence = (np.array(held[name], np.float32) for name in ("answers", "sentence"))
        return cls(answers, sentence, held["answers_at"])

    def answers(self, found: PassageLogits) -> float:
        """How likely the passage answers."""
        return float(_probability(answers_features(found) @ self.answers_weights))

    def sentences(self, found: PassageLogits) -> NDArray[np.float32]:
        """How likely each sentence supports the answer."""
        return _probability(sentence_features(found) @ self.sentence_weights)


def answers_features(found: PassageLogits) -> NDArray[np.float32]:
    """Shape (4,), the last 1."""
    best = float(found.support.max(initial=NOTHING))
    return np.array([found.answers, found.span, best, 1.0], dtype=np.float32)


def sentence_features(found: PassageLogits) -> NDArray[np.float32]:
    """Shape (sentences, 6), the last 1; the last but one is the same for all of a passage."""
    same = np.full_like(found.support, found.answers)
    own = [found.support, found.spans, found.behind, found.shared]
    return np.stack([*own, same, np.ones_like(same)], axis=1)


def _probability(logit: NDArray[np.float32] | float) -> NDArray[np.float32]:
    share: NDArray[np.float32] = 1 / (1 + np.exp(-np.clip(logit, -60, 60), dtype=np.float32))
    return share
