"""How likely a sentence answers a question, from its words and its vectors. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.readers import clues

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text. vectors: (n, 384), not normalised; content: (n,), bool: whether the
    word that a token is of carries meaning."""

    vectors: NDArray[np.float32]
    content: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer.

    tokens: its own, as they are in their context. title: its title's tokens.
    window: which sentences were read together; those of one window are neighbours, in order.
    """

    text: str
    title: str
    tokens: Tokens
    title_tokens: Tokens
    window: int


NAMES = (
    "cosine",
    "cosine with title",
    "cosine of window",
    "matched tokens",
    "matched content",
    "worst match",
    "matched in window",
    "worst in window",
    "words",
    "words with title",
    "words with neighbours",
    "words in window",
    "pairs",
    "names missing",
    "numbers missing",
    "numbers missing in window",
    "denied otherwise",
    "points back",
    "first",
    "place",
    "length",
    "short",
    "new words",
    "cosine to best",
    "match to best",
    "words to best",
    "name in window missing",
    *(f"{kind}, found" for kind in clues.KINDS),
    *(f"{kind}, not found" for kind in clues.KINDS),
    *(f"{kind}, not in window" for kind in clues.KINDS),
)
"""What is known of a sentence, in the order of the columns of `features`."""


def features(question: str, asked: Tokens, candidates: Sequence[Candidate]) -> Floats:
    """Shape (len(candidates), len(NAMES))."""
    windows = [c.window for c in candidates]
    columns = _vector_columns(asked, candidates) | _word_columns(question, candidates)
    for name in ("cosine", "matched content", "words"):
        best = f"{name.split()[0].replace('matched', 'match')} to best"
        columns[best] = columns[name] - columns[name].max(initial=0)
    place = np.array([windows[:i].count(w) for i, w in enumerate(windows)], float)
    columns["place"] = np.minimum(place, 8) / 8
    columns["first"] = (place == 0).astype(float)
    return np.stack([columns[name] for name in NAMES], axis=1)


def _vector_columns(asked: Tokens, candidates: Sequence[Candidate]) -> dict[str, Floats]:
    question = _mean(asked.vectors)
    units = _units(asked.vectors)
    sims = [units @ _units(c.tokens.vectors).T for c in candidates]
    best = np.stack([s.max(axis=1) if s.size else np.zeros(len(units)) for s in sims])
    content = best[:, asked.content] if asked.content.any() else best
    windows = np.array([c.window for c in candidates])
    around = np.stack([best[windows == w].max(axis=0) for w in windows])
    inside = around[:, asked.content] if asked.content.any() else around
    together = {
        w: _mean(np.concatenate([c.tokens.vectors for c in candidates if c.window == w]))
        for w in set(windows.tolist())
    }
    return {
        "cosine": np.array([_mean(c.tokens.vectors) @ question for c in candidates]),
        "cosine with title": np.array([_with_title(c) @ question for c in candidates]),
        "cosine of window": np.array([together[c.window] @ question for c in candidates]),
        "matched tokens": best.mean(axis=1),
        "matched content": content.mean(axis=1),
        "worst match": content.min(axis=1),
        "matched in window": inside.mean(axis=1),
        "worst in window": inside.min(axis=1),
    }


def _with_title(candidate: Candidate) -> Floats:
    return _mean(np.concatenate([candidate.title_tokens.vectors, candidate.tokens.vectors]))


def _word_columns(question: str, candidates: Sequence[Candidate]) -> dict[str, Floats]:
    asked, pairs = clues.words(question), clues.pairs(question)
    names, numbers = clues.names(question), clues.numbers(question)
    own = [clues.words(c.text) for c in candidates]
    weights = _rarity(asked, own)
    titles = [clues.words(c.title) for c in candidates]
    near = [_near(own, candidates, i, 1) for i in range(len(own))]
    window = [_near(own, candidates, i, len(own)) for i in range(len(own))]
    found = [clues.numbers(c.text) for c in candidates]
    around = [_near(found, candidates, i, len(own)) for i in range(len(own))]
    columns: dict[str, list[float]] = {
        "words": [clues.share(asked & o, weights) for o in own],
        "words with title": [clues.share(asked & (o | t), weights) for o, t in zip(own, titles)],
        "words with neighbours": [
            clues.share(asked & (o | t), weights) for o, t in zip(near, titles)
        ],
        "words in window": [clues.share(asked & (o | t), weights) for o, t in zip(window, titles)],
        "pairs": [len(pairs & clues.pairs(c.text)) / (1 + len(pairs)) for c in candidates],
        "names missing": [len(names - o - t) / 3 for o, t in zip(own, titles)],
        "name in window missing": [len(names - o - t) / 3 for o, t in zip(window, titles)],
        "numbers missing": [float(bool(numbers - f)) for f in found],
        "numbers missing in window": [float(bool(numbers - f)) for f in around],
        "denied otherwise": [
            float(clues.negated(c.text) != clues.negated(question)) for c in candidates
        ],
        "points back": [float(clues.points_back(c.text)) for c in candidates],
        "length": [math.log1p(len(c.text.split())) / 4 for c in candidates],
        "short": [float(len(c.text.split()) < 7) for c in candidates],
        "new words": [math.log1p(len(o - asked)) / 4 for o in own],
    }
    columns |= _kind_columns(question, candidates)
    return {name: np.array(column) for name, column in columns.items()}


def _kind_columns(question: str, candidates: Sequence[Candidate]) -> dict[str, list[float]]:
    kind = clues.kind(question)
    has = [clues.has_answer(kind, question, c.text) for c in candidates]
    open_ = {c.window for c, h in zip(candidates, has, strict=True) if h}
    columns: dict[str, list[float]] = {}
    for k in clues.KINDS:
        columns[f"{k}, found"] = [float(k == kind and h) for h in has]
        columns[f"{k}, not found"] = [float(k == kind and not h) for h in has]
        columns[f"{k}, not in window"] = [
            float(k == kind and c.window not in open_) for c in candidates
        ]
    return columns


def _rarity(asked: frozenset[str], sentences: Sequence[frozenset[str]]) -> dict[str, float]:
    """The weight of each word of the question: the rarer among the sentences the higher."""
    seen = Counter(word for sentence in sentences for word in sentence & asked)
    return {word: math.log(1 + len(sentences) / (1 + seen[word])) + 0.1 for word in asked}


def _near(
    sets: Sequence[frozenset[str]], candidates: Sequence[Candidate], at: int, reach: int
) -> frozenset[str]:
    """The union of the sets within `reach` of `at` in its window."""
    window = candidates[at].window
    close = range(max(0, at - reach), min(len(sets), at + reach + 1))
    return frozenset().union(*(sets[i] for i in close if candidates[i].window == window))


def _units(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: NDArray[np.float32] = vectors / np.maximum(norms, 1e-9)
    return units


def _mean(vectors: NDArray[np.float32]) -> Floats:
    """The mean of the rows, of length 1; zero if there are none."""
    mean = vectors.sum(axis=0, dtype=np.float64)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9))
