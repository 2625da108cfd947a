"""The events of an answer, from a generator that works in threads to a client that may leave."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import aclosing, closing
from typing import TypeVar, cast

import anyio
from anyio import to_thread
from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from index.errors import LibraryError, NotFound, Overtaken, QAError
from qa.answer import Answer, CitationEvent, DoneEvent, ErrorEvent, Event, FinalEvent
from qa.api.offsets import Unit, answer_in_utf16, citation_in_utf16
from qa.service import Local

Item = TypeVar("Item")

PING_SECONDS = 10


class EventStream(EventSourceResponse):
    """Server-sent events; whatever ends the response ends the generator behind it."""

    def __init__(self, events: AsyncIterator[ServerSentEvent], grace_seconds: float) -> None:
        super().__init__(events, ping=PING_SECONDS, sep="\n", shutdown_grace_period=grace_seconds)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._events):  # type: ignore[type-var]
            await super().__call__(scope, receive, send)


async def stepped(items: Generator[Item, None, None]) -> AsyncIterator[Item]:
    """The items of a generator, each made in a thread; closed there, too, when it is left."""
    try:
        while (item := await to_thread.run_sync(next, items, None)) is not None:
            yield item
    finally:
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(items.close)


async def folded(events: Generator[Event, None, None], request: Request) -> Answer | None:
    """The whole answer; raises the error of an error event. None if the client has left."""
    async with aclosing(stepped(events)) as steps:  # type: ignore[type-var]
        async for event in steps:
            if isinstance(event, FinalEvent):
                return event.answer
            if isinstance(event, ErrorEvent):
                raise event.error()
            if await request.is_disconnected():
                break
    return None


def checked(events: Iterator[Event], service: Local, unit: Unit) -> Generator[Event, None, None]:
    """The events with offsets in `unit`, each citation verified against the catalog before.

    One that does not verify ends the answer with an error, and so does an article that is gone.
    """
    generator = cast(Generator[Event, None, None], events)
    try:
        with closing(generator):
            for event in generator:
                if isinstance(event, ErrorEvent) and event.kind == NotFound.__name__:
                    raise event.error()
                if isinstance(event, CitationEvent) and not service.verifies(event.citation):
                    raise LibraryError("a citation is not in its article", "run `qa check`")
                yield event if unit == "codepoints" else _in_utf16(event, service)
    except NotFound:
        yield from _ended(Overtaken("an article was removed while it was read", "ask again"))
    except QAError as error:
        yield from _ended(error)


def _ended(error: QAError) -> Iterator[Event]:
    kind = type(error).__name__
    yield ErrorEvent(kind=kind, message=error.message, hint=error.hint, status=error.status)
    yield DoneEvent()


def _in_utf16(event: Event, service: Local) -> Event:
    if isinstance(event, CitationEvent):
        return CitationEvent(citation=citation_in_utf16(event.citation, service.text))
    if isinstance(event, FinalEvent):
        return FinalEvent(answer=answer_in_utf16(event.answer, service.text))
    return event
