"""OpenAI's dialect: `/v1/chat/completions` and `/v1/models`, so its clients can use the service.

The models are the readers. Citations come as `annotations` of the message, each with what `[n]`
rests on, and as a list of sources at the end of the text, for clients that show text only.
"""

import json
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import ServerSentEvent

from index.errors import InputError, NotFound
from index.model import Filters
from qa.answer import MAX_TURNS, Answer, Citation, DeltaEvent, ErrorEvent, Event, FinalEvent, Turn
from qa.api.auth import may_ask
from qa.api.bodies import read_as, received, takes
from qa.api.dependencies import Service, Text, dependencies_of
from qa.api.limits import answering
from qa.api.problems import problem, statuses, unexpected
from qa.api.streams import CLIENT_LEFT, STREAMED, EventStream, folded

DEFAULT_MODEL = "qa"
"""The model that stands for the reader who reads unless another one is asked for."""

SOURCES = "\n\nSources:\n"

ALL_ARTICLES = Filters()

router = APIRouter(prefix="/v1", tags=["OpenAI's dialect"])


class TextPart(BaseModel):
    """A piece of a message; others than text are not understood."""

    type: Literal["text"]
    text: Text


class Message(BaseModel):
    """What was said. What `system` and `developer` say is not followed: the articles rule."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text | Annotated[list[TextPart], Field(fail_fast=True)] | None = None

    def text(self) -> str:
        """All of it."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content or ())


class Completion(BaseModel):
    """A request as OpenAI's clients send it; what is not named here is not looked at."""

    model_config = ConfigDict(extra="ignore")

    model: str = DEFAULT_MODEL
    messages: Annotated[list[Message], Field(min_length=1, fail_fast=True)]
    stream: bool = False
    stream_options: dict[str, Any] | None = None
    n: Literal[1] | None = None


@router.get("/models", dependencies=[Depends(may_ask)], responses=statuses(401, 403, 422, 429, 500))
def models(service: Service) -> dict[str, Any]:
    """The readers, as models."""
    return {"object": "list", "data": [_model(n) for n in (DEFAULT_MODEL, *service.readers)]}


@router.get(
    "/models/{model:path}",
    dependencies=[Depends(may_ask)],
    responses=statuses(401, 403, 404, 422, 429, 500),
)
def one_model(service: Service, model: str) -> dict[str, Any]:
    """A reader, as a model."""
    _reader(model, service.readers)
    return _model(model)


@router.post(
    "/chat/completions",
    dependencies=[Depends(may_ask), Depends(received), Depends(answering)],
    responses=statuses(400, 401, 403, 404, 413, 422, 429, 500, 502, 503, 504) | STREAMED,
    openapi_extra=takes(Completion),
)
async def complete(
    request: Request, body: Annotated[Completion, Depends(read_as(Completion))]
) -> Response:
    """Answer the last message, which has to be the user's, in the light of those before.

    Each annotation of the answer is OpenAI's `url_citation` (its indexes say where `[n]` stands
    in `content`) with `citation` beside it, which is the same object that `/ask` gives. Offsets
    are code points. `usage` counts nothing: 0 tokens.
    """
    app = dependencies_of(request)
    question, history = _asked(body.messages)
    reader = _reader(body.model, app.service.readers)
    events = app.answers.stream(question, ALL_ARTICLES, history, reader)
    shape = _Shape(f"chatcmpl-{request.state.request_id}", int(time.time()), body.model)
    if body.stream:
        usage = bool((body.stream_options or {}).get("include_usage"))
        sent = _sent(app.steps.of(events), shape, usage, request)
        return EventStream(sent, app.settings.grace_seconds)
    answer = await folded(app.steps.of(events), request)
    if answer is None:
        return Response(status_code=CLIENT_LEFT)
    return JSONResponse(shape.whole(answer))


def sources(citations: Sequence[Citation]) -> str:
    """The end of an answer's text: what each number stands for."""
    lines = (f"[{one.n}] {_origin(one)}\n    “{_plain(one.quote)}”" for one in citations)
    return SOURCES + "\n".join(lines) if citations else ""


def annotations(answer: Answer) -> Iterator[dict[str, Any]]:
    """For each place where a citation's number stands in the text, what it rests on."""
    by_number = {citation.n: citation for citation in answer.citations}
    for statement in answer.statements:
        at = statement.end
        for n in statement.citations:
            start = answer.answer.index(f"[{n}]", at)
            at = start + len(f"[{n}]")
            yield _annotation(by_number[n], start, at)


class _Shape:
    """Objects of one completion: they share id, time and model."""

    def __init__(self, id_: str, created: int, model: str) -> None:
        self._common = {"id": id_, "created": created, "model": model}

    def whole(self, answer: Answer) -> dict[str, Any]:
        """A completion that is not streamed."""
        message = {
            "role": "assistant",
            "content": answer.answer + sources(answer.citations),
            "refusal": None,
            "annotations": list(annotations(answer)),
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        kind = {"object": "chat.completion"}
        return self._common | kind | {"choices": [choice], "usage": _USAGE}

    def chunk(self, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        """A piece of one that is."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return self._common | {"object": "chat.completion.chunk", "choices": [choice]}

    def usage(self) -> dict[str, Any]:
        """The piece that clients may ask for, at the end."""
        return self._common | {
            "object": "chat.completion.chunk", "choices": [], "usage": _USAGE
        }  # fmt: skip


_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


async def _sent(
    events: AsyncGenerator[Event, None], shape: _Shape, usage: bool, request: Request
) -> AsyncGenerator[ServerSentEvent, None]:
    try:
        async with aclosing(_pieces(events, shape, usage, request)) as pieces:
            async for piece in pieces:
                yield piece
    except Exception as error:  # the response has begun, so no handler can tell how it ends
        yield _event(problem(unexpected(error, request), request).model_dump())
    yield ServerSentEvent("[DONE]", sep="\n")


async def _pieces(
    events: AsyncGenerator[Event, None], shape: _Shape, usage: bool, request: Request
) -> AsyncGenerator[ServerSentEvent, None]:
    async with aclosing(events):
        yield _event(shape.chunk({"role": "assistant", "content": ""}))
        async for event in events:
            if isinstance(event, DeltaEvent):
                yield _event(shape.chunk({"content": event.text}))
            elif isinstance(event, ErrorEvent):
                yield _event(problem(event.error(), request).model_dump())
                return
            elif isinstance(event, FinalEvent):
                answer = event.answer
                end = {"content": sources(answer.citations)}
                yield _event(shape.chunk(end | {"annotations": list(annotations(answer))}))
                yield _event(shape.chunk({}, finish="stop"))
        if usage:
            yield _event(shape.usage())


def _event(row: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(row), sep="\n")


def _asked(messages: Sequence[Message]) -> tuple[str, list[Turn]]:
    """The question, and the conversation before it: each question with the answer that followed."""
    said = [message for message in messages if message.role in ("user", "assistant")]
    if not said or said[-1].role != "user":
        raise InputError("the last message is not the user's", "end with a question")
    turns: list[Turn] = []
    for message in said[:-1]:
        if message.role == "user":
            turns.append(Turn(question=message.text()))
        elif turns:
            told = turns[-1].answer + message.text().partition(SOURCES)[0]
            turns[-1] = turns[-1].model_copy(update={"answer": told})
    return said[-1].text(), turns[-MAX_TURNS:]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "qa"}


def _reader(model: str, readers: Sequence[str]) -> str:
    """The reader that a model's name stands for. NotFound, as OpenAI's own."""
    if model == DEFAULT_MODEL:
        return ""
    if model not in readers:
        raise NotFound(f"there is no model {model!r}", f"`{DEFAULT_MODEL}` is the usual one")
    return model


def _annotation(citation: Citation, start: int, end: int) -> dict[str, Any]:
    cited = {
        "url": citation.url,
        "title": citation.title or citation.article_id,
        "start_index": start,
        "end_index": end,
    }
    return {"type": "url_citation", "url_citation": cited, "citation": citation.model_dump()}


def _origin(citation: Citation) -> str:
    known = (citation.title or citation.article_id, citation.source, citation.published_at)
    told = _plain(" · ".join(part for part in known if part))
    return f"{told} <{citation.url}>" if citation.url else told


def _plain(text: str) -> str:
    """An article's words on one line, in which Markdown sees neither a link nor an image."""
    return " ".join(text.split()).replace("](", "] (").replace("<", "‹").replace(">", "›")
