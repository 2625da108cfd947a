"""What one can ask of the project, wherever the library is: in this process, or behind a server.

The commands, the chat and the HTTP routes use a `Service`; `qa.client` has the one that talks to
another process.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import repeat
from typing import Protocol

from index.errors import ArticleError
from index.library import Added, Library
from index.model import Article, Filters
from index.search.retriever import Hit
from qa.answer import Citation, Event, Turn
from qa.context.citation_builder import iso
from qa.engine import Engine
from qa.pagination import cursor, place
from qa.results import (
    AddedRow,
    ArticlePage,
    ArticleRow,
    ArticleText,
    LibraryInfo,
    SearchResult,
    article_row,
    article_text,
    passage_row,
)


class Service(Protocol):
    """Questions and articles. Every method raises errors of `index.errors`."""

    @property
    def readers(self) -> list[str]:
        """The names of those who can read, the one that reads by default first."""

    @property
    def backlog(self) -> int:
        """Passages that have no vector yet and are found by their words only."""

    @property
    def former_vectors(self) -> int:
        """Passages that are found by a vector of the encoder before this one."""

    def stream(
        self,
        question: str,
        filters: Filters,
        history: Sequence[Turn] = (),
        reader: str = "",
        strictness: float | None = None,
    ) -> Iterator[Event]:
        """See `qa.engine.Engine.stream`."""

    def search(self, question: str, limit: int, filters: Filters) -> SearchResult:
        """At most `limit` passages that may answer, best first."""

    def articles(self) -> Iterator[ArticleRow]:
        """All articles, newest first."""

    def article(self, article_id: str, version: str = "") -> ArticleText:
        """The current version, or the one whose name starts with `version`. NotFound."""

    def add(self, items: Iterable[Article | ArticleError]) -> Iterator[AddedRow]:
        """Store articles; each is searchable by the time its row is yielded."""

    def remove(self, article_id: str) -> None:
        """Forget an article and all its versions. NotFound."""

    def embed(self) -> Iterator[int]:
        """Work off the backlog, unless a server does; yields the passages of each batch."""

    def info(self) -> LibraryInfo:
        """How much there is, and who reads."""


Relevance = Callable[[str, Sequence[Hit]], list[float]]
"""(question, passages found) to how likely the question was asked of each, 0 to 1."""


class Local:
    """A library of this process and the engine over it. See `Service`."""

    def __init__(
        self,
        library: Library,
        make_engine: Callable[[], Engine],
        relevance: Relevance | None = None,
    ) -> None:
        """The engine is made when first needed: what a language model needs is slow to import.

        `relevance` tells of passages found how likely they were asked for.
        """
        self._library = library
        self._make_engine = make_engine
        self._relevance = relevance

    @cached_property
    def _engine(self) -> Engine:
        return self._make_engine()

    @property
    def readers(self) -> list[str]:
        return self._engine.readers

    @property
    def backlog(self) -> int:
        return self._library.backlog

    @property
    def former_vectors(self) -> int:
        return self._library.former_vectors

    def stream(
        self,
        question: str,
        filters: Filters,
        history: Sequence[Turn] = (),
        reader: str = "",
        strictness: float | None = None,
    ) -> Iterator[Event]:
        return self._engine.stream(question, filters, history, reader, strictness)

    def search(self, question: str, limit: int, filters: Filters) -> SearchResult:
        found = self._library.retrieve(question, limit, filters)
        known = self._relevance(question, found.hits) if self._relevance else repeat(None)
        rows = [passage_row(*pair) for pair in zip(found.hits, known, strict=False)]
        return SearchResult(passages=rows, notices=list(found.notices))

    def articles(self) -> Iterator[ArticleRow]:
        for article, version, _ in self._library.catalog.articles():
            yield article_row(article, version)

    def article(self, article_id: str, version: str = "") -> ArticleText:
        catalog = self._library.catalog
        found, current = catalog.version(article_id, version), catalog.version(article_id)
        return article_text(found, current.name, catalog.version_names(article_id))

    def add(self, items: Iterable[Article | ArticleError]) -> Iterator[AddedRow]:
        return map(_added, self._library.add(items))

    def remove(self, article_id: str) -> None:
        self._library.remove(article_id)

    def embed(self) -> Iterator[int]:
        return self._library.embed()

    @property
    def embedding_failing_since(self) -> str | None:
        """ISO 8601: since when no vectors are made; None while nothing is wrong."""
        failing = self._library.embedding_failing
        return iso(failing.since) if failing else None

    def info(self) -> LibraryInfo:
        counts = self._library.catalog.counts("articles", "versions", "passages")
        failing = self._library.embedding_failing
        former = self._library.former_vectors
        return LibraryInfo(
            readers=self.readers,
            encoder=self._library.encoder.name,
            articles=counts["articles"],
            versions=counts["versions"],
            passages=counts["passages"],
            backlog=self.backlog,
            sources=self._library.catalog.sources(),
            embedding_failing_since=self.embedding_failing_since,
            embedding_error=failing.error if failing else "",
            former_encoder=self._library.former_encoder if former else "",
            former_vectors=former or None,
        )

    def page(self, limit: int, after: str = "") -> ArticlePage:
        """At most `limit` articles, newest first, after the page whose `next` is `after`."""
        catalog = self._library.catalog
        found = catalog.articles_after(place(after) if after else None, limit + 1)
        return ArticlePage(
            articles=[article_row(article, version) for article, version in found[:limit]],
            next=cursor(found[limit - 1][0]) if len(found) > limit else None,
            total=catalog.counts("articles")["articles"],
            backlog=self.backlog,
        )

    def verifies(self, citation: Citation) -> bool:
        """Whether the quote stands in the catalog where the citation says. NotFound."""
        text = self.text(citation.article_id, citation.version)
        return text[citation.start : citation.end] == citation.quote

    def text(self, article_id: str, version: str = "") -> str:
        """The text of a version, by default the current one. NotFound."""
        return self._library.catalog.version(article_id, version).article.text


def _added(row: Added) -> AddedRow:
    return AddedRow(
        article_id=row.article_id,
        outcome=row.outcome,
        version=row.version,
        error=row.error.message if row.error else "",
        hint=row.error.hint if row.error else "",
        notices=list(row.notices),
    )
