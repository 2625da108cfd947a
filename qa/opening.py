"""A service that opens behind the prompt, as what it needs takes a second or more to load."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from typing import TYPE_CHECKING

from index.errors import QAError

if TYPE_CHECKING:
    from qa.rows import ArticleRow
    from qa.service import Service


class Opening:
    """Opens a service in a thread of its own, at once, and closes it there."""

    def __init__(self, open_service: "Callable[[], AbstractContextManager[Service]]") -> None:
        self._stack = ExitStack()
        self._thread = ThreadPoolExecutor(1, "opening")
        self._opened = self._thread.submit(lambda: self._stack.enter_context(open_service()))
        self._warm = self._thread.submit(self._warmed)
        self._listed = self._thread.submit(self._list)

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
        self._warm.result()
        return self.service

    @property
    def articles(self) -> "list[ArticleRow]":
        """The articles when they were last looked at, newest first; none while that takes."""
        return self._listed.result() if self._listed.done() else []

    @property
    def trouble(self) -> QAError | None:
        """What went wrong when the service was last looked at."""
        return self._warm.result() if self._warm.done() else None

    def look_again(self) -> None:
        """Look at the service and its articles anew, as they may have changed."""
        self._warm = self._thread.submit(self._warmed)
        self._listed = self._thread.submit(self._list)

    def when_open(self, tell: Callable[[BaseException | None], object]) -> None:
        """Call `tell` with what opening raised, and again once the articles are known."""
        self._opened.add_done_callback(lambda opened: tell(opened.exception()))
        self._listed.add_done_callback(lambda _: tell(None))

    def close(self) -> None:
        """Wait for the thread and close the service."""
        self._thread.submit(self._stack.close).result()
        self._thread.shutdown()

    def _warmed(self) -> QAError | None:
        """Make the engine and open the indexes; what fails here fails again where it is needed."""
        service = self.service
        try:
            assert service.readers
            assert service.backlog >= 0
        except QAError as error:
            return error
        return None

    def _list(self) -> "list[ArticleRow]":
        with suppress(QAError):
            return list(self.service.articles())
        return []
