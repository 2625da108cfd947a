"""A follower brings an index up to date with the catalog's change log.

One loop serves crash recovery, the vector backlog and a rebuild: start from the place that the
catalog remembers for this generation of the index, apply changes in order, remember how far.
"""

import threading
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from index.catalog import Catalog
from index.rows import Change

CHANGES_AT_ONCE = 256
"""Changes read from the log at a time."""

PASSAGES_AT_ONCE = 256
"""A batch closes once it holds so many passages: what a stop or a crash repeats at most, save
for one article that is larger by itself."""


class Index(Protocol):
    """What a follower keeps up to date. Applying a change twice leaves what once leaves."""

    name: str
    generation: str
    """Named anew whenever the index is made from nothing."""

    def apply(self, batch: Sequence[Change]) -> None:
        """Forget the passages of each change, then add those that the catalog has in sight.

        On return the result is on the disk.
        """

    def clear(self) -> None:
        """Forget everything, under a new generation."""


Followed = TypeVar("Followed", bound=Index)


class Follower(Generic[Followed]):
    """Brings one index up to date. Calls from several threads take turns, batch by batch."""

    def __init__(self, catalog: Catalog, index: Followed) -> None:
        self.index = index
        self._catalog = catalog
        self._lock = threading.Lock()

    def catch_up(self) -> Iterator[int]:
        """Apply what is outstanding, batch by batch; yields the passages of each batch.

        May be left between batches; the next call goes on there.
        """
        while batch := self._apply_next():
            yield sum(len(change.passages) for change in batch)

    def begin_anew(self) -> Iterator[int]:
        """The same from nothing."""
        with self._lock:
            self.index.clear()
        yield from self.catch_up()

    def position(self) -> int:
        """The number of the last change that the index holds."""
        return self._catalog.position(self.index.name, self.index.generation)

    def _apply_next(self) -> Sequence[Change]:
        """One batch, applied; empty when nothing is left."""
        with self._lock:
            batch = _batch(self._catalog.changes(self.position(), CHANGES_AT_ONCE))
            if batch:
                self.index.apply(batch)
                self._catalog.advance(self.index.name, self.index.generation, batch[-1].seq)
            return batch

    def waiting(self) -> set[int]:
        """The ids of all passages that changes after that add or remove."""
        return self._catalog.passages_changed_after(self.position())


def _batch(changes: Sequence[Change]) -> Sequence[Change]:
    """The first of the changes, as many as belong in a batch."""
    passages = accumulate(len(change.passages) for change in changes)
    full = (place for place, count in enumerate(passages, 1) if count >= PASSAGES_AT_ONCE)
    return changes[: next(full, len(changes))]
