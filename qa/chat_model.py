"""The openai client, guarded: a deadline over everything, one kind of error, no silent endings.

LlamaIndex's OpenAI classes end normally on a truncated stream; here a stream that ends without a
`finish_reason` is an error. Every error of the libraries below comes out as a ModelError.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx2
import openai
from openai import OpenAI, Stream
from openai.types.chat import ChatCompletionChunk

from index.errors import ModelError, ModelTimeout

Messages = Sequence[dict[str, str]]

RETRIES = 2
"""Further tries, while no character has come and the deadline allows."""

_PASSING = (
    openai.APIConnectionError,
    openai.RateLimitError,
    openai.InternalServerError,
)


class ChatModel:
    """One model of one OpenAI-compatible server."""

    def __init__(self, model: str, api_key: str, base_url: str | None, deadline_seconds: float):
        self.name = model
        self._deadline = deadline_seconds
        self._client = OpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=deadline_seconds,
            http_client=openai.DefaultHttpxClient(follow_redirects=False),
        )

    def stream(self, messages: Messages) -> Iterator[str]:
        """The pieces of the model's answer. ModelError, ModelTimeout; retried before the first."""
        deadline = time.monotonic() + self._deadline
        with _translated():
            yield from self._pieces(self._opened(messages, deadline), deadline)

    def _opened(self, messages: Messages, deadline: float) -> Stream[ChatCompletionChunk]:
        for attempt in range(RETRIES + 1):
            try:
                return self._request(messages, deadline - time.monotonic())
            except _PASSING as error:
                wait = _wait_seconds(error, attempt)
                if attempt == RETRIES or time.monotonic() + wait >= deadline:
                    raise
                time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _request(self, messages: Messages, seconds: float) -> Stream[ChatCompletionChunk]:
        request: dict[str, Any] = {"model": self.name, "messages": list(messages), "stream": True}
        stream: Stream[ChatCompletionChunk] = self._client.chat.completions.create(
            **request, timeout=max(0.1, seconds)
        )
        return stream

    def _pieces(self, stream: Stream[ChatCompletionChunk], deadline: float) -> Iterator[str]:
        finish = None
        with stream:
            for chunk in stream:
                if time.monotonic() > deadline:
                    raise ModelTimeout(f"{self.name} took over {self._deadline:g} s", _LATER)
                for choice in chunk.choices[:1]:
                    finish = choice.finish_reason or finish
                    if choice.delta.content:
                        yield choice.delta.content
        if finish is None:
            raise ModelError(f"{self.name} broke off its answer", _LATER)
        if finish == "length":
            raise ModelError(f"{self.name} reached its length limit", _LATER)


_LATER = "ask again, or leave QA_LLM empty to do without a model"


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of openai, httpx2 and json as ours."""
    try:
        yield
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        raise ModelTimeout("the language model did not answer in time", _LATER) from error
    except openai.AuthenticationError as error:
        raise ModelError("the language model refused the key", "check OPENAI_API_KEY") from error
    except openai.NotFoundError as error:
        raise ModelError(
            f"the server does not know the model: {_short(error)}",
            "check QA_LLM and OPENAI_BASE_URL",
        ) from error
    except (openai.OpenAIError, httpx2.HTTPError, json.JSONDecodeError, UnicodeError) as error:
        raise ModelError(f"the language model failed: {_short(error)}", _LATER) from error


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _wait_seconds(error: openai.OpenAIError, attempt: int) -> float:
    """What the server asks for, else a second, doubled with each attempt."""
    if isinstance(error, openai.APIStatusError):
        asked = error.response.headers.get("retry-after", "")
        if asked.isdigit():
            return float(asked)
    return 0.5 * float(2**attempt)
