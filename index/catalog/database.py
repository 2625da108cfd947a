"""A database for one catalog: many readers, one writer at a time, durable when a call returns."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from index.errors import InputError, LibraryError, Overloaded

_SLICE = 500
"""Ids in one IN (...): far under the fewest variables that a database takes."""

_WAIT_SECONDS = 5
"""How long a caller waits for a connection while all are in use."""

_HINTS = {
    "full": "make room on the disk; what was acknowledged is kept",
    "unable to open": "see that catalog.sqlite is a file that you may read and write",
    "locked": "end what else has it open, and try again",
    "malformed": "restore it from a backup",
    "not a database": "restore it from a backup",
}
"""What to do, by a word of what SQLite says."""


class Database:
    """A SQLAlchemy engine, set up. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Open the database; what it lacks is `index.catalog.migrations`' to make."""
        self._engine = sa.create_engine(url, poolclass=sa.QueuePool, pool_timeout=_WAIT_SECONDS)
        self._write_lock = threading.Lock()
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _set_pragmas)
            sa.event.listen(self._engine, "begin", _begin)
        with _translated_errors("opened"), self._engine.connect():
            pass

    def close(self) -> None:
        """Give the connections back; the last one folds the write-ahead log into the database."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction to read in. LibraryError if the database cannot be read."""
        with _translated_errors("read"), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One writer at a time: SQLite would make a second one fail once it had read.

        LibraryError if the database does not take it; then nothing is written.
        """
        with _translated_errors("written"), self._write_lock, self._engine.begin() as connection:
            yield connection

    def rows(
        self, query: sa.Select[Any], column: sa.Column[Any], ids: Iterable[int]
    ) -> list[sa.RowMapping]:
        """See `in_slices`; in a transaction of its own."""
        with self.reading() as connection:
            return in_slices(connection, query, column, ids)


@contextmanager
def _translated_errors(what: str) -> Iterator[None]:
    """Translates the database's errors into LibraryError: the catalog cannot be `what`, and what
    to do. Overloaded if no connection is free; InputError for half a character, which nothing
    there can be."""
    try:
        yield
    except DatabaseError as error:
        reason = str(error.orig)
        hint = next((hint for word, hint in _HINTS.items() if word in reason), "")
        raise LibraryError(f"the catalog cannot be {what}: {reason}", hint) from error
    except PoolTimeout as error:
        raise Overloaded("too many requests read the catalog at once", "try again") from error
    except UnicodeEncodeError as error:
        raise InputError(f"{error.object!r} is not text", "write it in UTF-8") from error


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
