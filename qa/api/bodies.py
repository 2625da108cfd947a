"""The bodies of requests: received as they come, and read in a thread once it is their turn.

To read a body takes a while, and of a hostile one seconds: on the event loop every other request
would wait for that. One that is still on its way takes nobody's turn, however slow its sender.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from index.errors import InputError, InvalidRequest
from qa.api.problems import MORE, invalid

MEMORY_BYTES = 2**20
"""What of a body is kept in memory; a larger one waits in a file."""

CHUNK_BYTES = 2**16

MOST_FIELDS = 1_000
"""Fields of one object: of many that nobody knows, each would be an error to tell."""

Kind = TypeVar("Kind", bound=BaseModel)


async def received(request: Request) -> AsyncIterator[SpooledTemporaryFile[bytes]]:
    """A dependency: the whole body, kept until the response is sent."""
    with SpooledTemporaryFile[bytes](MEMORY_BYTES) as file:
        upload = UploadFile(file)  # type: ignore[arg-type]  # it writes to the disk in a thread
        async for chunk in request.stream():
            await upload.write(chunk)
        await upload.seek(0)
        yield file


Received = Annotated[SpooledTemporaryFile[bytes], Depends(received)]


def read_as(kind: type[Kind]) -> Callable[..., Kind]:
    """A dependency: the body as JSON of this kind. Not async, so FastAPI runs it in a thread."""

    def read(request: Request, body: Received) -> Kind:
        if not _is_json(request.headers.get("content-type", "")):
            told = "the body has to be JSON"
            raise InvalidRequest(told, "send `Content-Type: application/json`", [("", told)])
        return parsed(kind, body.read())

    return read


def parsed(kind: type[Kind], body: bytes) -> Kind:
    """A body of JSON as a value of this kind. InvalidRequest names the fields that are wrong."""
    try:
        return kind.model_validate(json.loads(body, object_pairs_hook=_fields))
    except ValidationError as error:
        raise invalid(error.errors(include_url=False, include_input=False)) from error
    except (ValueError, RecursionError) as error:
        told = f"the body is no JSON: {error}"
        raise InvalidRequest(told, MORE, [("", told)]) from error


def form(headers: Headers, body: SpooledTemporaryFile[bytes], most: int) -> FormData:
    """The fields and files of a form, at most so many of each, read in this thread; whoever gets
    the files closes them. InputError if it is none."""

    async def chunks() -> AsyncGenerator[bytes, None]:
        while chunk := body.read(CHUNK_BYTES):
            yield chunk

    try:
        return asyncio.run(
            MultiPartParser(headers, chunks(), max_files=most, max_fields=most).parse()
        )
    except MultiPartException as error:
        raise InputError(f"the body is no form: {error.message}", MORE) from error
    except UnicodeError as error:  # of a character set that the form names
        raise InputError("the body is no form in its character set", MORE) from error


def takes(kind: type[BaseModel]) -> dict[str, Any]:
    """A route's body of this kind, for the OpenAPI document; see `schemas`."""
    schema = {"$ref": f"#/components/schemas/{kind.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def schemas(*kinds: type[BaseModel]) -> dict[str, Any]:
    """What `takes` refers to."""
    wanted = [(kind, "validation") for kind in kinds]
    _, document = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    found: dict[str, Any] = document["$defs"]
    return found


def _fields(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) > MOST_FIELDS:
        told = f"an object has {len(pairs):,} fields, and {MOST_FIELDS:,} are allowed"
        raise InvalidRequest(told, MORE, [("", told)])
    return dict(pairs)


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith("application/") and kind.endswith(("/json", "+json"))
