"""The catalog's statements: what is asked of its tables, and what one change writes to them."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from index.catalog.mapping import pack_ends
from index.catalog.tables import articles, changes, passages, vectors, versions
from index.model import Article, Span, Version, epoch_seconds


def one_article(article_id: str) -> sa.Select[Any]:
    """The row of an article, if there is one."""
    return sa.select(articles).where(articles.c.id == article_id)


_IDS_COMPARED = 2_000
"""Comparing spellings takes some microseconds an id."""


def near_ids(article_id: str) -> sa.Select[Any]:
    """Ids that may be meant by one that is not there: those that end with it come first."""
    ends_with = articles.c.id.endswith(f"/{article_id}", autoescape=True)
    return sa.select(articles.c.id).order_by(ends_with.desc()).limit(_IDS_COMPARED)


def newest_first() -> sa.Select[Any]:
    """All rows of articles, in the order in which they are listed; undated ones last."""
    return sa.select(articles).order_by(articles.c.published_at.desc().nulls_last(), articles.c.id)


def later_in_order(article: Article) -> list[sa.ColumnElement[bool]]:
    """The rows that come after this article, newest first and undated ones last: one condition
    after the other, as the index that has them in order serves each, but not all of them at once.
    """
    date, id_ = articles.c.published_at, articles.c.id
    if article.published_at is None:
        return [date.is_(None) & (id_ > article.id)]
    moment = epoch_seconds(article.published_at)
    return [(date == moment) & (id_ > article.id), date < moment, date.is_(None)]


def passages_in_sight(
    connection: sa.Connection, ids: Sequence[int]
) -> Iterator[tuple[sa.RowMapping, str]]:
    """The rows of passages with their articles, and the text of each.

    An article's text is read once, from the first passage to the last: `substr` reads all that
    is before its end, so one for each passage takes time with the square of their number.
    """
    stretches = {row["id"]: row for row in connection.execute(_stretches(ids)).mappings()}
    columns = (articles, passages.c.id.label("passage"), passages.c.start, passages.c.end)
    query = sa.select(*columns).join(passages, passages.c.article_id == articles.c.id)
    for row in connection.execute(query.where(passages.c.id.in_(ids))).mappings():
        stretch = stretches[row["id"]]
        first = stretch["first"]
        yield row, stretch["stretch"][row["start"] - first : row["end"] - first]


def _stretches(ids: Sequence[int]) -> sa.Select[Any]:
    """Of each article that has some of these passages, the text from the first to the last."""
    first, last = sa.func.min(passages.c.start), sa.func.max(passages.c.end)
    columns = (passages.c.article_id, first.label("first"), last.label("last"))
    chosen = sa.select(*columns).where(passages.c.id.in_(ids)).group_by(passages.c.article_id)
    bounds = chosen.subquery("bounds")
    length = bounds.c.last - bounds.c.first
    text = sa.func.substr(versions.c.text, bounds.c.first + 1, length)
    current = (versions.c.article_id == articles.c.id) & (versions.c.version == articles.c.version)
    return (
        sa.select(articles.c.id, bounds.c.first, text.label("stretch"))
        .join(bounds, bounds.c.article_id == articles.c.id)
        .join(versions, current)
    )


def withdraw(connection: sa.Connection, current: sa.RowMapping) -> None:
    """Take an article's current version out of sight and say so in the log."""
    first, count = current["first_passage"], current["passage_count"]
    block = (first, first + count - 1)
    connection.execute(vectors.delete().where(vectors.c.passage_id.between(*block)))
    connection.execute(passages.delete().where(passages.c.id.between(*block)))
    connection.execute(articles.delete().where(articles.c.id == current["id"]))
    _log(
        connection,
        "removed",
        current["id"],
        current["version"],
        range(first, first + count),
    )


def store_text(connection: sa.Connection, version: Version) -> None:
    """Store a version's text; of one that is there from before, where its sentences end now.

    In another language the same text has other sentences, and passages are made of those.
    """
    key = {"article_id": version.article.id, "version": version.name}
    ends = {"sentence_ends": pack_ends(version.sentences)}
    known = versions.update().filter_by(**key).values(ends)
    if connection.execute(known).rowcount == 0:
        rest = {"text": version.article.text, "added_at": time.time_ns()}
        connection.execute(versions.insert(), key | ends | rest)


def store_passages(connection: sa.Connection, version: Version, spans: Sequence[Span]) -> range:
    """Store passages under a block of ids that no passage had before."""
    end = sa.select(changes.c.first_passage + changes.c.passage_count)
    last = end.where(changes.c.kind == "added").order_by(changes.c.seq.desc()).limit(1)
    first = connection.scalar(last) or 1  # blocks grow with the log
    block = range(first, first + len(spans))
    rows = [
        {
            "id": id_,
            "article_id": version.article.id,
            "start": span.start,
            "end": span.end,
        }
        for id_, span in zip(block, spans, strict=True)
    ]
    connection.execute(passages.insert(), rows)
    _log(connection, "added", version.article.id, version.name, block)
    return block


def _log(connection: sa.Connection, kind: str, article_id: str, version: str, block: range) -> None:
    connection.execute(
        changes.insert().values(
            kind=kind,
            article_id=article_id,
            version=version,
            first_passage=block.start,
            passage_count=len(block),
        )
    )
