"""From a generator that works in threads to a client that may leave."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Any

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from index.errors import ServiceUnavailable
from index.transport import LEFT, CallerLeft
from qa.answer import Answer, ErrorEvent, Event, FinalEvent
from qa.api.answers import ended

PING_SECONDS = 10

FAREWELL_SECONDS = 1
"""After the grace period, for a stream to say that it ends."""

EVENTS = "text/event-stream"

EVENT_SCHEMA = {
    "type": "object",
    "required": ["data"],
    "properties": {name: {"type": "string"} for name in ("event", "id", "data")},
}
"""One event, for the OpenAPI document; its data is JSON."""

STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {EVENTS: {"schema": EVENT_SCHEMA}}}}

CLIENT_LEFT = 499
"""The status of a response that nobody reads, for the log."""


class EventStream(EventSourceResponse):
    """Server-sent events; whatever ends the response ends the generator behind it."""

    def __init__(self, events: AsyncGenerator[ServerSentEvent, None], grace_seconds: float) -> None:
        super().__init__(
            events,
            ping=PING_SECONDS,
            sep="\n",
            shutdown_grace_period=grace_seconds + FAREWELL_SECONDS,
        )
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._events):
            await super().__call__(scope, receive, send)


class Steps:
    """Makes the events of all answers in threads, until the server has to stop."""

    def __init__(self, at_once: int) -> None:
        self._threads = CapacityLimiter(at_once)
        self._waiting: set[CancelScope] = set()
        self._over = False

    def stop(self) -> None:
        """End the answers that are not done with an error."""
        self._over = True
        for scope in self._waiting:
            scope.cancel()

    async def of(self, events: Generator[Event, None, None]) -> AsyncGenerator[Event, None]:
        """The events of a generator. Leaving it stops the work behind it, a silent model's, too.

        The thread is not waited for: it learns from `LEFT` that nobody listens.
        """
        left = threading.Event()
        try:
            while not self._over:
                event = None
                with CancelScope() as scope, self._known(scope):
                    event = await to_thread.run_sync(
                        _next, events, left, abandon_on_cancel=True, limiter=self._threads
                    )
                if event is None and not scope.cancelled_caught:
                    return
                if event is not None:
                    yield event
            for event in ended(ServiceUnavailable("the server is stopping", "ask again")):
                yield event
        finally:
            left.set()
            with CancelScope(shield=True):
                await to_thread.run_sync(_close, events, limiter=self._threads)

    @contextmanager
    def _known(self, scope: CancelScope) -> Iterator[None]:
        self._waiting.add(scope)
        try:
            yield
        finally:
            self._waiting.remove(scope)


def _next(events: Generator[Event, None, None], left: threading.Event) -> Event | None:
    LEFT.set(left)
    try:
        return next(events, None)
    except CallerLeft:
        return None


def _close(events: Generator[Event, None, None]) -> None:
    # A thread may still be in there; then the generator ends with it.
    with suppress(ValueError):
        events.close()


async def folded(events: AsyncGenerator[Event, None], request: Request) -> Answer | None:
    """The whole answer; raises the error of an error event. None if the client has left."""
    reading = asyncio.create_task(_folded(events))
    leaving = asyncio.create_task(_has_left(request))
    try:
        await asyncio.wait([reading, leaving], return_when=asyncio.FIRST_COMPLETED)
        return reading.result() if reading.done() else None
    finally:
        leaving.cancel()
        reading.cancel()
        await asyncio.wait([reading, leaving])


async def _folded(events: AsyncGenerator[Event, None]) -> Answer | None:
    async with aclosing(events):
        async for event in events:
            if isinstance(event, FinalEvent):
                return event.answer
            if isinstance(event, ErrorEvent):
                raise event.error()
    return None


async def _has_left(request: Request) -> None:
    """Returns when the client has; its body has been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
