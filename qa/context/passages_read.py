"""Passages found, as an answer tells of them. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.model import Passage
from qa.answer import Laid, Nearest, Place
from qa.context.numbered_sentences import Context

if TYPE_CHECKING:
    from index.search.retriever import Hit


def passages_read(context: Context, hits: "Sequence[Hit]") -> Laid:
    """What of these passages a reader took in, from the context that it read."""
    ranks = {sentence.rank for sentence in context.sentences}
    return Laid(
        passages=context.passages,
        sentences=len(context.sentences),
        found=len(hits),
        places=[_place(hit.record.passage) for hit in hits if hit.rank in ranks],
    )


def nearest(hit: "Hit") -> Nearest:
    """A passage without the white space at its ends."""
    found = hit.record
    stripped = found.text.strip()
    start = found.passage.span.start + found.text.index(stripped)
    return Nearest(
        article_id=found.article.id,
        version=found.passage.version,
        title=found.article.title,
        start=start,
        end=start + len(stripped),
        quote=stripped,
    )


def _place(passage: Passage) -> Place:
    name, span = passage.version, passage.span
    return Place(article_id=passage.article_id, version=name, start=span.start, end=span.end)
