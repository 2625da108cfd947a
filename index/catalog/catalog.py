"""The catalog: the one place that must not be lost. Everything else is built from it.

SQLAlchemy Core over SQLite in WAL mode, full synchronous: what a call returned is on the disk.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from index.catalog.database import Database, in_slices, slices
from index.catalog.mapping import (
    Change,
    PassageRecord,
    article_row,
    to_article,
    to_change,
    to_passage_record,
    unpack_ends,
)
from index.catalog.migrations import migrate
from index.catalog.queries import (
    later_in_order,
    near_ids,
    newest_first,
    one_article,
    passages_in_sight,
    store_passages,
    store_text,
    withdraw,
)
from index.catalog.suggestions import no_article, no_source
from index.catalog.tables import (
    articles,
    changes,
    followers,
    former_vectors,
    old_ids,
    passages,
    settings,
    vectors,
    versions,
)
from index.errors import EncoderMismatch, NotFound, UnknownFilter
from index.model import Article, Filters, Span, Version

Outcome = Literal["added", "updated", "unchanged"]


class Catalog:
    """Articles, versions, passages, vectors and the change log. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy URL, making its tables if there are none and bringing
        those of an earlier release up to date. LibraryError if it is of a newer one."""
        self._database = Database(url)
        migrate(self._database)

    def close(self) -> None:
        """Give the connections back; the last one folds the write-ahead log into the database."""
        self._database.close()

    @property
    def database(self) -> Database:
        """For `index.catalog.check`, which reads the rows as they are."""
        return self._database

    def settle(self, wanted: Mapping[str, str], mend: str) -> None:
        """Record what the stored data depends on, or refuse data that was made with other values.

        EncoderMismatch names each difference; `mend` is its hint.
        """
        with self._database.writing() as connection:
            rows = connection.execute(sa.select(settings)).mappings()
            stored = {row["name"]: row["value"] for row in rows}
            missing = [{"name": n, "value": v} for n, v in wanted.items() if n not in stored]
            if missing:
                connection.execute(settings.insert(), missing)
        differing = [n for n in wanted if stored.get(n, wanted[n]) != wanted[n]]
        if differing:
            told = ", ".join(f"{n} {stored[n]} (now {wanted[n]})" for n in differing)
            raise EncoderMismatch(f"this library was made with {told}", mend)

    def succeed(self, former: str, encoder: str) -> None:
        """If the vectors are by the encoder `former`, have them made anew by `encoder`, bit by
        bit. One transaction."""
        is_encoder = settings.c.name == "encoder"
        with self._database.writing() as connection:
            name = connection.scalar(sa.select(settings.c.value).where(is_encoder))
            if name != former:
                return
            held = sa.select(vectors.c.passage_id)
            known = sa.select(former_vectors.c.passage_id)
            new = held.where(vectors.c.passage_id.not_in(known))
            connection.execute(former_vectors.insert().from_select(["passage_id"], new))
            connection.execute(settings.update().where(is_encoder).values(value=encoder))

    # Articles

    def id_of(self, article: Article) -> str:
        """The id that an article is kept under: its own or, if it was here before ids were made as
        they are now, the one that it has from then. Each of those stands for one article only:
        several may have shared it, as pages of one site that name one address as theirs.
        """
        wanted = (article.id, *article.former_ids)
        waiting = sa.select(old_ids.c.article_id).where(
            old_ids.c.came_as.is_(None), old_ids.c.article_id.in_(wanted)
        )
        with self._database.writing() as connection:
            came = sa.select(old_ids.c.article_id).where(old_ids.c.came_as == article.id)
            known: str | None = connection.scalar(came)
            if known:
                return known
            old: set[str] = set(connection.scalars(waiting))
            if not old or (
                article.id not in old and connection.execute(one_article(article.id)).first()
            ):
                return article.id
            found = next(one for one in wanted if one in old)
            taken = old_ids.update().where(old_ids.c.article_id == found)
            connection.execute(taken.values(came_as=article.id))
            return found

    def put(self, version: Version, spans: Sequence[Span]) -> Outcome:
        """Make `version` the current one of its article, with these passages: one transaction."""
        article = version.article
        row = article_row(version)
        with self._database.writing() as connection:
            current = connection.execute(one_article(article.id)).mappings().first()
            if current and all(current[name] == value for name, value in row.items()):
                return "unchanged"
            if current:
                withdraw(connection, current)
            store_text(connection, version)
            block = store_passages(connection, version, spans)
            connection.execute(
                articles.insert(),
                row | {"first_passage": block.start, "passage_count": len(block)},
            )
            return "updated" if current else "added"

    def remove(self, article_id: str) -> None:
        """Forget an article, its passages, vectors and every version. NotFound if there is none."""
        with self._database.writing() as connection:
            current = connection.execute(one_article(article_id)).mappings().first()
            if current is None:
                raise no_article(article_id, connection.scalars(near_ids(article_id)))
            withdraw(connection, current)
            connection.execute(versions.delete().where(versions.c.article_id == article_id))
            connection.execute(old_ids.delete().where(old_ids.c.article_id == article_id))

    def version(self, article_id: str, name: str = "") -> Version:
        """A version of an article: the current one, or the one whose name starts with `name`.

        What is known of the article (title, date, ...) is today's. NotFound tells what is missing.
        """
        article = sa.select(articles, versions.c.version.label("name"), versions.c.text,
                            versions.c.sentence_ends)  # fmt: skip
        joined = article.join(versions, versions.c.article_id == articles.c.id)
        wanted = versions.c.version.startswith(name, autoescape=True)
        current = versions.c.version == articles.c.version
        query = joined.where(articles.c.id == article_id, wanted if name else current)
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(2)).mappings().all()
        if len(rows) != 1:
            raise self._not_found(article_id, name)
        return Version(to_article(rows[0], rows[0]["text"]), unpack_ends(rows[0]["sentence_ends"]))

    def _not_found(self, article_id: str, name: str) -> NotFound:
        """What to say of a version that is not there, or of a beginning that several share."""
        names = self.version_names(article_id)
        if not names:
            with self._database.reading() as connection:
                return no_article(article_id, connection.scalars(near_ids(article_id)))
        matching = [one for one in names if one.startswith(name)]
        kind = "more than one version" if matching else "no version"
        told = ", ".join(one[:12] for one in names)
        return NotFound(f"there is {kind} {name!r} of {article_id!r}", f"its versions are {told}")

    def version_names(self, article_id: str) -> list[str]:
        """The names of an article's versions, oldest first; empty if there is no such article."""
        query = sa.select(versions.c.version).where(versions.c.article_id == article_id)
        with self._database.reading() as connection:
            return list(connection.scalars(query.order_by(versions.c.added_at)))

    def articles(self) -> Iterator[tuple[Article, str, int]]:
        """Each article without its text, the name of its version, and how many passages it has.

        Newest first, undated ones last.
        """
        with self._database.reading() as connection:
            for row in connection.execute(newest_first()).mappings():
                yield to_article(row), row["version"], row["passage_count"]

    def articles_after(self, article: Article | None, limit: int) -> list[tuple[Article, str]]:
        """The next articles (and their versions' names) after one, in the order of `articles`.

        Only its date and id count; it need not be there any more. None: from the first.
        """
        found: list[tuple[Article, str]] = []
        with self._database.reading() as connection:
            for later in later_in_order(article) if article else [sa.true()]:
                query = newest_first().where(later).limit(limit - len(found))
                rows = connection.execute(query).mappings()
                found += [(to_article(row), row["version"]) for row in rows]
        return found

    def check_known(self, filters: Filters) -> None:
        """UnknownFilter names the first source or article of the filters that is not there."""
        with self._database.reading() as connection:
            for source in filters.sources:
                of_it = sa.select(articles.c.id).where(articles.c.source == source)
                if connection.execute(of_it.limit(1)).first() is None:
                    raise no_source(source, self.sources())
            for article_id in filters.articles:
                if connection.execute(one_article(article_id)).first() is None:
                    ids = connection.scalars(near_ids(article_id))
                    raise no_article(article_id, ids, UnknownFilter)

    def sources(self) -> list[str]:
        """The sources that articles name, sorted."""
        query = sa.select(articles.c.source).where(articles.c.source != "").distinct()
        with self._database.reading() as connection:
            return list(connection.scalars(query.order_by(articles.c.source)))

    def counts(self, *names: str) -> dict[str, int]:
        """How many articles, versions, passages, (former) vectors and changes there are; or those
        named.

        To count is to read: of a large library that takes seconds for the vectors.
        """
        known = (articles, versions, passages, vectors, former_vectors, changes)
        tables = [table for table in known if not names or table.name in names]
        with self._database.reading() as connection:
            return {
                table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for table in tables
            }

    # Passages and vectors

    def passage_records(self, passage_ids: Iterable[int]) -> dict[int, PassageRecord]:
        """The passages that are in sight, by id. Others, which only an index knows, are left out.

        All is read in one transaction, so no passage meets another version's article.
        """
        with self._database.reading() as connection:
            return {
                row["passage"]: to_passage_record(row, text)
                for part in slices(passage_ids)
                for row, text in passages_in_sight(connection, part)
            }

    def passages_after(self, seq: int) -> int:
        """How many passages in sight were added by changes after number `seq`."""
        added = (changes.c.seq > seq) & (changes.c.kind == "added")
        first = sa.select(changes.c.first_passage).where(added).order_by(changes.c.seq).limit(1)
        query = sa.select(sa.func.sum(articles.c.passage_count)).where(
            articles.c.first_passage >= first.scalar_subquery()
        )
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def passages(self, article_id: str) -> list[Span]:
        """The passages of an article's current version, in order."""
        columns = sa.select(passages.c.start, passages.c.end)
        query = columns.where(passages.c.article_id == article_id).order_by(passages.c.start)
        with self._database.reading() as connection:
            return [Span(start, end) for start, end in connection.execute(query)]

    def passage_ids(self) -> list[int]:
        """The ids of all passages in sight, ascending."""
        with self._database.reading() as connection:
            return list(connection.scalars(sa.select(passages.c.id).order_by(passages.c.id)))

    def embedded_ids(self) -> list[int]:
        """The ids of all passages that have a vector, ascending."""
        with self._database.reading() as connection:
            return list(connection.scalars(sa.select(vectors.c.passage_id).order_by("passage_id")))

    def vectors(self, passage_ids: Iterable[int]) -> dict[int, NDArray[np.float32]]:
        """The vectors stored for these passages; those that have none are left out."""
        rows = self._database.rows(sa.select(vectors), vectors.c.passage_id, passage_ids)
        return {row["passage_id"]: np.frombuffer(row["vector"], dtype="<f4") for row in rows}

    def put_vectors(self, vectors_by_passage: Mapping[int, NDArray[np.float32]]) -> None:
        """Store vectors; those of passages that went out of sight meanwhile are left out."""
        with self._database.writing() as connection:
            living = sa.select(passages.c.id)
            ids = in_slices(connection, living, passages.c.id, vectors_by_passage)
            rows = [
                {
                    "passage_id": row["id"],
                    "vector": vectors_by_passage[row["id"]].tobytes(),
                }
                for row in ids
            ]
            if rows:
                for part in slices(row["passage_id"] for row in rows):
                    connection.execute(vectors.delete().where(vectors.c.passage_id.in_(part)))
                connection.execute(vectors.insert(), rows)

    def drop_vectors(self, passage_ids: Sequence[int]) -> None:
        """Forget these vectors, so that they are made again."""
        with self._database.writing() as connection:
            for part in slices(passage_ids):
                connection.execute(vectors.delete().where(vectors.c.passage_id.in_(part)))

    def former_vectors(self, passage_ids: Iterable[int]) -> set[int]:
        """Those of the passages whose vector the former encoder made."""
        query = sa.select(former_vectors)
        rows = self._database.rows(query, former_vectors.c.passage_id, passage_ids)
        return {row["passage_id"] for row in rows}

    def first_former_vector(self) -> int | None:
        """The lowest id of those passages; None if there are none."""
        query = sa.select(sa.func.min(former_vectors.c.passage_id))
        with self._database.reading() as connection:
            first: int | None = connection.scalar(query)
        return first

    def forget_former(self, passage_ids: Iterable[int]) -> None:
        """These have no vector of the former encoder any more."""
        with self._database.writing() as connection:
            for part in slices(passage_ids):
                old = former_vectors.c.passage_id.in_(part)
                connection.execute(former_vectors.delete().where(old))

    # The change log and its followers

    def changes(self, after: int, limit: int) -> list[Change]:
        """The next `limit` changes after number `after`, oldest first."""
        query = sa.select(changes).where(changes.c.seq > after).order_by(changes.c.seq)
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(limit)).mappings().all()
        return [to_change(row) for row in rows]

    def passages_changed_after(self, seq: int) -> set[int]:
        """The ids of the passages that changes after number `seq` add or remove."""
        columns = (changes.c.first_passage, changes.c.passage_count)
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(*columns).where(changes.c.seq > seq))
            return {id_ for first, count in rows for id_ in range(first, first + count)}

    def position(self, index: str, generation: str) -> int:
        """How far this generation of an index has come; 0 for one never seen before."""
        query = sa.select(followers.c.seq).where(
            followers.c.name == index, followers.c.generation == generation
        )
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def last_position(self, index: str) -> int:
        """How far an index has come, whichever generation of it; 0 for one never seen before."""
        query = sa.select(followers.c.seq).where(followers.c.name == index)
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def advance(self, index: str, generation: str, seq: int) -> None:
        """Remember that an index holds all changes up to `seq`."""
        row = {"name": index, "generation": generation, "seq": seq}
        with self._database.writing() as connection:
            connection.execute(followers.delete().where(followers.c.name == index))
            connection.execute(followers.insert(), row)
