"""How likely a context answers a question, and which of its sentences do. Pure.

Logistic models over features of words and token vectors. The first says how likely each
sentence is the one that answers if one does (softmax); the second how likely the context answers
at all, and there is one for a paragraph alone and one for what a search lays, as beside a
question's own passage others lie that repeat its words. `eval/training/fit_relevance.py` fits them
and writes `relevance.json`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.readers.extractive.sentence_features import NAMES, Candidate, Tokens, features

Floats = NDArray[np.float64]

FILE = Path(__file__).with_name("relevance.json")
"""The fitted model, and what it was fitted to."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """sentences: (n,), how likely each is the one that answers if one does, together 1;
    answers: how likely one does, 0 to 1, where both were as likely beforehand."""

    sentences: Floats
    answers: float


@dataclass(frozen=True, slots=True)
class Judge:
    """Whether one answers: mean, scale, weights have shape (2 F + 5,), with F = len(NAMES)."""

    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    def probability(self, known: Floats) -> float:
        """How likely it does, from `Model.table_features`."""
        logit = float((known - self.mean) / self.scale @ self.weights) + self.bias
        return 1 / (1 + math.exp(-logit))


@dataclass(frozen=True, slots=True)
class Model:
    """The fitted numbers. mean, scale, weights: (F,), of a sentence; of_one, of_several: for a
    context of one paragraph, and of more."""

    mean: Floats
    scale: Floats
    weights: Floats
    of_one: Judge
    of_several: Judge

    def relevance(
        self,
        question: str,
        asked: Tokens,
        windows: Sequence[Sequence[Candidate]],
        alone: bool,
    ) -> Relevance:
        """Of the sentences of all windows, at least one, in order; alone: they are a paragraph."""
        raw = features(question, asked, windows)
        scores = self.scores(raw)
        judge = self.of_one if alone else self.of_several
        shares = np.exp(scores - scores.max())
        answers = judge.probability(self.table_features(raw, scores))
        return Relevance(shares / shares.sum(), answers)

    def scores(self, raw: Floats) -> Floats:
        """Shape (n,): the logit of each sentence, from features of shape (n, F)."""
        scores: Floats = (raw - self.mean) / self.scale @ self.weights
        return scores

    def table_features(self, raw: Floats, scores: Floats) -> Floats:
        """Shape (2 F + 5,): of the best sentence, the best of all, how far the first is ahead."""
        scaled = (raw - self.mean) / self.scale
        best, second = np.sort([*scores, scores.min() - 1])[:-3:-1]
        ahead = (
            best,
            best - np.median(scores),
            best - second,
            math.log(len(scores)),
            math.log(np.exp(scores - best).sum()),
        )
        return np.concatenate([scaled[scores.argmax()], scaled.max(axis=0), ahead])


@cache
def fitted() -> Model:
    """The model that was fitted, from `relevance.json`."""
    held = json.loads(FILE.read_text(encoding="utf-8"))
    if held["names"] != list(NAMES):
        raise ValueError(f"{FILE.name} was fitted to other features; fit it again")
    judges = _judge(held["of_one"]), _judge(held["of_several"])
    return Model(*_columns(held), *judges)


def _judge(held: Mapping[str, Any]) -> Judge:
    return Judge(*_columns(held), held["bias"])


def _columns(held: Mapping[str, Any]) -> tuple[Floats, Floats, Floats]:
    return np.array(held["mean"]), np.array(held["scale"]), np.array(held["weights"])
