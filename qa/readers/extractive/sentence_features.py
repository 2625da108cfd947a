"""What is known of each sentence of a context with regard to a question. Pure."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.readers import lexical_features

Floats = NDArray[np.float64]
Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text. vectors: (n, 384), not normalised; stems: the stem of the word that
    each token is of, empty for a word that carries no meaning."""

    vectors: NDArray[np.float32]
    stems: tuple[str, ...]

    def content(self, without: Words = frozenset()) -> NDArray[np.bool_]:
        """Shape (n,): whether the word carries meaning and is none of these."""
        mask = np.array([bool(stem) and stem not in without for stem in self.stems], dtype=bool)
        return mask if mask.any() else np.ones(len(mask), dtype=bool)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with its tokens and its title's, read in one window."""

    text: str
    title: str
    tokens: Tokens
    title_tokens: Tokens


RELATIVE = (
    "cosine",
    "cosine with title",
    "matched beyond title",
    "words with title",
    "words beyond title",
    "matched in window",
    "words in window",
)
"""Columns that count as a difference to the context's best, too."""

NAMES = (
    "cosine",
    "cosine with title",
    "cosine of window",
    "matched tokens",
    "matched content",
    "worst match",
    "matched beyond title",
    "worst beyond title",
    "words beyond title",
    "matched in window",
    "worst in window",
    "words",
    "words with title",
    "words with neighbours",
    "words in window",
    "pairs",
    "names missing",
    "names missing in window",
    "numbers missing",
    "numbers missing in window",
    "denied otherwise",
    "points back",
    "first of one window",
    "length",
    "short",
    "new words",
    *(f"{kind}, found" for kind in lexical_features.KINDS),
    *(f"{kind}, not found" for kind in lexical_features.KINDS),
    *(f"{kind}, not in window" for kind in lexical_features.KINDS),
    *(f"{name}, to best" for name in RELATIVE),
)
"""The columns of `features`."""


def features(question: str, asked: Tokens, windows: Sequence[Sequence[Candidate]]) -> Floats:
    """Shape (sentences, len(NAMES)), of the sentences of all windows, in order."""
    parts = [_window_columns(question, asked, window) for window in windows]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    columns["first of one window"] = columns["first"] * (len(windows) == 1)
    for name in RELATIVE:
        columns[f"{name}, to best"] = columns[name] - columns[name].max()
    return np.stack([columns[name] for name in NAMES], axis=1)


def _window_columns(
    question: str, asked: Tokens, candidates: Sequence[Candidate]
) -> dict[str, Floats]:
    texts = [candidate.text for candidate in candidates]
    return (
        _vector_columns(asked, candidates)
        | _word_columns(question, candidates)
        | _form_columns(question, texts)
        | _kind_columns(question, texts)
    )


def _vector_columns(asked: Tokens, candidates: Sequence[Candidate]) -> dict[str, Floats]:
    """Cosines of means, and late interaction: each word of the question to its closest token."""
    question = _mean(asked.vectors)
    units = _units(asked.vectors)
    title = candidates[0].title_tokens.vectors
    sims = [units @ _units(c.tokens.vectors).T for c in candidates]
    best = np.stack([s.max(axis=1) if s.size else np.zeros(len(units)) for s in sims])
    content = best[:, asked.content()]
    beyond = best[:, asked.content(lexical_features.words(candidates[0].title))]
    whole = _mean(np.concatenate([c.tokens.vectors for c in candidates]))
    n = len(candidates)
    own = [c.tokens.vectors for c in candidates]
    return {
        "cosine": np.array([_mean(v) @ question for v in own]),
        "cosine with title": np.array([_mean(np.concatenate([title, v])) @ question for v in own]),
        "cosine of window": np.full(n, whole @ question),
        "matched tokens": best.mean(axis=1),
        "matched content": content.mean(axis=1),
        "worst match": content.min(axis=1),
        "matched beyond title": beyond.mean(axis=1),
        "worst beyond title": beyond.min(axis=1),
        "matched in window": np.full(n, content.max(axis=0).mean()),
        "worst in window": np.full(n, content.max(axis=0).min()),
    }


def _word_columns(question: str, candidates: Sequence[Candidate]) -> dict[str, Floats]:
    """How much of the question's words, names and numbers stands in and around the sentence."""
    texts = [c.text for c in candidates]
    asked, pairs = lexical_features.words(question), lexical_features.pairs(question)
    names, numbers = lexical_features.names(question), lexical_features.numbers(question)
    title = lexical_features.words(candidates[0].title)
    own = [lexical_features.words(text) for text in texts]
    near = [_union(own[max(0, i - 1) : i + 2]) for i in range(len(own))]
    window, found = _union(own), [lexical_features.numbers(text) for text in texts]
    weights = _rarity(asked, own)
    beyond = {word: weight for word, weight in weights.items() if word not in title}

    def column(value: Callable[[int], float]) -> Floats:
        return np.array([value(i) for i in range(len(texts))], dtype=np.float64)

    def held(words: Words) -> float:
        return lexical_features.share(asked & words, weights)

    return {
        "words": column(lambda i: held(own[i])),
        "words beyond title": column(
            lambda i: lexical_features.share(asked & own[i] - title, beyond)
        ),
        "words with title": column(lambda i: held(own[i] | title)),
        "words with neighbours": column(lambda i: held(near[i] | title)),
        "words in window": column(lambda i: held(window | title)),
        "pairs": column(lambda i: len(pairs & lexical_features.pairs(texts[i])) / (1 + len(pairs))),
        "names missing": column(lambda i: len(names - own[i] - title)),
        "names missing in window": column(lambda i: len(names - window - title)),
        "numbers missing": column(lambda i: bool(numbers - found[i])),
        "numbers missing in window": column(lambda i: bool(numbers - _union(found))),
        "new words": column(lambda i: math.log1p(len(own[i] - asked))),
    }


def _form_columns(question: str, texts: Sequence[str]) -> dict[str, Floats]:
    """Where the sentence stands and how it is made."""
    lengths = np.array([len(text.split()) for text in texts], dtype=np.float64)
    denied = lexical_features.negated(question)
    return {
        "denied otherwise": np.array([float(lexical_features.negated(t) != denied) for t in texts]),
        "points back": np.array([float(lexical_features.points_back(t)) for t in texts]),
        "first": np.array([1.0] + [0.0] * (len(texts) - 1)),
        "length": np.log1p(lengths),
        "short": (lengths < 7).astype(np.float64),
    }


def _kind_columns(question: str, texts: Sequence[str]) -> dict[str, Floats]:
    """For the kind of thing that is asked for: whether the sentence, or the window, has one."""
    asked = lexical_features.kind(question)
    has = np.array(
        [lexical_features.has_answer(asked, question, text) for text in texts], dtype=np.float64
    )
    columns: dict[str, Floats] = {}
    for kind in lexical_features.KINDS:
        on = float(kind == asked)
        columns[f"{kind}, found"] = on * has
        columns[f"{kind}, not found"] = on * (1 - has)
        columns[f"{kind}, not in window"] = np.full(len(texts), on * (1 - has.max()))
    return columns


def _rarity(asked: Words, sentences: Sequence[Words]) -> dict[str, float]:
    """The weight of each word of the question: the rarer among the sentences the higher."""
    seen = Counter(word for sentence in sentences for word in sentence & asked)
    return {word: math.log(1 + len(sentences) / (1 + seen[word])) + 0.1 for word in asked}


def _union(sets: Sequence[Words]) -> Words:
    return frozenset().union(*sets)


def _units(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: NDArray[np.float32] = vectors / np.maximum(norms, 1e-9)
    return units


def _mean(vectors: NDArray[np.float32]) -> Floats:
    """The mean of the rows, of length 1; zero if there are none."""
    mean = vectors.sum(axis=0, dtype=np.float64)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9))
