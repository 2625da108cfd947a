"""The catalog's schema version, and how an older catalog is brought up to it.

A migration adds tables, columns or indexes and fills them; it takes nothing away, so that the
release before still runs on what it leaves behind. A column that is added in one release is used
from the next one on, and one that is no longer used is dropped in the one after. So two releases
that follow each other may have one catalog open while one replaces the other.
"""

import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from index.catalog.database import Database
from index.catalog.tables import metadata, migrations
from index.errors import LibraryError

Migration = Callable[[sa.Connection], None]


def create_what_is_missing(connection: sa.Connection) -> None:
    """Tables and indexes that a catalog from before schema versions may lack."""
    metadata.create_all(connection)
    for table in metadata.tables.values():
        for index in table.indexes:
            index.create(connection, checkfirst=True)


MIGRATIONS: Sequence[Migration] = (create_what_is_missing,)
"""In the order in which they are applied; the schema's version is how many there are. One that has
been in a release is never changed."""

NEWER_BY = 1
"""How many versions a catalog may be ahead of this release."""


def migrate(database: Database, known: Sequence[Migration] = MIGRATIONS) -> None:
    """Apply what the catalog lacks, all or nothing.

    LibraryError if the catalog is of a release that is more than one schema version newer.
    """
    with database.reading() as connection:
        version = schema_version(connection)
    if version > len(known) + NEWER_BY:
        raise LibraryError(
            f"the library has schema version {version}, and this release knows {len(known)}",
            "open it with the release that made it, or a newer one",
        )
    if version < len(known):
        with database.writing() as connection:
            _apply(connection, known)


def schema_version(connection: sa.Connection) -> int:
    """The number of the last migration that was applied; 0 before there were any."""
    if not sa.inspect(connection).has_table(migrations.name):
        return 0
    return connection.scalar(sa.select(sa.func.max(migrations.c.version))) or 0


def _apply(connection: sa.Connection, known: Sequence[Migration]) -> None:
    migrations.create(connection, checkfirst=True)
    done = schema_version(connection)
    for version, migration in enumerate(known[done:], done + 1):
        migration(connection)
        row = {"version": version, "name": migration.__name__, "applied_at": time.time_ns()}
        connection.execute(migrations.insert(), row)
