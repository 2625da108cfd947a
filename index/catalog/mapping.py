"""The catalog's rows as values, and back."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Literal

import sqlalchemy as sa

from index.model import Article, Passage, Span, Version, epoch_seconds

_LAST = epoch_seconds(datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change log. Its passages have the ids in `passages`."""

    seq: int
    kind: Literal["added", "removed"]
    article_id: str
    version: str
    passages: range


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage of a current version, with its text and the article it is from (without text)."""

    passage: Passage
    text: str
    article: Article


def pack_ends(spans: Sequence[Span]) -> bytes:
    """Where each of the spans, which tile a text, ends: 32-bit little-endian."""
    return struct.pack(f"<{len(spans)}I", *(span.end for span in spans))


def unpack_ends(ends: bytes) -> tuple[Span, ...]:
    """The spans again."""
    bounds = (0, *struct.unpack(f"<{len(ends) // 4}I", ends))
    return tuple(Span(start, end) for start, end in pairwise(bounds))


def article_row(version: Version) -> dict[str, Any]:
    """What `articles` holds of a version, without its passages."""
    article = version.article
    moment = article.published_at
    return {
        "id": article.id,
        "version": version.name,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "author": article.author,
        "published_at": None if moment is None else epoch_seconds(moment),
        "language": article.language,
    }


def to_article(row: sa.RowMapping, text: str = "") -> Article:
    """An article from a row of `articles`."""
    seconds = row["published_at"]
    return Article(
        id=row["id"],
        text=text,
        title=row["title"],
        url=row["url"],
        source=row["source"],
        author=row["author"],
        # An earlier version rounded the last moment of the calendar up to one second more.
        published_at=None if seconds is None else datetime.fromtimestamp(min(seconds, _LAST), UTC),
        language=row["language"],
    )


def to_passage_record(row: sa.RowMapping, text: str) -> PassageRecord:
    """A passage from a row of `passages` joined with its article; its own text."""
    span = Span(row["start"], row["end"])
    passage = Passage(row["passage"], row["id"], row["version"], span)
    return PassageRecord(passage, text, to_article(row))


def to_change(row: sa.RowMapping) -> Change:
    """A change from a row of `changes`."""
    first, count = row["first_passage"], row["passage_count"]
    block = range(first, first + count)
    return Change(row["seq"], row["kind"], row["article_id"], row["version"], block)
