"""A catalog of another release is brought up to date, works beside its neighbour, or is refused."""

import tarfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from index.catalog.catalog import Catalog
from index.catalog.database import Database
from index.catalog.migrations import MIGRATIONS, NEWER_BY, Migration, migrate, schema_version
from index.catalog.tables import migrations
from index.encoder.minilm import MiniLM
from index.errors import LibraryError
from index.library import Library
from index.model import Article

BEFORE = Path(__file__).with_name("library-before-schema-versions.tar.gz")
"""Two articles, added by the last release without schema versions."""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'catalog.sqlite'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with closing(Database(url)) as opened:
        yield opened


def version(database: Database) -> int:
    with database.reading() as connection:
        return schema_version(connection)


def add_a_column(connection: sa.Connection) -> None:
    connection.execute(sa.text("ALTER TABLE articles ADD COLUMN section TEXT DEFAULT ''"))


def fail_halfway(connection: sa.Connection) -> None:
    connection.execute(sa.text("CREATE TABLE half (n INTEGER)"))
    raise RuntimeError("the power went")


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The folder of the library of an earlier release."""
    with tarfile.open(BEFORE) as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path / "lib"


def test_a_library_of_the_release_before_opens(before: Path, encoder: MiniLM) -> None:
    with closing(Library(before, encoder)) as library:
        assert version(library.catalog.database) == len(MIGRATIONS)
        found = library.retrieve("How many boats sank in Korvik?", 1).hits[0].record
        assert "Twelve boats sank before dawn." in found.text
        article = library.catalog.version(found.article.id).article
        assert found.passage.span.of(article.text) == found.text
        assert library.check() == []
        (row,) = library.add([Article("new", "The ferry came back.", "Ferry")])
        assert row.outcome == "added"


def test_a_new_catalog_has_the_last_version(url: str) -> None:
    with closing(Catalog(url)) as catalog:
        assert version(catalog.database) == len(MIGRATIONS)


def test_what_was_applied_is_not_applied_again(database: Database) -> None:
    for _ in range(2):
        migrate(database, (*MIGRATIONS, add_a_column))
    with database.reading() as connection:
        names = connection.scalars(sa.select(migrations.c.name).order_by(migrations.c.version))
        assert list(names) == ["create_what_is_missing", "add_a_column"]


@pytest.mark.parametrize("newer", [NEWER_BY, NEWER_BY + 1])
def test_a_release_runs_on_the_next_ones_schema_and_on_no_newer(
    url: str, database: Database, newer: int
) -> None:
    more: Sequence[Migration] = [add_a_column, *[lambda connection: None] * (newer - 1)]
    migrate(database, (*MIGRATIONS, *more))
    if newer > NEWER_BY:
        with pytest.raises(LibraryError, match=f"schema version {len(MIGRATIONS) + newer}"):
            Catalog(url)
        return
    with closing(Catalog(url)) as catalog:
        assert version(catalog.database) == len(MIGRATIONS) + newer


def test_a_library_works_on_the_next_schema(before: Path, encoder: MiniLM) -> None:
    with closing(Database(f"sqlite:///{before / 'catalog.sqlite'}")) as opened:
        migrate(opened, (*MIGRATIONS, add_a_column))
    with closing(Library(before, encoder)) as library:
        (row,) = library.add([Article("new", "The ferry came back.", "Ferry")])
        assert row.outcome == "added"
        assert library.catalog.version("new").article.title == "Ferry"


def test_a_migration_that_fails_leaves_nothing(database: Database) -> None:
    migrate(database)
    with pytest.raises(RuntimeError):
        migrate(database, (*MIGRATIONS, fail_halfway))
    assert version(database) == len(MIGRATIONS)
    with database.reading() as connection:
        assert not sa.inspect(connection).has_table("half")
