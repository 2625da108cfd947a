"""The sentences in the context: what a reader may cite, numbered from 1. Pure."""

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
class SourceSentence:
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
class Context:
    """Sentences by article, best article first, in reading order within one."""

    sentences: tuple[SourceSentence, ...]

    @cached_property
    def by_number(self) -> dict[int, SourceSentence]:
        """The sentences by their numbers."""
        return {sentence.number: sentence for sentence in self.sentences}

    def sentence(self, number: int) -> SourceSentence | None:
        """The sentence with this number, if there is one."""
        return self.by_number.get(number)

    @property
    def passages(self) -> int:
        """The rank of the last passage in the context."""
        return max((sentence.rank for sentence in self.sentences), default=0)

    def best(self, passages: int) -> "Context":
        """The sentences of the first so many passages, under the numbers that they have."""
        return Context(tuple(sentence for sentence in self.sentences if sentence.rank <= passages))

    def near(self, sentence: SourceSentence) -> list[SourceSentence]:
        """A sentence and its neighbours."""
        return [
            other
            for other in self._of_article[_key(sentence)]
            if abs(other.place - sentence.place) <= 1
        ]

    @cached_property
    def _of_article(self) -> dict[tuple[str, str], list[SourceSentence]]:
        found: dict[tuple[str, str], list[SourceSentence]] = {}
        for sentence in self.sentences:
            found.setdefault(_key(sentence), []).append(sentence)
        return found


def _key(sentence: SourceSentence) -> tuple[str, str]:
    return sentence.article.id, sentence.version


def number_sentences(hits: "Sequence[Hit]", version: Callable[[str, str], Version]) -> Context:
    """Number the sentences of these passages, each once.

    `version(article_id, name)` gives the version that a passage is of, or raises NotFound: an
    article that was removed since it was found is left out.
    """
    by_article: dict[tuple[str, str], list[tuple[Span, Hit]]] = {}
    for hit in hits:
        passage = hit.record.passage
        held = by_article.setdefault((passage.article_id, passage.version), [])
        held.append((passage.span, hit))
    sentences: list[SourceSentence] = []
    for (article_id, name), passages in by_article.items():
        try:
            whole = version(article_id, name)
        except NotFound:
            continue
        for place, span, hit in _sentences(whole, passages):
            number, match = len(sentences) + 1, hit.match.score
            sentences.append(
                SourceSentence(number, whole.article, name, place, span, hit.rank, match)
            )
    return Context(tuple(sentences))


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
