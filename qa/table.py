"""The sentences on the table: what a reader may cite, numbered from 1. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.model import Article, Span, Version
from index.retrieve import Hit


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence: `article.text[span]` without the white space at its ends.

    `place` is its place among the article's sentences, so neighbours are a place apart.
    """

    number: int
    article: Article
    version: str
    place: int
    span: Span

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.span.of(self.article.text)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by article, best article first, in reading order within one."""

    rows: tuple[Row, ...]

    def row(self, number: int) -> Row | None:
        """The row with this number, if there is one."""
        return self.rows[number - 1] if 0 < number <= len(self.rows) else None


def lay(hits: Sequence[Hit], version: Callable[[str, str], Version]) -> Table:
    """Number the sentences of these passages, each once.

    `version(article_id, name)` gives the version that a passage is of.
    """
    by_article: dict[tuple[str, str], list[Span]] = {}
    for hit in hits:
        passage = hit.found.passage
        by_article.setdefault((passage.article_id, passage.version), []).append(passage.span)
    rows: list[Row] = []
    for (article_id, name), spans in by_article.items():
        whole = version(article_id, name)
        for place, span in _sentences(whole, spans):
            rows.append(Row(len(rows) + 1, whole.article, name, place, span))
    return Table(tuple(rows))


def _sentences(version: Version, spans: Iterable[Span]) -> Iterator[tuple[int, Span]]:
    """Place and trimmed span of each sentence in `spans`, in reading order, blank ones left out."""
    starts = [sentence.start for sentence in version.sentences]
    for span in sorted(spans):
        for place in range(bisect_left(starts, span.start), bisect_left(starts, span.end)):
            trimmed = version.sentences[place].trimmed(version.article.text)
            if len(trimmed):
                yield place, trimmed
