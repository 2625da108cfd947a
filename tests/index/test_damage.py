"""What becomes of a library whose files are damaged while nobody has it open, or rows changed."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.errors import EncoderError, IndexUnavailable, LibraryError
from index.indexes.vector_index import VectorIndex
from index.library import Library
from index.model import Article, Filters
from index.search.retriever import Retriever

COUNT = 1_100
"""Chroma writes its graph to files from 1,000 vectors on."""


class Scattered:
    """An encoder without a model: a direction by chance for each text, always the same one."""

    name = "scattered"
    dimension = 16
    window = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [np.random.default_rng(list(text.encode())).normal(size=16) for text in texts]
        made = np.array(rows, np.float32).reshape(len(texts), 16)
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library that was filled and closed."""
    folder = tmp_path_factory.mktemp("closed") / "library"
    library = Library(folder, Scattered())
    texts = (Article(f"a{n}", f"Ship {n} sank. It was old.", "Ships") for n in range(COUNT))
    assert all(row.error is None for row in library.add([*texts, Article("old", "One. Two.")]))
    list(library.add([Article("old", "One. Two. Three.")]))
    list(library.embed())
    assert library.check() == []
    library.close()
    return folder


@pytest.fixture
def folder(closed: Path, tmp_path: Path) -> Path:
    """A copy of it, with the times of its files."""
    return Path(shutil.copytree(closed, tmp_path / "library"))


@pytest.fixture
def opened(folder: Path) -> Iterator[Callable[[], Library]]:
    libraries: list[Library] = []

    def open_() -> Library:
        libraries.append(Library(folder, Scattered()))
        return libraries[-1]

    yield open_
    for library in libraries:
        library.close()


def random_bytes(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").write_bytes(os.urandom(5_000))


def truncated(chroma: Path) -> None:
    os.truncate(chroma / "chroma.sqlite3", 9_000)


def a_file(chroma: Path) -> None:
    shutil.rmtree(chroma)
    chroma.write_text("not a folder")


def gone(chroma: Path) -> None:
    shutil.rmtree(chroma)


def half_a_graph(chroma: Path) -> None:
    (graph,) = chroma.rglob("data_level0.bin")
    held = bytearray(graph.read_bytes())
    held[len(held) // 2 :] = np.random.default_rng(0).bytes(len(held) - len(held) // 2)
    graph.write_bytes(held)


def in_disguise(chroma: Path) -> None:
    """Damage that leaves names, sizes and times as they were."""
    file = chroma / "chroma.sqlite3"
    held = file.stat()
    file.write_bytes(os.urandom(held.st_size))
    os.utime(file, ns=(held.st_atime_ns, held.st_mtime_ns))


DAMAGE = [random_bytes, truncated, a_file, gone, half_a_graph, in_disguise]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_vector_index_damaged_after_its_close_costs_nothing(
    folder: Path, opened: Callable[[], Library], damage: Callable[[Path], None]
) -> None:
    damage(folder / "chroma")
    library = opened()
    found = library.retrieve("Ship 7 sank", 8)
    assert (found.notices, library.lost, library.backlog) == ((), True, 0)
    assert any(hit.dense_rank for hit in found.hits)
    assert library.check() == []


def to_elsewhere(place: Path, elsewhere: Path) -> None:
    place.symlink_to(elsewhere)


def to_nothing(place: Path, elsewhere: Path) -> None:
    place.symlink_to(elsewhere / "nothing")


def to_a_file(place: Path, elsewhere: Path) -> None:
    place.symlink_to(elsewhere / "kept.txt")


def to_itself(place: Path, elsewhere: Path) -> None:
    place.symlink_to(place)


def a_file_in_its_place(place: Path, elsewhere: Path) -> None:
    place.write_text("not a folder")


@pytest.mark.parametrize("name", ["lexical", "chroma"])
@pytest.mark.parametrize(
    "put", [to_elsewhere, to_nothing, to_a_file, to_itself, a_file_in_its_place]
)
def test_an_index_that_is_a_link_is_made_anew_and_what_it_leads_to_is_left(
    folder: Path, tmp_path: Path, name: str, put: Callable[[Path, Path], None]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("Kept.")
    for _ in range(2):  # the second time one that was put aside is there from the first
        shutil.rmtree(folder / name)
        put(folder / name, elsewhere)
        with closing(Library(folder, Scattered())) as library:
            found = library.retrieve("Ship 7 sank", 8)
            assert (found.notices, library.check()) == ((), [])
        assert (folder / name).is_dir()
        assert not (folder / name).is_symlink()
    assert [file.name for file in elsewhere.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize("name", ["lexical", "chroma"])
def test_a_link_to_an_index_works_until_it_is_rebuilt(
    folder: Path, opened: Callable[[], Library], tmp_path: Path, name: str
) -> None:
    (folder / name).rename(tmp_path / "moved")
    (folder / name).symlink_to(tmp_path / "moved")
    library = opened()
    assert library.retrieve("Ship 7 sank", 8).notices == ()
    assert sum(library.rebuild()) > 2 * COUNT
    assert library.check() == []


@pytest.mark.parametrize(
    "name", ["lock", "owner.json", "owner.new", "lexical.seal", "lexical/generation"]
)
def test_a_folder_in_place_of_a_file_is_named(
    folder: Path, opened: Callable[[], Library], name: str
) -> None:
    (folder / name).unlink(missing_ok=True)
    (folder / name).mkdir()
    with pytest.raises((LibraryError, IndexUnavailable), match="Is a directory") as caught:
        opened()
    assert str(folder / name) in caught.value.message
    assert caught.value.hint == "move it away; it is made anew"
    (folder / name).rmdir()
    assert opened().check() == []


def test_rebuild_mends_a_damaged_vector_index(folder: Path, opened: Callable[[], Library]) -> None:
    truncated(folder / "chroma")
    library = opened()
    assert sum(library.rebuild()) > 2 * COUNT
    assert library.check() == []


def test_only_the_last_broken_folder_is_kept(folder: Path) -> None:
    for damage in (random_bytes, truncated):
        damage(folder / "chroma")
        library = Library(folder, Scattered())
        assert library.backlog == 0
        library.close()
        (kept,) = folder.glob("chroma.broken-*")
    assert (kept / "chroma.sqlite3").stat().st_size == 9_000


def test_a_folder_closed_as_it_should_be_is_not_tried(folder: Path) -> None:
    for _ in range(2):
        library = Library(folder, Scattered())
        assert library.retrieve("Ship 7", 1).hits
        assert not library.lost
        library.close()
        assert not list(folder.glob("*.broken-*"))
        assert (folder / "chroma.seal").exists()


def hostile(folder: Path) -> Path:
    """A folder with modules that go by names of ours and of others, and end what imports them."""
    for name in ("index/__init__.py", "qa/__init__.py", "json.py", "numpy.py", "chromadb.py"):
        file = folder / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text("import os\nos._exit(9)\n")
    (folder / ".env").write_text("CHROMA_API_IMPL=chromadb.api.fastapi.FastAPI\n")
    return folder


def test_the_current_folder_has_no_say_in_the_trial(
    folder: Path, opened: Callable[[], Library], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "chroma.seal").unlink()
    monkeypatch.chdir(hostile(tmp_path / "elsewhere"))
    library = opened()
    assert library.retrieve("Ship 7 sank", 8).hits
    assert not library.lost
    assert not list(folder.glob("*.broken-*"))


def test_the_trial_needs_no_installation(folder: Path, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    shutil.copytree(root / "index", tmp_path / "checkout" / "index")
    script = (
        "import sys, index.indexes.chroma_health as f;"
        "print(f.__file__, f.probe(f.Path(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, str(folder / "chroma")],
        cwd=hostile(tmp_path / "elsewhere"),
        env=os.environ | {"PYTHONPATH": str(tmp_path / "checkout")},
        capture_output=True,
        text=True,
    )
    probed = tmp_path / "checkout" / "index" / "indexes" / "chroma_health.py"
    assert done.stdout == f"{probed} True\n"


def test_a_seal_that_is_no_text_is_broken(folder: Path, opened: Callable[[], Library]) -> None:
    (folder / "chroma.seal").write_bytes(b"\xff\xfe")
    library = opened()
    assert library.retrieve("Ship 7 sank", 8).hits
    assert (library.lost, library.check()) == (False, [])


def damaged_files(ending: str) -> Callable[[Path], None]:
    def damage(lexical: Path) -> None:
        for file in lexical.glob(f"*{ending}"):
            held = bytearray(file.read_bytes())
            held[len(held) // 4 : len(held) // 2] = bytes(len(held) // 2 - len(held) // 4)
            file.write_bytes(held)

    return damage


@pytest.mark.parametrize(
    "damage", [a_file, gone, *map(damaged_files, (".term", ".idx", ".fast", "meta.json"))]
)
def test_a_lexical_index_damaged_after_its_close_costs_nothing(
    folder: Path, opened: Callable[[], Library], damage: Callable[[Path], None]
) -> None:
    damage(folder / "lexical")
    library = opened()
    found = library.retrieve("Ship 7 sank", 8)
    assert found.notices == ()
    assert found.hits[0].lexical_rank == 1
    assert library.check() == []


def test_a_lost_index_that_cannot_be_refilled_is_said_to_be(folder: Path) -> None:
    class Down(Scattered):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if any("\n" in text for text in texts):  # a title and a passage
                raise EncoderError("the service is down")
            return super().encode(texts)

    with closing(sqlite3.connect(folder / "catalog.sqlite")) as connection, connection:
        connection.execute("DELETE FROM vectors WHERE passage_id = 9")
    shutil.rmtree(folder / "chroma")
    library = Library(folder, Down())
    found = library.retrieve("Ship 7 sank", 8)
    library.close()
    assert found.hits[0].record.article.id == "a7"
    assert found.notices == (
        f"the vector index was lost: {COUNT + 1} passages are found by their words only",
    )


def test_an_index_that_cannot_be_opened_leaves_the_words(opened: Callable[[], Library]) -> None:
    def closed() -> VectorIndex:
        raise IndexUnavailable("the disk is gone")

    library = opened()
    retriever = Retriever(library.catalog, library.encoder, closed, library._lexical)
    found = retriever.retrieve("Ship 7 sank", 8, Filters())
    assert found.hits[0].record.article.id == "a7"
    assert found.notices == ("answered without dense retrieval: the disk is gone",)


def test_a_rebuild_that_was_killed_is_made_good_for(
    folder: Path, opened: Callable[[], Library]
) -> None:
    script = """
        import os, signal, sys
        from pathlib import Path
        from index.library import Library
        from tests.index.test_damage import Scattered

        class Killed:
            def reload(self):  # once all is deleted
                os.kill(os.getpid(), signal.SIGKILL)

        library = Library(Path(sys.argv[1]), Scattered())
        library._lexical._index = Killed()
        list(library.rebuild())
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(folder)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL
    library = opened()
    assert library.retrieve("Ship 7 sank", 8).hits[0].lexical_rank == 1
    assert library.check() == []


def limit(library: Library, pages: int | None = None) -> None:
    """Let the catalog take no more pages than it has, as on a full disk, or than `pages`."""
    with library.catalog.database.reading() as connection:
        most = pages or connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")


def test_a_full_disk_does_not_end_the_embedding_behind(tmp_path: Path) -> None:
    class Freeing(Scattered):
        """Makes room once it is asked again."""

        asked = 0
        done = threading.Event()

        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            self.asked += 1
            if self.asked == 2:
                limit(library, 100_000)
            elif self.asked == 3:
                self.done.set()
            return super().encode(texts)

    encoder = Freeing()
    library = Library(tmp_path, encoder)
    list(library.add(Article(f"a{n}", f"Ship {n} sank.") for n in range(300)))
    limit(library)
    library.embed_behind()
    again = encoder.done.wait(30)
    library.close()
    assert again


def test_a_full_disk_does_not_stop_the_opening_of_a_lost_index(
    folder: Path, opened: Callable[[], Library]
) -> None:
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as connection:
        connection.execute("DELETE FROM vectors WHERE passage_id > 9")
        connection.commit()
        connection.execute("VACUUM")
    shutil.rmtree(folder / "chroma")
    library = opened()
    limit(library)
    found = library.retrieve("Ship 7 sank", 8)
    assert found.hits[0].record.article.id == "a7"
    assert library.lost


@pytest.mark.parametrize("ending", [".term", ".idx", ".fast"])
def test_a_lexical_index_damaged_while_it_is_open_costs_its_ranks_only(
    folder: Path, opened: Callable[[], Library], ending: str
) -> None:
    library = opened()
    for file in (folder / "lexical").glob(f"*{ending}"):
        file.write_bytes(b"\xff" * file.stat().st_size)
    found = library.retrieve("Ship 7 sank", 8)
    assert len(found.hits) == 8
    assert "lexical search failed" in "".join(found.notices)


def test_a_lexical_index_that_vanishes_is_an_error_until_it_is_opened_again(folder: Path) -> None:
    library = Library(folder, Scattered())
    shutil.rmtree(folder / "lexical")
    with pytest.raises(IndexUnavailable, match="lexical search failed"):
        list(library.add([Article("new", "A new one.")]))
    with pytest.raises(IndexUnavailable, match="lexical search failed"):
        list(library.rebuild())
    library.close()
    library = Library(folder, Scattered())
    found = library.retrieve("new one", 99)
    library.close()
    assert any(hit.record.article.id == "new" and hit.lexical_rank == 1 for hit in found.hits)


def test_a_damaged_page_of_the_catalog_is_an_error_that_says_what_to_do(
    folder: Path, opened: Callable[[], Library]
) -> None:
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'passages'"
        (page,) = connection.execute(root).fetchone()
    with (folder / "catalog.sqlite").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))
    library = opened()
    for use in (
        lambda: library.retrieve("Ship 7 sank", 8),
        lambda: list(library.add([Article("new", "A new one.")])),
        library.check,
    ):
        with pytest.raises(LibraryError, match="malformed") as caught:
            use()
        assert caught.value.hint == "restore it from a backup"


def test_a_catalog_that_another_program_writes_to_asks_for_no_room(
    folder: Path, opened: Callable[[], Library]
) -> None:
    library = opened()
    with library.catalog.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="cannot be written: database is locked") as caught:
            list(library.add([Article("new", "A new one.")]))
    assert caught.value.hint == "end what else has it open, and try again"


CATALOG_DAMAGE = {
    'UPDATE passages SET start = start + 7, "end" = "end" + 99999 WHERE id = 5': "whole sentences",
    'UPDATE passages SET "end" = "end" - 1 WHERE id = 5': "whole sentences",
    "DELETE FROM passages WHERE id = 5": "whole sentences",
    "UPDATE vectors SET vector = zeroblob(64) WHERE passage_id = 9": "1 vectors are not of 16",
    "UPDATE vectors SET vector = x'00' WHERE passage_id = 9": "1 vectors are not of 16",
    "DELETE FROM vectors WHERE passage_id = 9": "1 passages have lost their vector",
    "UPDATE versions SET text = text || '!' WHERE article_id = 'old' AND text NOT LIKE '%Three.'": (
        "the text of 'old', version"
    ),
    "UPDATE versions SET sentence_ends = x'0000' WHERE article_id = 'old'": "sentences of 'old'",
    "UPDATE versions SET sentence_ends = x'0500000004000000' WHERE article_id = 'a3'": (
        "the sentences of 'a3'"
    ),
}


@pytest.mark.parametrize("statement", CATALOG_DAMAGE)
def test_check_sees_what_is_wrong_in_the_catalog(
    folder: Path, opened: Callable[[], Library], statement: str
) -> None:
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as connection, connection:
        assert connection.execute(statement).rowcount >= 1
    assert CATALOG_DAMAGE[statement] in "\n".join(opened().check())


def test_rebuild_makes_vectors_again_that_are_none(
    folder: Path, opened: Callable[[], Library]
) -> None:
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as connection, connection:
        connection.execute("UPDATE vectors SET vector = zeroblob(64) WHERE passage_id < 9")
    library = opened()
    list(library.rebuild())
    assert library.check() == []


def test_an_index_that_is_only_behind_is_in_order(opened: Callable[[], Library]) -> None:
    library = opened()
    library.remove("a1")
    list(library.add([Article("a2", "Another text."), Article("new", "A new one.")]))
    assert library.backlog == 2
    assert library.check() == []
