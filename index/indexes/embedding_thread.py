"""The thread that keeps the vectors up with the articles."""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from index.errors import QAError
from index.indexes.indexer import Indexer
from index.indexes.vector_index import VectorIndex
from index.transport import LEFT, CallerLeft

_LOOK_SECONDS = 0.5
"""How often it looks for articles without vectors."""

_MOST_SECONDS = 60.0
"""How long it waits, at most, before it tries again what has failed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failing:
    """Since when no vectors are made, in UTC, and what failed last."""

    since: datetime
    error: str


class EmbeddingThread:
    """Works off the backlog of a vector index until it is told to stop."""

    def __init__(self, indexer: Callable[[], Indexer[VectorIndex]]) -> None:
        """`indexer` opens the index when it is first needed."""
        self._indexer = indexer
        self._stop = threading.Event()
        self._left = threading.Event()
        self._ends = math.inf
        self._thread: threading.Thread | None = None
        self.failing: Failing | None = None
        """What keeps it from going on; None if nothing does."""

    def start(self) -> None:
        """Begin, unless it has."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="embedding")
            self._thread.start()

    def stop(self, seconds: float = math.inf) -> None:
        """End after the batch that is being embedded; `ended` waits for that so long from now."""
        self._ends = min(self._ends, time.monotonic() + seconds)
        self._stop.set()

    def ended(self) -> bool:
        """Whether it has ended in the time that `stop` gave it. If not it writes no more."""
        if self._thread is None:
            return True
        left = max(0.0, self._ends - time.monotonic())
        self._thread.join(min(left, threading.TIMEOUT_MAX))
        if self._thread.is_alive():
            self._left.set()
        return not self._thread.is_alive()

    def _run(self) -> None:
        """What fails is told, and tried again, less and less often; nothing is lost meanwhile."""
        LEFT.set(self._left)
        pause = _LOOK_SECONDS
        while not self._stop.wait(pause):
            try:
                self._catch_up()
                pause, self.failing = _LOOK_SECONDS, None
            except CallerLeft:
                return
            except BaseException as error:  # a panic of Rust code is no Exception
                pause = min(_MOST_SECONDS, pause * 2)
                self._failed(error)

    def _catch_up(self) -> None:
        indexer = self._indexer()
        began = indexer.position()
        for _ in indexer.catch_up():
            if self._stop.is_set():
                return
            if self.failing and indexer.position() > began:
                self.failing = None

    def _failed(self, error: BaseException) -> None:
        """An error that is not ours is told by its kind: its words may quote an article."""
        _log.warning("embedding failed", exc_info=error)
        told = error.message if isinstance(error, QAError) else type(error).__name__
        since = self.failing.since if self.failing else datetime.now(UTC)
        self.failing = Failing(since.replace(microsecond=0), told)
