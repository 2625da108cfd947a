"""An indexer brings an index up to date with the catalog's change log.

One loop serves crash recovery, the vector backlog and a rebuild: start from the place that the
catalog remembers for this generation of the index, apply changes in order, remember how far.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from index.catalog.catalog import Catalog
from index.catalog.mapping import Change

CHANGES_AT_ONCE = 256
"""Changes read from the log at a time."""


class SearchIndex(Protocol):
    """What an indexer keeps up to date. Applying a change twice leaves what once leaves."""

    name: str
    generation: str
    """Named anew whenever the index is made from nothing."""
    passages_at_once: int
    """The most passages of a batch: who wants to stop waits for one."""

    def apply(self, batch: Sequence[Change]) -> None:
        """Forget the passages of each change, then add those that the catalog has in sight.

        A change may be a part of one, with some of its passages. On return the result is on the
        disk.
        """

    def outdated(self) -> range:
        """Passages to apply again, at most `passages_at_once`, though nothing changed them; empty
        if there are none. Those that have been applied are none."""

    def clear(self) -> None:
        """Forget everything, under a new generation."""


Indexed = TypeVar("Indexed", bound=SearchIndex)


class Indexer(Generic[Indexed]):
    """Brings one index up to date. Calls from several threads take turns, batch by batch."""

    def __init__(self, catalog: Catalog, index: Indexed) -> None:
        self.index = index
        self._catalog = catalog
        self._lock = threading.Lock()

    def catch_up(self) -> Iterator[int]:
        """Apply what is outstanding, batch by batch; yields the passages of each batch.

        May be left between batches; the next call goes on there, or at the beginning of a change
        of which only a part was applied. What is outdated is applied again where nothing else is
        outstanding.
        """
        yield from self._apply_changes()
        while count := self._apply_outdated():
            yield count
            yield from self._apply_changes()

    def _apply_outdated(self) -> int:
        with self._lock:
            if passages := self.index.outdated():
                self.index.apply([Change(0, "added", "", "", passages)])
            return len(passages)

    def _apply_changes(self) -> Iterator[int]:
        while changes := self._catalog.changes((place := self._place())[1], CHANGES_AT_ONCE):
            for batch, seq in _batches(changes, place[1], self.index.passages_at_once):
                with self._lock:
                    if self._place() != place:  # another thread has gone on meanwhile
                        break
                    self.index.apply(batch)
                    self._catalog.advance(self.index.name, self.index.generation, seq)
                    place = self._place()
                yield sum(len(change.passages) for change in batch)

    def begin_anew(self) -> Iterator[int]:
        """The same from nothing."""
        with self._lock:
            self.index.clear()
        yield from self.catch_up()

    def position(self) -> int:
        """The number of the last change that the index holds."""
        return self._catalog.position(self.index.name, self.index.generation)

    def _place(self) -> tuple[str, int]:
        return self.index.generation, self.position()

    def waiting(self) -> set[int]:
        """The ids of all passages that changes after that add or remove."""
        return self._catalog.passages_changed_after(self.position())


def _batches(changes: Sequence[Change], seq: int, most: int) -> Iterator[tuple[list[Change], int]]:
    """The changes in order, larger ones in parts, in batches of at most so many passages; with
    each the number of the last change that is whole by then, `seq` if none is."""
    batch: list[Change] = []
    room = most
    for change in changes:
        for part in _parts(change, most):
            if len(part.passages) > room:
                yield batch, seq
                batch, room = [], most
            batch.append(part)
            room -= len(part.passages)
            if part.passages.stop == change.passages.stop:
                seq = change.seq
    yield batch, seq


def _parts(change: Change, most: int) -> Iterator[Change]:
    """The change, so many of its passages at a time; once if it has none."""
    for at in range(0, max(1, len(change.passages)), most):
        yield replace(change, passages=change.passages[at : at + most])
