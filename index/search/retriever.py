"""A question to the passages that may answer it: found by two indexes, matched, filtered."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import numpy as np

from index.catalog.catalog import Catalog
from index.catalog.mapping import PassageRecord
from index.errors import EncoderError, IndexUnavailable
from index.indexes.lexical_index import LexicalReader
from index.indexes.vector_index import Encoder, VectorIndex, Vectors
from index.model import Filters
from index.search.ranking import Asked, Match

CANDIDATES = 50
"""Passages asked of each index."""

RANK_OFFSET = 60
"""k of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how it was found; ranks count from 1, None where an index did not find it.

    `rank` is by match. `fused_rank`, by both indexes' ranks among all that was found, is told only.
    """

    rank: int
    record: PassageRecord
    match: Match
    dense_rank: int | None
    lexical_rank: int | None
    fused_rank: int


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
        vectors: Callable[[], VectorIndex],
        lexical: LexicalReader,
    ) -> None:
        """`vectors` opens the index when it is first needed; IndexUnavailable if it cannot."""
        self._catalog = catalog
        self._encoder = encoder
        self._vectors = vectors
        self._lexical = lexical

    def retrieve(self, question: str, limit: int, filters: Filters) -> Retrieved:
        """At most `limit` passages in sight. IndexUnavailable if neither index works."""
        notices: list[str] = []
        ranks: dict[str, dict[int, int]] = {}
        vector, weights = None, dict[str, float]()
        with _noted("dense", notices):
            vector = self._encode(question)
            ranks["dense"] = _places(self._vectors().query(vector, CANDIDATES, filters))
        with _noted("lexical", notices):
            weights = self._lexical.weights(question)
            ranks["lexical"] = _places(self._lexical.query(question, CANDIDATES, filters))
        if not ranks:
            raise IndexUnavailable("; ".join(notices), "run `qa rebuild`")
        found = self._catalog.passage_records(set().union(*ranks.values()))
        asked = Asked(self._lexical.words(question), weights)
        matches = self._matches(asked, found, self._cosines(vector, found))
        best = sorted(found, key=lambda id_: (-matches[id_].score, _age(found[id_]), id_))
        dense, lexical = (ranks.get(name, {}) for name in ("dense", "lexical"))
        together = fused((dense, lexical), found)
        hits = (
            Hit(rank, found[id_], matches[id_], dense.get(id_), lexical.get(id_), together[id_])
            for rank, id_ in enumerate(best[:limit], 1)
        )
        return Retrieved(tuple(hits), tuple(notices))

    def _encode(self, question: str) -> Vectors:
        fitting = head(question, self._encoder, self._encoder.window - 2)
        (vector,) = self._encoder.encode([fitting])
        return np.asarray(vector)

    def _cosines(self, question: Vectors | None, found: Iterable[int]) -> dict[int, float]:
        """Of each passage to the question; one that has no vector yet is as far as the farthest."""
        cosines = {}
        if question is not None:
            stored = self._catalog.vectors(found).items()
            cosines = {id_: float(vector @ question) for id_, vector in stored}
        farthest = min(cosines.values(), default=0.0)
        return {id_: cosines.get(id_, farthest) for id_ in found}

    def _matches(
        self, asked: Asked, found: Mapping[int, PassageRecord], cosines: Mapping[int, float]
    ) -> dict[int, Match]:
        words = cache(self._lexical.words)  # one title stands over many passages
        return {
            id_: asked.match(cosines[id_], words(passage.text), words(passage.article.title))
            for id_, passage in found.items()
        }


@contextmanager
def _noted(name: str, notices: list[str]) -> Iterator[None]:
    """Go on without an index that fails, with a notice."""
    try:
        yield
    except (IndexUnavailable, EncoderError) as error:
        notices.append(f"answered without {name} retrieval: {error.message}")


def fused(rankings: Iterable[Mapping[int, int]], found: Iterable[int]) -> dict[int, int]:
    """The rank of each passage found, from 1, by the sum of 1 / (RANK_OFFSET + its rank)."""
    scores = dict.fromkeys(found, 0.0)
    for ranking in rankings:
        for id_ in scores.keys() & ranking.keys():
            scores[id_] += 1 / (RANK_OFFSET + ranking[id_])
    return _places(sorted(scores, key=lambda id_: (-scores[id_], id_)))


def _places(ranking: Iterable[int]) -> dict[int, int]:
    return {id_: rank for rank, id_ in enumerate(ranking, 1)}


def _age(found: PassageRecord) -> float:
    """Breaks ties: of two passages that match alike the newer one comes first."""
    published = found.article.published_at
    return -published.timestamp() if published else math.inf


def head(text: str, encoder: Encoder, tokens: int) -> str:
    """The words at the beginning of `text` that have at most so many tokens; of a first word that
    has more its beginning."""
    words = text.split()[:tokens]
    counts = np.cumsum(encoder.count_tokens(words))
    fitting = words[: int(np.searchsorted(counts, tokens, side="right"))]
    return " ".join(fitting or [_beginning(word, encoder, tokens) for word in words[:1]])


def _beginning(word: str, encoder: Encoder, tokens: int) -> str:
    while encoder.count_tokens([word])[0] > tokens:
        word = word[: len(word) // 2]
    return word
