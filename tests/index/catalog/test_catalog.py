"""What the catalog's calls cost as it grows: in steps of SQLite's virtual machine, or by the ratio
of two times."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from index.catalog.catalog import Catalog
from index.model import Article, Filters, Span, Version

FEW, MANY = 100, 1_000
"""Articles."""

NEW = datetime(2024, 1, 1, tzinfo=UTC)


def put(catalog: Catalog, id_: str, published_at: datetime | None = None) -> None:
    text = "The ship sank."
    article = Article(id_, text, "Ship", source="Wire", published_at=published_at)
    catalog.put(Version(article, (Span(0, len(text)),)), [Span(0, len(text))])


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Catalog]]:
    """Catalogs by their number of articles, of which every tenth has no date."""
    catalogs = {}
    for count in (FEW, MANY):
        file = tmp_path_factory.mktemp("grown") / "catalog.sqlite"
        catalogs[count] = Catalog(f"sqlite:///{file}")
        for n in range(count):
            put(catalogs[count], f"a{n}", NEW - timedelta(minutes=n // 2) if n % 10 else None)
    yield catalogs
    for catalog in catalogs.values():
        catalog.close()


def steps(catalog: Catalog, call: Callable[[Catalog], object]) -> int:
    """Tens of steps that SQLite takes for a call."""
    taken = []
    with catalog.database.reading() as connection:
        driver = connection.connection.driver_connection
    driver.set_progress_handler(lambda: taken.append(1), 10)
    call(catalog)
    driver.set_progress_handler(None, 0)
    return len(taken)


MIDDLE = Article("a99", "x", published_at=NEW - timedelta(minutes=49))

CALLS: dict[str, Callable[[Catalog], object]] = {
    "put": lambda catalog: put(catalog, "new"),
    "remove": lambda catalog: catalog.remove("new"),
    "backlog": lambda catalog: catalog.passages_after(catalog.counts("changes")["changes"] - 1),
    "first": lambda catalog: next(catalog.articles()),
    "page": lambda catalog: catalog.articles_after(None, 20),
    "next page": lambda catalog: catalog.articles_after(MIDDLE, 20),
    "undated": lambda catalog: catalog.articles_after(Article("a50", "x"), 5),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_takes_no_more_steps_in_a_larger_catalog(
    grown: dict[int, Catalog], name: str
) -> None:
    few, many = (steps(catalog, CALLS[name]) for catalog in grown.values())
    assert many < 2 * few + 30


def test_pages_are_the_whole_list_in_order(grown: dict[int, Catalog]) -> None:
    catalog = grown[FEW]
    listed = [article for article, _, _ in catalog.articles()]
    paged: list[Article] = []
    while page := catalog.articles_after(paged[-1] if paged else None, 7):
        paged += [article for article, _ in page]
    assert paged == listed
    assert len(listed) == FEW


def test_an_index_that_an_older_library_lacks_is_made(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    catalog = Catalog(f"sqlite:///{file}")
    put(catalog, "a")
    catalog.close()
    names = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    with closing(sqlite3.connect(file)) as connection:
        made = connection.execute(names).fetchall()
        for (name,) in made:
            connection.execute(f"DROP INDEX {name}")
        connection.execute("DROP TABLE migrations")  # it was older than schema versions
    catalog = Catalog(f"sqlite:///{file}")
    assert [article.id for article, _, _ in catalog.articles()] == ["a"]
    catalog.close()
    with closing(sqlite3.connect(file)) as connection:
        assert set(connection.execute(names)) == set(made)
    assert len(made) >= 4


def test_passages_are_read_in_time_that_does_not_grow_with_their_article(tmp_path: Path) -> None:
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    took = []
    for count in (100_000, 5_000_000):
        text = "x" * count
        ends = range(count // 1_000, count + 1, count // 1_000)
        spans = tuple(Span(end - count // 1_000, end) for end in ends)
        catalog.put(Version(Article("a", text), spans), spans)
        ids = catalog.passage_ids()
        started = time.process_time()
        found = catalog.passage_records(ids)
        took.append(time.process_time() - started)
        assert "".join(found[id_].text for id_ in ids) == text
    catalog.close()
    assert took[1] < 10 * took[0] + 1


EVERY_CALL: dict[str, Callable[[Catalog], object]] = {
    **{name: call for name, call in CALLS.items() if name not in ("backlog", "undated")},
    "put anew": lambda catalog: put(catalog, "a1", NEW),
    "put unchanged": lambda catalog: put(catalog, "a1", NEW),
    "id": lambda catalog: catalog.id_of(Article("a1", "x", former_ids=("a2",))),
    "version": lambda catalog: catalog.version("a2"),
    "versions": lambda catalog: catalog.version_names("a2"),
    "known": lambda catalog: catalog.check_known(Filters(("Wire",), ("a2",))),
    "found": lambda catalog: catalog.passage_records([7, 8, 9]),
    "waiting": lambda catalog: catalog.passages_after(90),
    "passages": lambda catalog: catalog.passages("a2"),
    "put vectors": lambda catalog: catalog.put_vectors({7: np.ones(2, np.float32)}),
    "vectors": lambda catalog: catalog.vectors([7, 8, 9]),
    "drop vectors": lambda catalog: catalog.drop_vectors([7]),
    "changes": lambda catalog: catalog.changes(90, 10),
    "changed": lambda catalog: catalog.passages_changed_after(90),
    "position": lambda catalog: catalog.position("vectors", "1"),
    "advance": lambda catalog: catalog.advance("vectors", "1", 90),
}


def plans(catalog: Catalog, call: Callable[[Catalog], object]) -> Iterator[str]:
    """How SQLite looks up what a call asks for: a line for each table that it looks into."""
    asked: list[str] = []
    with catalog.database.reading() as connection:
        driver = connection.connection.driver_connection
    driver.set_trace_callback(asked.append)
    call(catalog)
    driver.set_trace_callback(None)
    for statement in asked:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            for *_, line in driver.execute(f"EXPLAIN QUERY PLAN {statement}"):
                yield f"{line}: {statement}"


@pytest.mark.parametrize("name", EVERY_CALL)
def test_no_call_reads_a_whole_table(grown: dict[int, Catalog], name: str) -> None:
    found = list(plans(grown[FEW], EVERY_CALL[name]))
    assert found or name == "advance"
    # `bounds` are those that were asked for; of articles in order only the first rows are read.
    few = ("SCAN bounds", "SCAN articles USING INDEX articles_newest_first")
    assert [line for line in found if line.startswith("SCAN") and not line.startswith(few)] == []
