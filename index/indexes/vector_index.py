"""The vector index: Chroma through its own client; see `indexer`.

LlamaIndex's wrapper keeps the old record when an id comes again, and its ingestion deletes
before it embeds; what is needed here is shorter than working around both.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.errors import ChromaError
from numpy.typing import NDArray

from index.catalog.catalog import Catalog
from index.catalog.mapping import Change, PassageRecord
from index.errors import IndexUnavailable, unavailable
from index.indexes.chroma_health import COLLECTION, client
from index.indexes.fingerprint import discard, write_fingerprint
from index.model import Filters, epoch_seconds

Vectors = NDArray[np.float32]

_SLICE = 64
"""Records a write: Chroma holds the interpreter's lock while it writes."""


class Encoder(Protocol):
    """Texts to vectors, and the numbers that passages are cut by."""

    name: str
    dimension: int
    window: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens in each text, without special ones."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), rows of length 1. EncoderError if there are none."""


class VectorIndex:
    """Chroma over one folder. Embeds what has no vector yet, and stores it in the catalog first."""

    name = "vectors"
    passages_at_once = 64  # a second of a laptop's encoder

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        dimension: int,
        embed: Callable[[Sequence[PassageRecord]], Vectors],
    ) -> None:
        """`embed` gives vectors of passages: shape (len(passages), dimension), of length 1."""
        self._folder = folder
        self._catalog = catalog
        self._dimension = dimension
        self._embed = embed
        self._open()

    def _open(self) -> None:
        try:
            with _translated_errors():
                self._client = client(self._folder)
                self._collection = self._client.get_or_create_collection(
                    COLLECTION,
                    metadata={"generation": uuid.uuid4().hex},
                    configuration={"hnsw": {"space": "cosine"}},
                    embedding_function=None,
                )
        except IndexUnavailable:
            # Chroma keeps a client that failed and gives it to the next one on the same path.
            SharedSystemClient.clear_system_cache()
            raise
        self.generation = str((self._collection.metadata or {}).get("generation", ""))

    def close(self) -> None:
        """Give the files back, and note how they are left."""
        self._client.close()
        write_fingerprint(self._folder)

    def outdated(self) -> range:
        """See `index.follow.Index`. Passages with a vector of the former encoder."""
        first = self._catalog.first_former_vector()
        return range(0) if first is None else range(first, first + self.passages_at_once)

    def clear(self) -> None:
        """See `indexer.SearchIndex`. Whatever state the files are in, they are made anew."""
        self._client.close()
        with _translated_errors():
            discard(self._folder)
        self._open()

    def apply(self, batch: Sequence[Change]) -> None:
        """See `indexer.SearchIndex`."""
        stale = sorted({str(id_) for change in batch for id_ in change.passages})
        wanted = sorted({i for change in batch if change.kind == "added" for i in change.passages})
        found = self._catalog.passage_records(wanted)
        former = self._catalog.former_vectors(id_ for change in batch for id_ in change.passages)
        vectors = self._vectors(found, former)
        with _translated_errors():
            for at in range(0, len(stale), _SLICE):
                self._collection.delete(ids=stale[at : at + _SLICE])
            ids = list(found)
            for at in range(0, len(ids), _SLICE):
                self._add(ids[at : at + _SLICE], found, vectors)
        if former:
            self._catalog.forget_former(former)

    def query(self, vector: Vectors, limit: int, filters: Filters) -> list[int]:
        """The ids of at most `limit` passages, nearest first, to a vector of shape (dimension,)."""
        if vector.shape != (self._dimension,) or not np.isfinite(vector).all():
            raise ValueError(f"not a vector of {self._dimension} finite numbers")
        with _translated_errors():
            result = self._collection.query(
                query_embeddings=vector[np.newaxis],
                n_results=limit,
                where=_where(filters),
                include=[],
            )
        return [int(id_) for id_ in result["ids"][0]]

    def ids(self) -> list[int]:
        """The ids of all passages that the index holds, ascending."""
        with _translated_errors():
            return sorted(int(id_) for id_ in self._collection.get(include=[])["ids"])

    def _vectors(self, found: Mapping[int, PassageRecord], former: set[int]) -> dict[int, Vectors]:
        """A vector for each passage, not one of `former`; new ones are in the catalog before
        anyone uses them."""
        known = self._catalog.vectors(found)
        missing = [id_ for id_ in found if id_ not in known or id_ in former]
        if missing:
            made = self._embed([found[id_] for id_ in missing])
            new = dict(zip(missing, made, strict=True))
            self._catalog.put_vectors(new)
            known |= new
        return known

    def _add(
        self,
        ids: Sequence[int],
        found: Mapping[int, PassageRecord],
        vectors: Mapping[int, Vectors],
    ) -> None:
        self._collection.add(
            ids=[str(id_) for id_ in ids],
            embeddings=np.stack([vectors[id_] for id_ in ids]),
            metadatas=[_metadata(found[id_]) for id_ in ids],
        )


def _translated_errors() -> AbstractContextManager[None]:
    """Translates Chroma's errors into IndexUnavailable."""
    return unavailable("the vector index", ChromaError, ValueError, OSError)


def _metadata(found: PassageRecord) -> dict[str, str | int]:
    article = found.article
    values: dict[str, str | int] = {"article": article.id, "source": article.source}
    if article.published_at:
        values["published_at"] = epoch_seconds(article.published_at)
    return values


def _where(filters: Filters) -> dict[str, Any] | None:
    clauses: list[dict[str, Any]] = []
    if filters.sources:
        clauses.append({"source": {"$in": list(filters.sources)}})
    if filters.articles:
        clauses.append({"article": {"$in": list(filters.articles)}})
    if filters.after:
        clauses.append({"published_at": {"$gte": epoch_seconds(filters.after)}})
    if filters.before:
        clauses.append({"published_at": {"$lt": epoch_seconds(filters.before)}})
    return {"$and": clauses} if len(clauses) > 1 else clauses[0] if clauses else None
