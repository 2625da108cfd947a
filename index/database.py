"""A database for one catalog: many readers, one writer at a time, durable when a call returns."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError

from index.errors import LibraryError

_SLICE = 500
"""Ids in one IN (...): far under the fewest variables that a database takes."""

_ROOM = "make room on the disk; what was acknowledged is kept"


class Database:
    """A SQLAlchemy engine, set up. Safe to share between threads."""

    def __init__(self, url: str, metadata: sa.MetaData) -> None:
        """Open the database, making its tables if there are none."""
        self._engine = sa.create_engine(url)
        self._write_lock = threading.Lock()
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _set_pragmas)
            sa.event.listen(self._engine, "begin", _begin)
        try:
            metadata.create_all(self._engine)
        except DatabaseError as error:
            raise LibraryError(
                f"the catalog cannot be opened: {error.orig}",
                "restore it from a backup",
            ) from error

    def close(self) -> None:
        """Give the connections back; the last one folds the write-ahead log into the database."""
        self._engine.dispose()

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A transaction to read in."""
        return self._engine.begin()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One writer at a time: SQLite would make a second one fail once it had read.

        LibraryError if the disk does not take it; then nothing is written.
        """
        try:
            with self._write_lock, self._engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise LibraryError(f"the catalog cannot be written: {error.orig}", _ROOM) from error

    def rows(
        self, query: sa.Select[Any], column: sa.Column[Any], ids: Iterable[int]
    ) -> list[sa.RowMapping]:
        """See `in_slices`; in a transaction of its own."""
        with self.reading() as connection:
            return in_slices(connection, query, column, ids)


def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def slices(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids, 500 at a time."""
    listed = list(ids)
    for at in range(0, len(listed), _SLICE):
        yield listed[at : at + _SLICE]


def in_slices(
    connection: sa.Connection,
    query: sa.Select[Any],
    column: sa.Column[Any],
    ids: Iterable[int],
) -> list[sa.RowMapping]:
    """The rows of a query whose `column` is one of `ids`, which may be any number."""
    return [
        row
        for part in slices(ids)
        for row in connection.execute(query.where(column.in_(part))).mappings()
    ]
