"""A library: one data folder with its catalog and the indexes that follow it."""

import math
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Literal

from index.canonical import canonical
from index.catalog.catalog import Catalog, Outcome
from index.catalog.check import catalog_problems, index_problems, unusable_vectors
from index.catalog.mapping import PassageRecord
from index.encoder import SUCCEEDS
from index.errors import ArticleError, IndexUnavailable, LibraryError
from index.indexes.chroma_health import probe, quarantine
from index.indexes.embedding_thread import EmbeddingThread, Failing
from index.indexes.fingerprint import take_fingerprint
from index.indexes.indexer import Indexer
from index.indexes.lexical_index import LexicalIndex
from index.indexes.vector_index import Encoder, VectorIndex, Vectors
from index.lock import FolderLock
from index.model import Article, Filters, Version
from index.passages import (
    PASSAGE_TOKENS,
    SENTENCE_CHARS,
    SENTENCE_TOKENS,
    TITLE_TOKENS,
    passages,
)
from index.search.retriever import Retrieved, Retriever, head
from index.sentences import sentences
from index.transport import pause

ARTICLES_AT_ONCE = 32
"""Articles between two commits of the lexical index."""

REFILL_SECONDS = 5
"""How long opening a vector index that was lost may take; the rest of it is backlog."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one article: `error` is None unless it failed."""

    article_id: str
    outcome: Outcome | Literal["failed"]
    version: str = ""
    error: ArticleError | None = None
    notices: tuple[str, ...] = ()
    """What its source says of it and nobody can use."""


class Library:
    """Articles in, passages out. One process a folder; safe to share between its threads."""

    def __init__(self, folder: Path, encoder: Encoder, url: str = "") -> None:
        """Open a data folder, making it if there is none, and bring its lexical index up to date.

        `url` is where other processes can reach this one. LibraryBusy if another one owns the
        folder, EncoderMismatch if it was made with another encoder, but for the one that this one
        succeeds, LibraryError if it cannot be used.
        """
        self.folder = folder
        self.encoder = encoder
        try:
            str(folder).encode()  # SQLite and Chroma take no other bytes
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(folder, url)
        except (OSError, UnicodeEncodeError) as error:
            raise _unusable(folder, error) from error
        try:
            self.catalog = Catalog(f"sqlite:///{folder / 'catalog.sqlite'}")
            if former := SUCCEEDS.get(encoder.name):
                self.catalog.succeed(former, encoder.name)
            self.catalog.settle(settings_of(encoder), "name another folder with QA_DATA")
            self._lexical = LexicalIndex(folder / "lexical", self.catalog.passage_records)
            self._lexical_indexer = Indexer(self.catalog, self._lexical)
            self._index_lexically()
        except OSError as error:
            self._lock.close()
            raise _unusable(folder, error) from error
        except BaseException:
            self._lock.close()
            raise
        self._opening = threading.Lock()
        self.lost = False
        """Whether the vector index was lost, and had to be begun anew when it was opened."""
        self._behind = EmbeddingThread(lambda: self._vector_indexer)

    def close(self) -> None:
        """End between two batches and give the folder back. See `stop_embedding`."""
        with ExitStack() as steps:  # each is taken, whichever fails; the last named comes first
            steps.callback(self._lock.close)
            steps.callback(self.catalog.close)
            steps.callback(self._lexical.close)
            self._behind.stop()
            # A batch that does not end may be in the vector index; that is tried when it is opened.
            if self._behind.ended() and "_opened_indexer" in vars(self):
                steps.callback(self._vectors.close)

    def add(self, items: Iterable[Article | ArticleError]) -> Iterator[Added]:
        """Store articles; each is searchable by the time its row is yielded."""
        waiting = iter(items)
        while batch := list(islice(waiting, ARTICLES_AT_ONCE)):
            rows = [self._put(item) for item in batch]
            self._index_lexically()
            yield from rows

    def remove(self, article_id: str) -> None:
        """Forget an article and all its versions. NotFound if there is none."""
        self.catalog.remove(article_id)
        self._index_lexically()

    def embed(self) -> Iterator[int]:
        """Work off the backlog of vectors; yields the passages of each batch."""
        yield from self._vector_indexer.catch_up()

    def embed_behind(self) -> None:
        """Keep the vectors up with the articles in a thread, which ends with `close`."""
        self._behind.start()

    def stop_embedding(self, seconds: float = math.inf) -> None:
        """Have that thread end with the batch that it embeds; `close`, which does so too, waits
        for that until so many seconds from now, and then goes on without it."""
        self._behind.stop(seconds)

    @property
    def embedding_failing(self) -> Failing | None:
        """Since when that thread makes no vectors, and why; None if nothing is wrong."""
        return self._behind.failing

    @property
    def backlog(self) -> int:
        """Passages that the vector index does not hold yet; all of them if it is lost."""
        try:
            position = self._vector_indexer.position()
        except IndexUnavailable:
            position = 0
        return self.catalog.passages_after(position)

    @property
    def former_encoder(self) -> str:
        """The name of the encoder that this one succeeds; "" if it is none of a line."""
        return SUCCEEDS.get(self.encoder.name, "")

    @property
    def former_vectors(self) -> int:
        """Passages that are found by a vector of the encoder before this one, until `embed` or
        `embed_behind` has made it anew."""
        return self.catalog.counts("former_vectors")["former_vectors"]

    def retrieve(self, question: str, limit: int, filters: Filters | None = None) -> Retrieved:
        """At most `limit` passages that may answer the question, best first. UnknownFilter if the
        filters name a source or an article that is not there."""
        self.catalog.check_known(filters or Filters())
        found = self._retriever.retrieve(question, limit, filters or Filters())
        return replace(found, notices=(*found.notices, *self._notices()))

    def _notices(self) -> Iterator[str]:
        """What makes the vector index poorer than it could be."""
        if self.lost and (backlog := self.backlog):
            yield f"the vector index was lost: {backlog} passages are found by their words only"
        if failing := self.embedding_failing:
            yield f"embedding has failed since {failing.since:%F %T} UTC; {failing.error}"

    def check(self) -> list[str]:
        """What is wrong with the library, a line each; empty if nothing is."""
        problems = list(catalog_problems(self.catalog.database, self.encoder.dimension))
        due = self.catalog.passage_ids()
        lexical = self._lexical_indexer.waiting()
        problems += index_problems("lexical", self._lexical.ids(), due, lexical)
        try:
            waiting, held = self._vector_indexer.waiting(), self._vectors.ids()
        except IndexUnavailable as error:
            return [*problems, f"{error.message}; {error.hint}"]
        problems += index_problems("vector", held, due, waiting)
        if bare := set(due).difference(self.catalog.embedded_ids(), waiting):
            problems.append(f"{len(bare)} passages have lost their vector; run `qa rebuild`")
        return problems

    def rebuild(self) -> Iterator[int]:
        """Make both indexes anew from the catalog; yields the passages of each batch.

        Vectors that the catalog has are not made again, but for those that are none.
        """
        self.catalog.drop_vectors(unusable_vectors(self.catalog.database, self.encoder.dimension))
        yield from self._lexical_indexer.begin_anew()
        yield from self._vector_indexer.begin_anew()

    def _put(self, item: Article | ArticleError) -> Added:
        if isinstance(item, ArticleError):
            return Added(item.path, "failed", error=item)
        text = canonical(item.text)
        if not text.strip():
            return Added(item.id, "failed", error=ArticleError(item.id, "is empty"))
        tokens = cache(lambda words: self.encoder.count_tokens([words])[0])

        def fits(words: str) -> bool:
            return len(words.strip()) <= SENTENCE_CHARS and tokens(words) <= SENTENCE_TOKENS

        article = replace(item, id=self.catalog.id_of(item), text=text)
        version = Version(article, sentences(text, item.language, fits))
        counts = [tokens(span.of(text)) for span in version.sentences]
        outcome = self.catalog.put(version, list(passages(version.sentences, counts, text)))
        return Added(version.article.id, outcome, version.name, notices=item.notices)

    def _embed(self, passages: Sequence[PassageRecord]) -> Vectors:
        """A vector for each; see `Encoder.encode`. CallerLeft if nobody waits for them any more."""
        vectors = self.encoder.encode([self._embedded(found) for found in passages])
        pause(0)
        return vectors

    def _embedded(self, found: PassageRecord) -> str:
        """The text that stands for a passage: at most TITLE_TOKENS of its title, and its own."""
        title = head(found.article.title, self.encoder, TITLE_TOKENS)
        return f"{title}\n{found.text.strip()}" if title else found.text.strip()

    def _index_lexically(self) -> None:
        for _ in self._lexical_indexer.catch_up():
            pass

    @property
    def _vectors(self) -> VectorIndex:
        return self._vector_indexer.index

    @property
    def _vector_indexer(self) -> Indexer[VectorIndex]:
        """Chroma's, opened when first needed, as that takes a second."""
        with self._opening:
            return self._opened_indexer

    @cached_property
    def _opened_indexer(self) -> Indexer[VectorIndex]:
        """What is broken is put aside and begun anew: the catalog has the vectors."""
        folder = self.folder / "chroma"
        whole = take_fingerprint(folder)
        if not whole and folder.exists() and not probe(folder):
            quarantine(folder)
        try:
            index = self._opened(folder)
        except IndexUnavailable:
            quarantine(folder)
            index = self._opened(folder)
        indexer = Indexer(self.catalog, index)
        if not whole:
            embedded = set(self.catalog.embedded_ids())
            if not embedded.difference(indexer.waiting()) <= set(index.ids()):
                self.catalog.advance(index.name, index.generation, 0)
        if indexer.position() == 0:  # it may hold parts of the first article
            self.lost = not set(index.ids()).issuperset(self.catalog.embedded_ids())
        if self.lost:
            _refill(indexer)
        return indexer

    def _opened(self, folder: Path) -> VectorIndex:
        return VectorIndex(folder, self.catalog, self.encoder.dimension, self._embed)

    @cached_property
    def _retriever(self) -> Retriever:
        return Retriever(self.catalog, self.encoder, lambda: self._vectors, self._lexical)


def _refill(indexer: Indexer[VectorIndex]) -> None:
    """Apply what can be applied in a few seconds; what fails is backlog, and fails again there."""
    ends = time.monotonic() + REFILL_SECONDS
    with suppress(Exception):
        for _ in indexer.catch_up():
            if time.monotonic() > ends:
                return


def _unusable(folder: Path, error: OSError | UnicodeEncodeError) -> LibraryError:
    """What cannot be used: the folder, or what lies in it in the place of a file of ours."""
    if isinstance(error, UnicodeEncodeError):
        reason = f"{folder} cannot be used: its name is not UTF-8"
        return LibraryError(reason, "name a folder with QA_DATA")
    place = Path(error.filename2 or error.filename or folder)
    inside = folder in place.parents and place.exists()
    hint = "move it away; it is made anew" if inside else "name a folder with QA_DATA"
    return LibraryError(f"{place} cannot be used: {error.strerror or error}", hint)


def settings_of(encoder: Encoder) -> dict[str, str]:
    """What the stored data depends on: other values are another library's."""
    return {
        "encoder": encoder.name,
        "dimension": str(encoder.dimension),
        "passage_tokens": f"{TITLE_TOKENS}+{PASSAGE_TOKENS}",
    }
