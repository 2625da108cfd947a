"""A service that opens behind the prompt, as what it needs takes a second or more to load."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.results import ArticleRow
    from qa.service import Service


class BackgroundService:
    """Opens a service in a thread of its own, at once, and closes it there."""

    def __init__(self, open_service: "Callable[[], AbstractContextManager[Service]]") -> None:
        self._stack = ExitStack()
        self._thread = ThreadPoolExecutor(1, "background-service")
        self._opened = self._thread.submit(lambda: self._stack.enter_context(open_service()))
        self._listed = self._thread.submit(self._list)
        self._warm = self._thread.submit(self._warmed)

    @property
    def is_warm(self) -> bool:
        """Whether `asked` would not wait."""
        return self._warm.done()

    @property
    def service(self) -> "Service":
        """The service, for what needs no index. Waits; raises what opening it raised."""
        return self._opened.result()

    @property
    def asked(self) -> "Service":
        """The service, for a question: reader and indexes are loaded, too. Waits and raises."""
        self._warm.exception()  # what failed there fails again, and is told, where it is needed
        return self.service

    @property
    def trouble(self) -> BaseException | None:
        """What went wrong when the service was last looked at."""
        return self._warm.exception() if self._warm.done() else None

    @property
    def readers(self) -> list[str]:
        """The readers when they were last looked at; none while that takes."""
        return self._warm.result() if self._warm.done() and not self.trouble else []

    @property
    def articles(self) -> "list[ArticleRow]":
        """The articles when they were last looked at, newest first; none while that takes."""
        return self._listed.result() if self._listed.done() else []

    def look_again(self) -> None:
        """Look at the service and its articles anew, as they may have changed."""
        self._listed = self._thread.submit(self._list)
        self._warm = self._thread.submit(self._warmed)

    def when_open(self, tell: Callable[[BaseException | None], object]) -> None:
        """Call `tell` with what opening raised, and again once it is warm."""
        self._opened.add_done_callback(lambda opened: tell(opened.exception()))
        self._warm.add_done_callback(lambda _: tell(None))

    def close(self) -> None:
        """Wait for the thread and close the service."""
        try:
            self._thread.submit(self._stack.close).result()
        finally:
            self._thread.shutdown()

    def _warmed(self) -> list[str]:
        """Make the engine and open the indexes."""
        readers = self.service.readers
        _ = self.service.backlog
        return readers

    def _list(self) -> "list[ArticleRow]":
        with suppress(Exception):  # it is told where the service is asked for something
            return list(self.service.articles())
        return []
