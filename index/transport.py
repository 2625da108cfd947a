"""An HTTP transport with an end: over all of an exchange, and over its bytes.

A read timeout starts anew with every byte, so a server that drips never trips it, and a stream
of comments never reaches the code above. Here a timer shuts the socket when the time is over.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import httpx2

MAX_BYTES = 4_000_000
"""Of a response where nobody says otherwise; a thousand times what an answer needs."""

POLL_SECONDS = 0.2
"""How soon a caller who left is noticed."""

LEFT: ContextVar[threading.Event | None] = ContextVar("LEFT", default=None)
"""Set by another thread when nobody waits any longer for what this one exchanges."""


class CallerLeft(BaseException):
    """Nobody waits for the answer. Like KeyboardInterrupt nothing that recovers catches it."""


def pause(seconds: float) -> None:
    """Sleep, but not for a caller who left. CallerLeft."""
    left = LEFT.get()
    if left is None:
        time.sleep(seconds)
    elif left.wait(seconds):
        raise CallerLeft


class GuardedTransport(httpx2.BaseTransport):
    """Ends each exchange after the read timeout of its request, counted from its beginning, or
    when its caller has left (`LEFT`).

    Every exchange has a connection of its own: of one kept alive the socket is not known before
    the first byte, and it may be half dead.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._inner = httpx2.HTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """ReadTimeout once the time is over, whatever the server sends. CallerLeft."""
        watch = _Watch(request.extensions["timeout"]["read"])
        request.extensions = {**request.extensions, "trace": watch.trace}
        try:
            watch.check()
            response = _uncompressed(self._inner.handle_request(request))
        except BaseException as error:
            watch.cancel()
            raise watch.told(error) from error
        response.stream = _Guarded(response.stream, watch, self._max_bytes)
        return response

    def close(self) -> None:
        """Give the connections back."""
        self._inner.close()


def _uncompressed(response: httpx2.Response) -> httpx2.Response:
    """The response, unless it is compressed, which nobody asked for: a few bytes may become any
    number. ReadError."""
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        response.close()
        raise httpx2.ReadError("the response is compressed")
    return response


class _Watch:
    """Shuts the connection of one exchange when its time is over or its caller has left."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._left = LEFT.get() or threading.Event()
        self._socket: socket.socket | None = None
        self._done = threading.Event()
        threading.Thread(target=self._wait, daemon=True).start()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Learn of the socket as the connection is made; TLS puts another in its place."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._over():
                self._shut()

    def cancel(self) -> None:
        self._done.set()

    def check(self) -> None:
        """ReadTimeout once the time is over. CallerLeft."""
        if self._over():
            raise self._reason()

    def told(self, error: BaseException) -> BaseException:
        """The error, or what it comes from if that is ours."""
        ours = isinstance(error, httpx2.TransportError) and self._over()
        return self._reason() if ours else error

    def _over(self) -> bool:
        return self._left.is_set() or time.monotonic() >= self._ends

    def _reason(self) -> BaseException:
        if self._left.is_set():
            return CallerLeft()
        return httpx2.ReadTimeout("the time for this exchange is over")

    def _wait(self) -> None:
        while not self._over():
            until_then = max(0.0, self._ends - time.monotonic())
            if self._done.wait(min(POLL_SECONDS, until_then)):
                return
        self._shut()

    def _shut(self) -> None:
        held = self._socket
        if held is not None and held.fileno() >= 0:
            with suppress(OSError):  # the other side may be quicker
                socket.socket.shutdown(held, socket.SHUT_RDWR)  # not TLS's, which would reset it


class _Guarded(httpx2.SyncByteStream):
    """A response's bytes, until the time is over or there are too many."""

    def __init__(self, inner: Any, watch: _Watch, max_bytes: int) -> None:
        self._inner = inner
        self._watch = watch
        self._max_bytes = max_bytes

    def __iter__(self) -> Iterator[bytes]:
        held = 0
        try:
            for part in self._inner:
                held += len(part)
                if held > self._max_bytes:
                    raise httpx2.ReadError(f"it is larger than {self._max_bytes:,} bytes")
                yield part
            self._watch.check()  # a shut socket may look like a normal end
        except httpx2.TransportError as error:
            raise self._watch.told(error) from error

    def close(self) -> None:
        self._watch.cancel()
        self._inner.close()
