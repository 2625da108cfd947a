"""How likely a table answers a question, and which of its sentences do. Pure.

Two logistic models over features of words and token vectors. The first says how likely each
sentence is the one that answers if one does (softmax); the second how likely the table answers
at all. `eval/bench/fit_relevance.py` fits both and writes `relevance.json`.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.readers.features import NAMES, Candidate, Tokens, features

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
class Model:
    """The fitted numbers, with F = len(NAMES). mean, scale, weights: (F,), of a sentence;
    table_mean, table_scale, table_weights: (2 F + 5,), of a table."""

    mean: Floats
    scale: Floats
    weights: Floats
    table_mean: Floats
    table_scale: Floats
    table_weights: Floats
    table_bias: float

    def relevance(
        self, question: str, asked: Tokens, windows: Sequence[Sequence[Candidate]]
    ) -> Relevance:
        """Of the sentences of all windows, at least one, in order."""
        raw = features(question, asked, windows)
        scores = self.scores(raw)
        known = (self.table_features(raw, scores) - self.table_mean) / self.table_scale
        logit = float(known @ self.table_weights) + self.table_bias
        shares = np.exp(scores - scores.max())
        return Relevance(shares / shares.sum(), 1 / (1 + math.exp(-logit)))

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
    if held.pop("names") != list(NAMES):
        raise ValueError(f"{FILE.name} was fitted to other features; fit it again")
    held.pop("about")
    bias = held.pop("table_bias")
    return Model(**{name: np.array(row) for name, row in held.items()}, table_bias=bias)
