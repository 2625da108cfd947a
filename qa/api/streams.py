"""From a generator that works in threads to a client that may leave."""

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, suppress
from typing import Any, TypeVar

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from qa.answer import Answer, ErrorEvent, Event, FinalEvent

Item = TypeVar("Item")

PING_SECONDS = 10

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
        super().__init__(events, ping=PING_SECONDS, sep="\n", shutdown_grace_period=grace_seconds)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._events):
            await super().__call__(scope, receive, send)


async def stepped(
    items: Generator[Item, None, None], threads: CapacityLimiter
) -> AsyncGenerator[Item, None]:
    """The items of a generator, each made in a thread; closed there, too, when it is left."""
    try:
        while (item := await to_thread.run_sync(next, items, None, limiter=threads)) is not None:
            yield item
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(_close, items, limiter=threads)


def _close(items: Generator[Item, None, None]) -> None:
    # When the process ends, a thread may still be in there; the generator goes with it.
    with suppress(ValueError):
        items.close()


async def folded(
    events: Generator[Event, None, None], threads: CapacityLimiter, request: Request
) -> Answer | None:
    """The whole answer; raises the error of an error event. None if the client has left."""
    async with aclosing(stepped(events, threads)) as steps:
        async for event in steps:
            if isinstance(event, FinalEvent):
                return event.answer
            if isinstance(event, ErrorEvent):
                raise event.error()
            if await request.is_disconnected():
                break
    return None
