"""An HTTP transport with an end: over all of an exchange, and over its bytes.

A read timeout starts anew with every byte, so a server that drips never trips it, and a stream
of comments never reaches the code above. Here a timer shuts the socket when the time is over.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx2

MAX_BYTES = 4_000_000
"""Of a response; a thousand times what an answer needs."""


class GuardedTransport(httpx2.BaseTransport):
    """Ends each exchange after the read timeout of its request, counted from its beginning.

    Every exchange has a connection of its own: of one kept alive the socket is not known before
    the first byte, and it may be half dead.
    """

    def __init__(self) -> None:
        self._inner = httpx2.HTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """ReadTimeout once the time is over, whatever the server sends."""
        watch = _Watch(request.extensions["timeout"]["read"])
        request.extensions = {**request.extensions, "trace": watch.trace}
        try:
            response = self._inner.handle_request(request)
        except BaseException as error:
            watch.cancel()
            raise watch.told(error) from error
        response.stream = _Guarded(response.stream, watch)
        return response

    def close(self) -> None:
        """Give the connections back."""
        self._inner.close()


class _Watch:
    """Shuts the connection of one exchange when its time is over."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._timer.start()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Learn of the socket as the connection is made; TLS puts another in its place."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if time.monotonic() >= self._ends:
                self._shut()

    def cancel(self) -> None:
        self._timer.cancel()

    def check(self) -> None:
        """ReadTimeout once the time is over."""
        if time.monotonic() >= self._ends:
            raise httpx2.ReadTimeout("the time for this exchange is over")

    def told(self, error: BaseException) -> BaseException:
        """The error, or a timeout if that is what it comes from."""
        late = isinstance(error, httpx2.TransportError) and time.monotonic() >= self._ends
        return httpx2.ReadTimeout("the time for this exchange is over") if late else error

    def _shut(self) -> None:
        held = self._socket
        if held is not None and held.fileno() >= 0:
            with suppress(OSError):  # the other side may be quicker
                socket.socket.shutdown(held, socket.SHUT_RDWR)  # not TLS's, which would reset it


class _Guarded(httpx2.SyncByteStream):
    """A response's bytes, until the time is over or there are too many."""

    def __init__(self, inner: Any, watch: _Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        held = 0
        try:
            for part in self._inner:
                held += len(part)
                if held > MAX_BYTES:
                    raise httpx2.ReadError(f"the response is larger than {MAX_BYTES:,} bytes")
                yield part
            self._watch.check()  # a shut socket may look like a normal end
        except httpx2.TransportError as error:
            raise self._watch.told(error) from error

    def close(self) -> None:
        self._watch.cancel()
        self._inner.close()
