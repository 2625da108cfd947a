"""The sentences on the table: what a reader may cite, numbered from 1. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from index.errors import NotFound
from index.model import Article, Span, Version

if TYPE_CHECKING:
    from index.search.retriever import Hit


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence: `article.text[span]` without the white space at its ends.

    `place` is its place among the article's sentences, so neighbours are a place apart; `rank` is
    that of its passage, from 1, and `match` how well that matches the question, 0 to 1.
    """

    number: int
    article: Article
    version: str
    place: int
    span: Span
    rank: int = 1
    match: float = 0.0

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.span.of(self.article.text)


@dataclass(frozen=True)
class Table:
    """Rows by article, best article first, in reading order within one."""

    rows: tuple[Row, ...]

    @cached_property
    def numbers(self) -> dict[int, Row]:
        """The rows by their numbers."""
        return {row.number: row for row in self.rows}

    def row(self, number: int) -> Row | None:
        """The row with this number, if there is one."""
        return self.numbers.get(number)

    @property
    def passages(self) -> int:
        """The rank of the last passage on the table."""
        return max((row.rank for row in self.rows), default=0)

    def best(self, passages: int) -> "Table":
        """The sentences of the first so many passages, under the numbers that they have."""
        return Table(tuple(row for row in self.rows if row.rank <= passages))

    def near(self, row: Row) -> list[Row]:
        """A row and its neighbours."""
        return [other for other in self._of_article[_key(row)] if abs(other.place - row.place) <= 1]

    @cached_property
    def _of_article(self) -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            found.setdefault(_key(row), []).append(row)
        return found


def _key(row: Row) -> tuple[str, str]:
    return row.article.id, row.version


def lay(hits: "Sequence[Hit]", version: Callable[[str, str], Version]) -> Table:
    """Number the sentences of these passages, each once.

    `version(article_id, name)` gives the version that a passage is of, or raises NotFound: an
    article that was removed since it was found is left out.
    """
    by_article: dict[tuple[str, str], list[tuple[Span, Hit]]] = {}
    for hit in hits:
        passage = hit.found.passage
        held = by_article.setdefault((passage.article_id, passage.version), [])
        held.append((passage.span, hit))
    rows: list[Row] = []
    for (article_id, name), passages in by_article.items():
        try:
            whole = version(article_id, name)
        except NotFound:
            continue
        for place, span, hit in _sentences(whole, passages):
            number, match = len(rows) + 1, hit.match.score
            rows.append(Row(number, whole.article, name, place, span, hit.rank, match))
    return Table(tuple(rows))


def _sentences(
    version: Version, passages: "Iterable[tuple[Span, Hit]]"
) -> "Iterator[tuple[int, Span, Hit]]":
    """Place, trimmed span and passage of each sentence, in reading order, blank ones left out."""
    starts = [sentence.start for sentence in version.sentences]
    for span, hit in sorted(passages, key=itemgetter(0)):
        for place in range(bisect_left(starts, span.start), bisect_left(starts, span.end)):
            trimmed = version.sentences[place].trimmed(version.article.text)
            if len(trimmed):
                yield place, trimmed, hit
