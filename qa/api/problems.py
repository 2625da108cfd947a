"""Errors as `application/problem+json` (RFC 9457): one shape on every route."""

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from index.errors import (
    InputError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Passing,
    QAError,
    TooLarge,
    Unauthorized,
)
from qa.api.dependencies import dependencies_of
from qa.api.logs import fault

MEDIA_TYPE = "application/problem+json"

MORE = "see /docs"

MOST_FAULTS = 100
"""Of one request that are told."""

LATER_SECONDS = 5
"""When to come again after a failure that nobody knows the end of."""


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    where: str
    """A field, `filters.after`, or the name of an article."""
    message: str


class OpenAIError(BaseModel):
    """What the clients of OpenAI read; on the routes below `/v1` only."""

    message: str
    type: str
    param: str | None
    code: str | None


class Problem(BaseModel):
    """What went wrong, and what to do."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: str
    """`/docs#` and the name of a class of `index.errors`."""
    title: str
    """What errors of this type have in common."""
    status: int
    detail: str
    """What happened, in a sentence."""
    hint: str
    """What to do next; may be empty."""
    request_id: str
    """Names the request in the log."""
    errors: list[Fault] = []
    error: OpenAIError | None = None


def problem(error: QAError, request: Request) -> Problem:
    """An error as it goes over the wire."""
    faults = error.faults if isinstance(error, InvalidRequest) else ()
    name = type(error).__name__
    return Problem(
        type=f"/docs#{name}",
        title=title(type(error)),
        status=error.status,
        detail=error.message,
        hint=error.hint,
        request_id=request.state.request_id,
        errors=[Fault(where=where, message=message) for where, message in faults],
        error=_for_openai(error, name) if request.url.path.startswith("/v1/") else None,
    )


def title(kind: type[QAError]) -> str:
    """The first sentence that a class says of itself."""
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def statuses(*numbers: int) -> dict[int | str, dict[str, Any]]:
    """What a route may answer besides success, for the OpenAPI document."""
    told = {
        400: "The request makes no sense.",
        401: "A key is needed.",
        403: "This key, host or origin may not do this.",
        404: "There is no such thing.",
        413: "The body is too large.",
        422: "The request lacks what it needs.",
        429: "Too many requests; `Retry-After` says when to come again.",
        500: "A fault of the service.",
        502: "The language model failed.",
        503: "Not now; `Retry-After` says when to come again.",
        504: "The language model took too long.",
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {n: {"description": told[n], "content": {MEDIA_TYPE: {"schema": schema}}}
            for n in numbers}  # fmt: skip


def schemas() -> dict[str, Any]:
    """What `statuses` refers to."""
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    others: dict[str, Any] = problem.pop("$defs")
    return others | {"Problem": problem}


def install(app: FastAPI) -> None:
    """Have every error of an app answered as a problem."""
    app.add_exception_handler(QAError, _own)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def invalid(faults: Sequence[Mapping[str, Any]], skipped: int = 0) -> InvalidRequest:
    """The first of Pydantic's faults as one error; `skipped` parts of each place are not told."""
    places = [_told(fault, skipped) for fault in faults[:MOST_FAULTS]]
    where, message = places[0]
    return InvalidRequest(f"{where}: {message}" if where else message, MORE, places)


def _told(fault: Mapping[str, Any], skipped: int) -> tuple[str, str]:
    message = str(fault["msg"]).removeprefix("Value error, ")
    return _place(fault["loc"][skipped:]), _printable(message)


_BRANCH = re.compile(r"(function-|json-or-python\[|list\[)")
"""What Pydantic calls a way to read a field that has several."""


def _place(parts: Sequence[str | int]) -> str:
    named = (str(part) for part in parts)
    return _printable(".".join(part for part in named if not _BRANCH.match(part)))


def _printable(told: str) -> str:
    """What a request said, with half a character as it is escaped in JSON."""
    return told.encode("utf-8", "backslashreplace").decode()


async def _own(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, QAError)
    return answered(error, request)


def answered(error: QAError, request: Request) -> JSONResponse:
    """The response that tells an error."""
    headers = {}
    if error.status in (429, 503):
        seconds = error.retry_seconds if isinstance(error, Passing) else LATER_SECONDS
        headers["Retry-After"] = str(seconds)
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(error, request, headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return _answer(invalid(error.errors(), skipped=1), request)


async def _http(request: Request, error: Exception) -> JSONResponse:
    """What Starlette and FastAPI refuse themselves."""
    assert isinstance(error, HTTPException)
    kinds: dict[int, QAError] = {
        404: NotFound("there is nothing at this address", MORE),
        405: MethodNotAllowed("this address does not take this method", MORE),
        413: TooLarge("the body is too large", "send less at a time"),
    }
    fallback = InputError(str(error.detail), MORE)
    return _answer(kinds.get(error.status_code, fallback), request, error.headers)


def unexpected(error: Exception, request: Request) -> QAError:
    """A fault of ours: the log has it, the client gets the number to find it by."""
    dependencies_of(request).log.error("fault", request_id=request.state.request_id, **fault(error))
    return QAError("the service failed", "the log has the cause, under the request id")


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return _answer(unexpected(error, request), request)


def _answer(
    error: QAError, request: Request, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    told = problem(error, request)
    content = told.model_dump(exclude={"error"} if told.error is None else set())
    return JSONResponse(content, error.status, headers, MEDIA_TYPE)


def _for_openai(error: QAError, name: str) -> OpenAIError:
    """In the words of OpenAI's API."""
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    usual = "invalid_request_error" if error.status < 500 else "server_error"
    return OpenAIError(
        message=f"{error.message}; {error.hint}" if error.hint else error.message,
        type=kinds.get(error.status, usual),
        param=None,
        code=name,
    )
