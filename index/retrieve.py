"""A question to the passages that may answer it: dense and lexical ranks, fused and filtered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.catalog import Catalog, Found
from index.errors import EncoderError, IndexUnavailable
from index.lexical import LexicalIndex
from index.model import Filters
from index.vectors import Encoder, VectorIndex

CANDIDATES = 50
"""Passages asked of each index."""

RRF_K = 3
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): small, as
what one index puts first is seldom wrong (`eval/bench/retrieval.py`)."""

DENSE_WEIGHT, LEXICAL_WEIGHT = 0.4, 0.6
"""What a rank in each index counts for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how it was found; ranks count from 1, None where an index did not find it."""

    rank: int
    found: Found
    score: float
    dense_rank: int | None
    lexical_rank: int | None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Hits, best first, and what did not work."""

    hits: tuple[Hit, ...]
    notices: tuple[str, ...] = ()


class Retriever:
    """Asks both indexes. One that fails is left out and said to be."""

    def __init__(
        self,
        catalog: Catalog,
        encoder: Encoder,
        vectors: VectorIndex,
        lexical: LexicalIndex,
    ) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._vectors = vectors
        self._lexical = lexical

    def retrieve(self, question: str, limit: int, filters: Filters) -> Retrieved:
        """At most `limit` passages in sight. IndexUnavailable if neither index works."""
        ranked: dict[str, list[int]] = {}
        notices = []
        for name, ask in (("dense", self._dense), ("lexical", self._lexical_ids)):
            try:
                ranked[name] = ask(question, filters)
            except (IndexUnavailable, EncoderError) as error:
                notices.append(f"answered without {name} retrieval: {error.message}")
        if not ranked:
            raise IndexUnavailable("; ".join(notices), "run `qa rebuild`")
        dense, lexical = ranked.get("dense", []), ranked.get("lexical", [])
        scores = fuse(((DENSE_WEIGHT, dense), (LEXICAL_WEIGHT, lexical)))
        found = self._catalog.found(scores)
        best = sorted((id_ for id_ in scores if id_ in found), key=lambda i: (-scores[i], i))
        places = (_places(dense), _places(lexical))
        hits = (
            Hit(rank, found[id_], scores[id_], places[0].get(id_), places[1].get(id_))
            for rank, id_ in enumerate(best[:limit], 1)
        )
        return Retrieved(tuple(hits), tuple(notices))

    def _dense(self, question: str, filters: Filters) -> list[int]:
        vector = self._encoder.encode([head(question, self._encoder, self._encoder.window - 2)])
        return self._vectors.query(vector[0], CANDIDATES, filters)

    def _lexical_ids(self, question: str, filters: Filters) -> list[int]:
        return self._lexical.query(question, CANDIDATES, filters)


def fuse(rankings: Iterable[tuple[float, Sequence[int]]]) -> dict[int, float]:
    """Reciprocal rank fusion: the sum over rankings of weight / (RRF_K + rank), by id."""
    scores: dict[int, float] = {}
    for weight, ranking in rankings:
        for rank, id_ in enumerate(ranking, 1):
            scores[id_] = scores.get(id_, 0.0) + weight / (RRF_K + rank)
    return scores


def head(text: str, encoder: Encoder, tokens: int) -> str:
    """The words at the beginning of `text` that have at most so many tokens."""
    words = text.split()[:tokens]
    counts = np.cumsum(encoder.count_tokens(words))
    return " ".join(words[: int(np.searchsorted(counts, tokens, side="right"))])


def _places(ranking: Sequence[int]) -> Mapping[int, int]:
    return {id_: rank for rank, id_ in enumerate(ranking, 1)}
