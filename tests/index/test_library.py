"""Articles through every store and back: real SQLite, Chroma and Tantivy."""

import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from index.catalog.database import Database
from index.encoder.minilm import MiniLM
from index.errors import (
    ArticleError,
    EncoderMismatch,
    LibraryBusy,
    LibraryError,
    NotFound,
    Overloaded,
)
from index.library import Library
from index.model import Article, Filters
from index.passages import PASSAGE_CHARS
from index.sources import read
from tests.index.test_spans import HOSTILE, UNSPACED

ARTICLES = [
    Article("bridge", "The bridge fell at night. Six workers died. 🌉 The mayor wept.", "Bridge"),
    Article("storm", "The storm reached the coast. It broke 40 boats.", "Storm", source="Wire"),
    Article(
        "vote",
        "The parliament voted on Monday. The law passed by two votes.",
        "Vote",
        source="Ledger",
        published_at=datetime(2024, 5, 6, tzinfo=UTC),
    ),
]


NARROW: dict[str, Any] = {
    "sources": ("Harbour Wire",),
    "articles": ("nato-letter-2024-12",),
    "after": datetime(2024, 11, 1, tzinfo=UTC),
    "before": datetime(2024, 12, 31, tzinfo=UTC),
}
"""Filters that let the article on the letter to NATO through, alone and together."""


def fill(library: Library, articles: list[Article]) -> list[str]:
    rows = list(library.add(articles))
    for _ in library.embed():
        pass
    return [row.outcome for row in rows]


def found_ids(library: Library, question: str, filters: Filters | None = None) -> list[str]:
    hits = library.retrieve(question, 8, filters).hits
    return list(dict.fromkeys(hit.record.article.id for hit in hits))


def contents(library: Library) -> list[object]:
    """What a library holds, without what depends on the order of adding."""
    rows = [
        (article, name, library.catalog.version(article.id).sentences, count)
        for article, name, count in library.catalog.articles()
    ]
    return sorted(rows, key=repr)


def test_an_article_is_searchable_before_it_is_embedded(library: Library) -> None:
    assert [row.outcome for row in library.add(ARTICLES)] == ["added"] * 3
    assert library.backlog == 3
    hit = library.retrieve("parliament", 8).hits[0]
    assert (hit.record.article.id, hit.dense_rank, hit.lexical_rank) == ("vote", None, 1)


def test_both_indexes_rank_what_was_embedded(library: Library) -> None:
    fill(library, ARTICLES)
    hit = library.retrieve("Who died when the bridge collapsed?", 8).hits[0]
    assert (hit.record.article.id, hit.dense_rank, hit.lexical_rank) == ("bridge", 1, 1)
    assert library.check() == []


def test_the_same_again_is_unchanged_and_other_text_is_a_new_version(library: Library) -> None:
    fill(library, ARTICLES)
    old = library.catalog.version("storm")
    changed = Article("storm", "The storm turned away. It broke no boats.", "Storm", source="Wire")
    assert fill(library, [ARTICLES[0], changed]) == ["unchanged", "updated"]
    assert library.catalog.version("storm", old.name[:12]) == old
    texts = [hit.record.text for hit in library.retrieve("storm boats", 8).hits]
    assert "The storm turned away. It broke no boats." in texts
    assert old.article.text not in texts
    assert library.check() == []


def test_going_back_to_an_old_text_works(library: Library) -> None:
    other = Article("storm", "Another text entirely.", "Storm", source="Wire")
    assert fill(library, [ARTICLES[1], other, ARTICLES[1]]) == ["added", "updated", "updated"]
    assert library.catalog.version("storm").article.text == ARTICLES[1].text
    assert library.check() == []


def test_the_same_text_in_another_language_is_cut_anew(library: Library) -> None:
    text = "Das Schiff sank am 3. Mai. Alle wurden gerettet."
    german, english = Article("a", text, language="de"), Article("a", text)
    assert fill(library, [english]) == ["added"]
    cut = library.catalog.version("a").sentences
    assert fill(library, [german]) == ["updated"]
    assert library.catalog.version("a").sentences != cut
    assert library.check() == []
    assert fill(library, [english]) == ["updated"]
    assert library.catalog.version("a").sentences == cut


def test_an_embedding_that_is_left_between_batches_holds_nobody_up(library: Library) -> None:
    list(library.add(ARTICLES))
    left = library.embed()
    assert next(left) == 3
    assert list(library.embed()) == []
    list(library.add([Article("late", "A late text came.")]))
    assert sum(library.rebuild()) == 8
    assert list(left) == []
    assert library.check() == []


def test_a_removed_article_is_gone_from_everywhere(library: Library) -> None:
    fill(library, ARTICLES)
    library.remove("bridge")
    assert "bridge" not in found_ids(library, "bridge workers")
    for _ in library.embed():
        pass
    assert library.check() == []
    with pytest.raises(NotFound, match="bridge"):
        library.catalog.version("bridge")
    with pytest.raises(NotFound):
        library.remove("bridge")


LONG_WORDS = {
    "thai": UNSPACED["Thai"] * 195,
    "hex": "deadbeef" * 5_000,
    "address": "https://example.org/?q=" + "a%20" * 3_000,
    "khmer": (UNSPACED["Khmer"] + "។") * 400,
    "nothing": "\u200b" * 5_000,
}


def test_no_sentence_and_no_passage_is_without_end(library: Library) -> None:
    assert fill(library, [Article(id_, text) for id_, text in LONG_WORDS.items()])
    for id_, text in LONG_WORDS.items():
        version = library.catalog.version(id_)
        parts = [*version.sentences, *library.catalog.passages(id_)]
        assert max(len(part.of(text).strip()) for part in parts) <= PASSAGE_CHARS
    assert library.check() == []


def test_order_and_repetition_do_not_matter(encoder: MiniLM, tmp_path: Path) -> None:
    held = []
    for seed in range(3):
        shuffled = random.Random(seed).sample(ARTICLES * 2, len(ARTICLES) * 2)
        library = Library(tmp_path / str(seed), encoder)
        fill(library, shuffled)
        held.append(contents(library))
        library.close()
    assert held[0] == held[1] == held[2]


def test_applying_the_log_twice_gives_the_same_indexes(library: Library) -> None:
    fill(library, ARTICLES)
    library.remove("storm")
    fill(library, [])
    before = (library._lexical.ids(), library._vectors.ids())
    for index in (library._lexical, library._vectors):
        library.catalog.advance(index.name, index.generation, 0)
    library._index_lexically()
    fill(library, [])
    assert (library._lexical.ids(), library._vectors.ids()) == before


def test_rebuild_embeds_nothing_and_mends_a_lost_index(encoder: MiniLM, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    library = Library(folder, encoder)
    fill(library, ARTICLES)
    library.close()
    shutil.rmtree(folder / "lexical")
    library = Library(folder, encoder)
    assert found_ids(library, "parliament")[0] == "vote"
    vectors = library.catalog.embedded_ids()
    assert sum(library.rebuild()) == 6
    assert library.catalog.embedded_ids() == vectors
    assert library.check() == []
    library.close()


def test_filters_reach_both_indexes(library: Library) -> None:
    fill(library, ARTICLES)
    may = datetime(2024, 5, 6, tzinfo=UTC)
    assert found_ids(library, "the law and the boats", Filters(sources=("Wire",))) == ["storm"]
    assert found_ids(library, "the law and the boats", Filters(articles=("vote",))) == ["vote"]
    assert found_ids(library, "the law and the boats", Filters(after=may)) == ["vote"]
    assert found_ids(library, "the law and the boats", Filters(before=may)) == []
    for filters in (Filters(after=may), Filters(before=may), Filters(after=may, before=may)):
        assert library.retrieve("the law and the boats", 8, filters).notices == ()


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=2))])
def test_a_filter_with_a_date_that_is_not_in_utc_cannot_be_made(zone: timezone | None) -> None:
    for name in ("after", "before"):
        with pytest.raises(ValueError, match=f"{name} must be in UTC"):
            Filters(**{name: datetime(2024, 1, 1, tzinfo=zone)})


@pytest.mark.parametrize("names", [n for k in range(5) for n in combinations(NARROW, k)])
def test_every_combination_of_filters_reaches_both_indexes(
    samples: Library, names: tuple[str, ...]
) -> None:
    found = samples.retrieve(
        "What did Zelenskyy ask of NATO?", 8, Filters(**{n: NARROW[n] for n in names})
    )
    assert found.notices == ()
    assert any(hit.lexical_rank for hit in found.hits)
    assert any(hit.dense_rank for hit in found.hits)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_out_of_every_store(library: Library, text: str) -> None:
    (row,) = library.add([Article("hostile", text)])
    for _ in library.embed():
        pass
    if row.error:
        assert "empty" in row.error.message
        return
    version = library.catalog.version("hostile")
    for found in library.catalog.passage_records(library.catalog.passage_ids()).values():
        assert found.text == found.passage.span.of(version.article.text)
    assert library.check() == []


def test_an_article_of_two_million_characters_is_stored_whole(library: Library) -> None:
    text = "".join(f"Sentence {i} of a long report 🙂 names a number. " for i in range(42_000))
    assert len(text) > 1_900_000
    (row,) = library.add([Article("long", text)])
    assert row.outcome == "added"
    assert library.check() == []
    hit = library.retrieve("sentence 41999", 1).hits[0].record
    assert "Sentence 41999 of" in hit.text
    assert hit.text == hit.passage.span.of(library.catalog.version("long").article.text)


def test_errors_pass_through_and_the_rest_goes_on(library: Library) -> None:
    broken = ArticleError("a.txt", "is binary, not text")
    rows = list(library.add([broken, ARTICLES[0]]))
    assert [row.outcome for row in rows] == ["failed", "added"]


def test_a_full_disk_is_an_error_that_loses_nothing(library: Library) -> None:
    fill(library, ARTICLES)
    with library.catalog.database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryError, match="cannot be written: database or disk is full"):
        list(library.add([Article("large", "A sentence of some words. " * 9_000)]))
    assert library.check() == []
    assert found_ids(library, "parliament")[0] == "vote"


def of_before(folder: Path, encoder: MiniLM, articles: list[Article]) -> None:
    """Make a library as it was before ids were made of where an article lies."""
    library = Library(folder, encoder)
    fill(library, articles)
    with library.catalog.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE old_ids")
        connection.exec_driver_sql("DROP TABLE migrations")
    library.close()


def test_what_is_kept_under_an_id_of_before_is_found_again(encoder: MiniLM, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("a", "b", "c"):
        page = f"<link rel=canonical href='https://a.org/story'><p>The ferry of {name} sails late."
        (docs / f"{name}.html").write_text(f"<html><head>{page}")
    (docs / "note.txt").write_text("It rained in the harbour.")
    old = [
        Article(str(docs / "note.txt"), "It rained."),
        Article("https://a.org/story", "A ferry."),
    ]
    of_before(tmp_path / "library", encoder, old)
    library = Library(tmp_path / "library", encoder)
    told = [(row.article_id, row.outcome) for row in library.add(read([docs]))]
    assert told == [
        ("https://a.org/story", "updated"),
        ("docs/b.html", "added"),
        ("docs/c.html", "added"),
        (str(docs / "note.txt"), "updated"),
    ]
    for paths in ([docs / "note.txt", docs / "c.html"], [docs]):
        assert {row.outcome for row in library.add(read(paths))} == {"unchanged"}
    library.remove("https://a.org/story")
    assert [row.article_id for row in library.add(read([docs / "a.html"]))] == ["docs/a.html"]
    assert fill(library, [Article("new", "It fell.", former_ids=("docs/a.html",))]) == ["added"]
    assert library.check() == []
    library.close()


def test_the_last_moment_of_the_calendar_is_an_articles_date(library: Library) -> None:
    last = datetime.max.replace(tzinfo=UTC)
    outcomes = [row.outcome for row in library.add([replace(ARTICLES[0], published_at=last)])]
    (listed, *_), *_ = library.catalog.articles()
    assert (outcomes, listed.published_at) == (["added"], last.replace(microsecond=0))
    with library.catalog.database.writing() as connection:  # as an earlier version stored it
        connection.exec_driver_sql("UPDATE articles SET published_at = published_at + 1")
    library.remove("bridge")
    assert [row.outcome for row in library.add(ARTICLES)] == ["added"] * 3


def test_a_folder_whose_name_is_no_text_is_refused(encoder: MiniLM, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="its name is not UTF-8"):
        Library(tmp_path / "\udcff", encoder)


def test_a_library_that_cannot_be_closed_well_gives_its_folder_back(
    encoder: MiniLM, tmp_path: Path
) -> None:
    library = Library(tmp_path, encoder)
    list(library.add(ARTICLES))
    list(library.embed())
    for name in ("lexical.seal", "chroma.seal"):
        (tmp_path / name).mkdir()  # where a file has to be written
    with pytest.raises(IsADirectoryError):
        library.close()
    for name in ("lexical.seal", "chroma.seal"):
        (tmp_path / name).rmdir()
    again = Library(tmp_path, encoder)
    assert again.check() == []
    again.close()


def test_a_folder_that_cannot_be_opened_is_not_held(encoder: MiniLM, tmp_path: Path) -> None:
    (tmp_path / "owner.new").mkdir()
    with pytest.raises(LibraryError, match="Is a directory") as caught:
        Library(tmp_path, encoder)
    (tmp_path / "owner.new").rmdir()
    Library(tmp_path, encoder).close()
    assert caught.value.__cause__


def test_who_waits_too_long_for_the_catalog_is_put_off(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'db'}")
    with ExitStack() as stack:
        for _ in range(15):  # SQLAlchemy's pool
            stack.enter_context(database.reading())
        with pytest.raises(Overloaded) as caught:
            stack.enter_context(database.reading())
    assert (caught.value.status, caught.value.retry_seconds) == (503, 1)
    with database.reading():
        pass
    database.close()


def test_a_second_process_is_told_who_holds_the_folder(library: Library) -> None:
    script = f"""
        from pathlib import Path
        from index.encoder.minilm import MiniLM
        from index.library import Library
        Library(Path({str(library.folder)!r}), MiniLM())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True
    )
    assert f"in use by process {os.getpid()}" in done.stderr
    assert LibraryBusy.__name__ in done.stderr


def test_another_encoder_is_refused(encoder: MiniLM, tmp_path: Path) -> None:
    class Other(MiniLM):
        name = "other"

    Library(tmp_path / "library", encoder).close()
    with pytest.raises(EncoderMismatch, match=rf"{MiniLM.name} \(now other\)"):
        Library(tmp_path / "library", Other())
    Library(tmp_path / "library", encoder).close()


def test_what_was_acknowledged_survives_kill_9(encoder: MiniLM, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    script = f"""
        from pathlib import Path
        from index.encoder.minilm import MiniLM
        from index.library import Library
        from index.model import Article
        library = Library(Path({str(folder)!r}), MiniLM())
        articles = (Article(f"a{{i}}", f"Sentence number {{i}} is here. " * 9) for i in range(999))
        for n, row in enumerate(library.add(articles)):
            print(row.article_id, flush=True)
            if n % 100 == 99:
                for _ in library.embed():
                    pass
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    acknowledged = [child.stdout.readline().strip() for _ in range(150)]
    child.send_signal(signal.SIGKILL)
    child.communicate()
    library = Library(folder, encoder)
    held = {article.id for article, _, _ in library.catalog.articles()}
    assert held >= set(acknowledged)
    for _ in library.embed():
        pass
    assert library.check() == []
    library.close()


def test_of_passages_that_match_alike_the_newer_comes_first(library: Library) -> None:
    text = "The ferry to the island is late because of ice."
    dates = {"old": datetime(2023, 1, 1, tzinfo=UTC), "new": datetime(2024, 1, 1, tzinfo=UTC)}
    list(library.add(Article(name, text, published_at=date) for name, date in dates.items()))
    list(library.embed())
    found = library.retrieve("Why is the ferry late?", 5).hits
    assert [hit.record.article.id for hit in found] == ["new", "old"]
