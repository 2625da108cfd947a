"""A library that another process owns, to be read only.

SQLite and Tantivy let other processes read while one writes. Chroma does not: passages are found
by their words alone, and matched by the vectors of the catalog.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from index.catalog.catalog import Catalog
from index.errors import ArticleError, IndexUnavailable, LibraryBusy
from index.indexes.lexical_index import LexicalReader
from index.indexes.vector_index import Encoder, VectorIndex
from index.library import Added, Library, settings_of
from index.model import Article
from index.search.retriever import Retriever


class LibraryReader(Library):
    """A library as far as its owner has come. LibraryBusy for what only the owner can do."""

    def __init__(self, folder: Path, encoder: Encoder, busy: LibraryBusy) -> None:
        """`busy` says who owns the folder. EncoderMismatch, LibraryError as for a Library."""
        self.folder = folder
        self.encoder = encoder
        self.lost = False
        self._busy = busy
        self.catalog = Catalog(f"sqlite:///{folder / 'catalog.sqlite'}")
        self.catalog.settle(settings_of(encoder), "name another folder with QA_DATA")

    def close(self) -> None:
        """Let go of the catalog."""
        self.catalog.close()

    @property
    def embedding_failing(self) -> None:
        """Nobody here embeds."""

    @property
    def backlog(self) -> int:
        """Passages that the owner's vector index does not hold yet."""
        return self.catalog.passages_after(self.catalog.last_position(VectorIndex.name))

    def add(self, items: Iterable[Article | ArticleError]) -> Iterator[Added]:
        """LibraryBusy."""
        raise self._busy

    def remove(self, article_id: str) -> None:
        """LibraryBusy."""
        raise self._busy

    def embed(self) -> Iterator[int]:
        """LibraryBusy."""
        raise self._busy

    @cached_property
    def _retriever(self) -> Retriever:
        lexical = LexicalReader(self.folder / "lexical")
        return Retriever(self.catalog, self.encoder, self._vectors_of_owner, lexical)

    def _vectors_of_owner(self) -> VectorIndex:
        raise IndexUnavailable(self._busy.message, "ask again when it has ended")
