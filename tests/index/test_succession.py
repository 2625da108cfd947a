"""A library that was made with the encoder before this one: it answers, and is embedded anew."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.encoder import SUCCEEDS
from index.encoder.minilm import MiniLM
from index.indexes.vector_index import VectorIndex
from index.library import Library
from index.model import Article
from tests.index.indexes.test_embedding_thread import wait_until
from tests.index.test_damage import Scattered

COUNT = 200
"""Of more than three batches of the vector index."""

ENCODER, FORMER = MiniLM.name, SUCCEEDS[MiniLM.name]


class Successor(Scattered):
    """Counts the texts that it was given, and is told of each batch."""

    name = ENCODER

    def __init__(self, told: Callable[[], object] = lambda: None) -> None:
        self.count, self._told = 0, told

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._told()
        self.count += len(texts)
        return super().encode(texts)


class Former(Scattered):
    """As the successor, but that every vector points the other way."""

    name = FORMER

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return -super().encode(texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a library of the former encoder, closed."""
    library = Library(tmp_path / "library", Former())
    list(library.add(Article(f"a{n}", f"Ship {n} sank.") for n in range(COUNT)))
    list(library.embed())
    library.close()
    return library.folder


def vectors(library: Library) -> NDArray[np.float32]:
    held = library.catalog.vectors(library.catalog.passage_ids())
    return np.stack([held[id_] for id_ in sorted(held)])


def wanted(library: Library) -> NDArray[np.float32]:
    found = library.catalog.passage_records(library.catalog.passage_ids())
    return Scattered().encode([found[id_].text for id_ in sorted(found)])


def test_it_answers_by_the_vectors_it_has_and_makes_them_anew(folder: Path) -> None:
    library = Library(folder, Successor())
    found = library.retrieve("Ship 7 sank.", 8)
    assert found.notices == ()
    assert any(hit.dense_rank for hit in found.hits)
    assert (library.former_vectors, library.former_encoder) == (COUNT, FORMER)
    assert (library.backlog, library.lost, library.check()) == (0, False, [])
    assert sum(library.embed()) >= COUNT
    assert library.former_vectors == 0
    assert np.array_equal(vectors(library), wanted(library))
    (hit,) = (h for h in library.retrieve("Ship 7 sank.", 99).hits if h.dense_rank == 1)
    assert hit.record.text == "Ship 7 sank."
    assert library.check() == []
    library.close()
    again = Library(folder, Successor())
    assert (again.former_vectors, list(again.embed())) == (0, [])
    again.close()


def test_the_thread_does_it_too(folder: Path) -> None:
    library = Library(folder, Successor())
    library.embed_behind()
    wait_until(lambda: not library.former_vectors)
    assert np.array_equal(vectors(library), wanted(library))
    library.close()


def test_killed_in_the_middle_it_goes_on(folder: Path) -> None:
    script = f"""if True:
        from pathlib import Path
        from index.library import Library
        from tests.index.test_succession import Successor, killed_at
        list(Library(Path({str(folder)!r}), Successor(killed_at(3))).embed())
    """
    done = subprocess.run([sys.executable, "-c", script])
    assert done.returncode == -signal.SIGKILL
    encoder = Successor()
    library = Library(folder, encoder)
    left = library.former_vectors
    assert 0 < left <= COUNT - 2 * VectorIndex.passages_at_once
    list(library.embed())
    assert encoder.count <= left + VectorIndex.passages_at_once  # of the batch it was killed in
    assert np.array_equal(vectors(library), wanted(library))
    assert library.check() == []
    library.close()


def killed_at(batch: int) -> Callable[[], None]:
    """What kills the process at its so-many-th call."""
    left = iter(range(batch - 1))

    def told() -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    return told


def test_what_is_added_meanwhile_comes_first(folder: Path) -> None:
    library = Library(folder, Successor())
    batches = library.embed()
    next(batches)
    list(library.add([Article("new", "A bridge fell.")]))
    assert next(batches) == 1
    assert (library.backlog, library.former_vectors > 0) == (0, True)
    list(batches)
    assert library.check() == []
    library.close()


def test_what_is_removed_or_changed_meanwhile_is_not_made_anew(folder: Path) -> None:
    encoder = Successor()
    library = Library(folder, encoder)
    library.remove("a0")
    list(library.add([Article("a1", "Ship 1 was saved.")]))
    list(library.embed())
    assert library.former_vectors == 0
    assert encoder.count == COUNT - 1
    assert np.array_equal(vectors(library), wanted(library))
    assert library.check() == []
    library.close()


def test_a_lost_index_or_a_rebuild_in_the_middle_ends_with_new_vectors(folder: Path) -> None:
    library = Library(folder, Successor())
    next(library.embed())
    list(library.rebuild())
    assert (library.former_vectors, library.check()) == (0, [])
    assert np.array_equal(vectors(library), wanted(library))
    library.close()
