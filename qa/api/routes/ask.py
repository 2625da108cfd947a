"""`POST /ask`: a question to its cited answer, whole or as it is written."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import count
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field
from sse_starlette import ServerSentEvent

from qa.answer import (
    MAX_TURNS,
    Answer,
    CitationEvent,
    DeltaEvent,
    ErrorEvent,
    Event,
    FinalEvent,
)
from qa.api.answers import ended
from qa.api.auth import may_ask
from qa.api.bodies import read_as, received, takes
from qa.api.dependencies import Body, FilterBody, Offsets, Said, Text, dependencies_of
from qa.api.limits import answering
from qa.api.problems import problem, statuses, unexpected
from qa.api.streams import CLIENT_LEFT, EVENTS, STREAMED, EventStream, folded

router = APIRouter(tags=["questions"])


class Question(Body):
    """What is asked."""

    question: Text
    history: list[Said] = Field([], max_length=MAX_TURNS, fail_fast=True)
    """The conversation so far, oldest first."""
    filters: FilterBody = FilterBody()
    reader: Text = ""
    """One of the `readers` of `/info`; the first by default."""
    strictness: float | None = Field(None, ge=0, le=1)
    """How likely an answer has to be right to be given, 0 to 1; the server's own by default."""
    stream: bool = False
    """Send events even if the request does not accept `text/event-stream`."""


@router.post(
    "/ask",
    response_model=Answer,
    dependencies=[Depends(may_ask), Depends(received), Depends(answering)],
    responses=statuses(400, 401, 403, 404, 413, 422, 429, 500, 502, 503, 504) | STREAMED,
    openapi_extra=takes(Question),
)
async def ask(
    request: Request,
    body: Annotated[Question, Depends(read_as(Question))],
    accept: Annotated[str, Header()] = "",
    offsets: Offsets = "codepoints",
) -> Response:
    """Answer a question from the articles.

    "The articles do not say" is an answer, with `answerable` false; `certainty` tells whether
    passages are `close` then, or `none` is. Offsets are half-open: a
    statement's index `answer`, a citation's the text of one version of one article, in Unicode
    code points (`?offsets=utf16`: in UTF-16 code units).

    As events (`Accept: text/event-stream`, or `stream`): `meta`, then `citation` and `delta` as
    they come (a citation before the text that uses it; the deltas joined are `answer`), `final`
    with the whole answer or `error` with a problem, and `done` whatever happened.
    """
    app = dependencies_of(request)
    events = app.answers.stream(
        body.question,
        body.filters.filters(),
        body.history,
        body.reader,
        offsets,
        body.strictness,
    )
    if body.stream or EVENTS in accept:
        sent = _sent(app.steps.of(events), request)
        return EventStream(sent, app.settings.grace_seconds)
    answer = await folded(app.steps.of(events), request)
    return JSONResponse(answer.model_dump()) if answer else Response(status_code=CLIENT_LEFT)


async def _sent(
    events: AsyncGenerator[Event, None], request: Request
) -> AsyncGenerator[ServerSentEvent, None]:
    numbers = count(1)
    try:
        async with aclosing(events):
            async for event in events:
                yield _event(event, next(numbers), request)
    except Exception as error:  # the response has begun, so no handler can tell how it ends
        for event in ended(unexpected(error, request)):
            yield _event(event, next(numbers), request)


def _event(event: Event, number: int, request: Request) -> ServerSentEvent:
    data = _data(event, request)
    return ServerSentEvent(data, event=event.event, id=str(number), sep="\n")


def _data(event: Event, request: Request) -> str:
    """What goes over the wire of an event: JSON on one line."""
    match event:
        case CitationEvent():
            return event.citation.model_dump_json()
        case FinalEvent():
            return event.answer.model_dump_json()
        case ErrorEvent():
            return problem(event.error(), request).model_dump_json(exclude={"error"})
        case DeltaEvent():
            return event.model_dump_json(exclude={"event"}, exclude_none=True)
    return event.model_dump_json(exclude={"event"})
