"""Sentence numbers to citations. Pure: a quote comes from the article, never from a model."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time

from index.model import Span
from qa.answer import Citation
from qa.context.numbered_sentences import Context, SourceSentence


class CitationBuilder:
    """Gives each cited span of one answer its number, by first use."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.citations: list[Citation] = []
        """All that were made, `citations[i].n == i + 1`."""

    def cite(self, numbers: Iterable[int]) -> list[Citation]:
        """Citations of the sentences with these numbers: neighbours merged, unknown ones left out.

        A span that was cited before keeps its number.
        """
        sentences = {
            sentence.number: sentence for n in numbers if (sentence := self._context.sentence(n))
        }
        return [self._numbered(run) for run in _runs(sentences.values())]

    def _numbered(self, run: list[SourceSentence]) -> Citation:
        first, span = run[0], Span(run[0].span.start, run[-1].span.end)
        for known in self.citations:
            if (known.article_id, known.version, known.start, known.end) == (
                first.article.id,
                first.version,
                span.start,
                span.end,
            ):
                return known
        made = _citation(len(self.citations) + 1, first, span)
        self.citations.append(made)
        return made


def _runs(sentences: Iterable[SourceSentence]) -> Iterator[list[SourceSentence]]:
    """Sentences of one article that follow each other, together; in the order of numbers."""
    run: list[SourceSentence] = []
    for sentence in sorted(sentences, key=lambda sentence: sentence.number):
        if run and not (
            sentence.article.id == run[-1].article.id
            and sentence.version == run[-1].version
            and sentence.place == run[-1].place + 1
        ):
            yield run
            run = []
        run.append(sentence)
    if run:
        yield run


def _citation(n: int, sentence: SourceSentence, span: Span) -> Citation:
    article = sentence.article
    return Citation(
        n=n,
        article_id=article.id,
        version=sentence.version,
        title=article.title,
        url=article.url,
        source=article.source,
        published_at=iso(article.published_at),
        start=span.start,
        end=span.end,
        quote=span.of(article.text),
    )


def iso(moment: datetime | None) -> str | None:
    """A date where the time of day is midnight UTC, else date and time with `Z`."""
    if moment is None:
        return None
    if moment.time() == time():
        return moment.date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")
