"""The thread that embeds: what fails does not end it, and it holds nobody's end up."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.indexes.embedding_thread import EmbeddingThread
from index.indexes.indexer import Indexer
from index.indexes.vector_index import VectorIndex
from index.library import Library
from index.model import Article
from tests.index.test_damage import Scattered


class Panic(BaseException):
    """As Rust's code has it: no Exception."""


class Passing(Scattered):
    """Fails with one error for passages, until it is told to work."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.works = threading.Event()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if texts != ["question"] and not self.works.is_set():
            raise self.error
        return super().encode(texts)


def wait_until(true: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.mark.parametrize("error", [ValueError("quotes"), MemoryError("quotes"), Panic("quotes")])
def test_any_error_is_told_until_it_has_passed(tmp_path: Path, error: BaseException) -> None:
    encoder = Passing(error)
    library = Library(tmp_path, encoder)
    list(library.add([Article("a", "The ship sank.")]))
    library.embed_behind()
    try:
        wait_until(lambda: library.embedding_failing)
        failing = library.embedding_failing
        assert failing is not None
        (told,) = library.retrieve("question", 8).notices
        since = f"{failing.since:%F %T} UTC"
        assert told == f"embedding has failed since {since}; {type(error).__name__}"
        encoder.works.set()
        wait_until(lambda: not library.embedding_failing)
        assert library.backlog == 0
        assert library.retrieve("question", 8).notices == ()
    finally:
        library.close()


def test_an_index_that_panics_when_it_is_opened_does_not_end_the_thread(tmp_path: Path) -> None:
    library = Library(tmp_path, Scattered())
    list(library.add([Article("a", "The ship sank.")]))
    panics = threading.Event()
    panics.set()

    def opened() -> Indexer[VectorIndex]:
        if panics.is_set():
            raise Panic
        return library._vector_indexer

    thread = EmbeddingThread(opened)
    thread.start()
    try:
        wait_until(lambda: thread.failing)
        panics.clear()
        wait_until(lambda: not thread.failing)
        assert library.backlog == 0
    finally:
        thread.stop()
        assert thread.ended()
        library.close()


class Hanging(Scattered):
    """Takes its time over passages: until it is told to end."""

    def __init__(self) -> None:
        self.asked, self.ends = threading.Event(), threading.Event()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.set()
        assert self.ends.wait(60)
        return super().encode(texts)


def test_a_batch_that_does_not_end_is_left_and_not_written(tmp_path: Path) -> None:
    encoder = Hanging()
    library = Library(tmp_path, encoder)
    list(library.add([Article("a", "The ship sank.")]))
    library.embed_behind()
    assert encoder.asked.wait(60)
    library.stop_embedding(0)
    library.close()
    again = Library(tmp_path, Scattered())
    encoder.ends.set()
    wait_until(lambda: all(thread.name != "embedding" for thread in threading.enumerate()))
    assert again.catalog.embedded_ids() == []
    list(again.embed())
    assert again.check() == []
    again.close()


class Deleting(Scattered):
    """Has an article deleted while its second batch is being embedded."""

    library: Library
    asked = 0
    embedded = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += 1
        self.embedded += len(texts)
        if self.asked == 2:
            self.library.remove("long")
        return super().encode(texts)


def test_an_article_that_is_deleted_meanwhile_is_embedded_no_further(tmp_path: Path) -> None:
    encoder = Deleting()
    library = encoder.library = Library(tmp_path, encoder)
    list(library.add([Article("long", "The ship sank in the harbour at night. " * 10_000)]))
    assert library.backlog > 400
    list(library.embed())
    assert encoder.embedded <= 128
    assert library.backlog == 0
    assert library.check() == []
    library.close()


def test_an_embedding_that_is_left_in_an_article_goes_on_with_what_lacks_a_vector(
    tmp_path: Path,
) -> None:
    encoder = Scattered()
    library = Library(tmp_path, encoder)
    list(library.add([Article("long", "The ship sank in the harbour at night. " * 3_000)]))
    counts = library.embed()
    assert next(counts) + next(counts) == len(library.catalog.embedded_ids()) == 128
    before = library.catalog.vectors(library.catalog.embedded_ids())
    library.close()
    library = Library(tmp_path, encoder)
    list(library.embed())
    after = library.catalog.vectors(before)
    assert all(np.array_equal(after[id_], before[id_]) for id_ in before)
    assert library.check() == []
    library.close()
