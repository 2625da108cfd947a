"""What is true of every request and response: a number, a line in the log, and headers."""

import secrets
import time
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import QAError, TooLarge
from qa.api.auth import Neighbours
from qa.api.logs import Log
from qa.api.problems import answered
from qa.api.routes.prometheus import Metrics

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Requests:
    """Gives each request an id and each response its headers; refuses strangers; keeps the log."""

    def __init__(
        self,
        app: ASGIApp,
        log: Log,
        metrics: Metrics,
        neighbours: Neighbours | None,
        max_bytes: Callable[[str], int],
        stop: Callable[[], None],
    ) -> None:
        """`app` with its own handling of errors, so that their responses have all this, too.

        Without `neighbours`, requests of any host and origin go through. `max_bytes` gives the
        largest body of a path: what is announced as larger is refused here, because FastAPI does
        so in plain text. It counts those that announce nothing.
        """
        self._app = app
        self._max_bytes = max_bytes
        self.stop = stop
        """Ends the answers that are being written."""
        self._log = log
        self._metrics = metrics
        self._neighbours = neighbours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = _Sent(send, scope)
        refusal = self._refusal(scope)
        app = answered(refusal, Request(scope)) if refusal else self._app
        try:
            await app(scope, receive, sent.send)
        finally:
            self._tell(scope, sent)

    def _refusal(self, scope: Scope) -> QAError | None:
        headers = Headers(scope=scope)
        refusal = self._neighbours.refusal(headers) if self._neighbours else None
        announced = int(headers.get("content-length", 0))  # digits, or uvicorn refuses
        if refusal is None and announced > self._max_bytes(scope["path"]):
            return TooLarge("the body is too large", "send less at a time")
        return refusal

    def _tell(self, scope: Scope, sent: "_Sent") -> None:
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.request(scope["method"], route, sent.status)
        self._log.info(
            "request",
            request_id=sent.request_id,
            method=scope["method"],
            route=route,
            status=sent.status,
            complete=sent.complete,
            ms=round((time.perf_counter() - sent.started) * 1000, 1),
            caller=scope["state"].get("caller", ""),
        )


class _Sent:
    """What was sent of one response."""

    def __init__(self, send: Send, scope: Scope) -> None:
        self._send = send
        self.started = time.perf_counter()
        self.status = 0
        self.complete = False
        self.request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        """Pass a message on, with the headers that every response has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        self.complete = not message.get("more_body", message["type"] != "http.response.body")
        await self._send(message)
