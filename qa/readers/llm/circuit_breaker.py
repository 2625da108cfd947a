"""Leaves a failing model alone for a while, so that questions do not wait for it in vain.

Not a library's: those at hand count a caller who leaves as a failure, or let every waiting
question through at once when the pause is over.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.errors import ContextOverflow, ModelError

FAILURES = 5
"""So many in a row, and the model is left alone."""

PAUSE_SECONDS = 30.0


class CircuitBreaker:
    """Counts failures in a row. After a pause one call tries again, the others still wait."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0

    @contextmanager
    def call(self) -> Iterator[None]:
        """A call to the model. ModelError at once while it is left alone."""
        self._enter()
        try:
            yield
        except ContextOverflow:
            self._settle(failures=0)  # it is there, and says what it cannot take
            raise
        except ModelError:
            self._settle(self._failures + 1)
            raise
        self._settle(failures=0)

    def _enter(self) -> None:
        with self._lock:
            if self._failures >= FAILURES:
                left = self._closed_until - self._clock()
                if left > 0:
                    raise ModelError(
                        f"{self._name} failed {self._failures} times and is left alone for "
                        f"{left:.0f} s",
                        "check its server",
                    )
                self._closed_until = self._clock() + PAUSE_SECONDS  # this call is the one to try

    def _settle(self, failures: int) -> None:
        with self._lock:
            self._failures = failures
            if failures:
                self._closed_until = self._clock() + PAUSE_SECONDS
