"""The openai client, guarded: a deadline over everything, one kind of error, no silent endings.

LlamaIndex's OpenAI classes end normally on a truncated stream; here a stream that ends without a
`finish_reason` is an error. Every error of the libraries below comes out as a ModelError.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx2
import openai
from openai import OpenAI, Stream
from openai.types.chat import ChatCompletionChunk

from index.errors import ModelError, ModelTimeout
from index.transport import GuardedTransport, pause
from qa.readers.llm.circuit_breaker import CircuitBreaker
from qa.readers.llm.model_errors import LATER, overflows, retry_seconds, timed_out, translated

Messages = Sequence[dict[str, str]]

RETRIES = 2
"""Further tries, while no character has come and the deadline allows."""

ANSWER_TOKENS = 1_000
"""The longest answer that is asked for."""

_PASSING = (
    openai.APIConnectionError,
    openai.RateLimitError,
    openai.InternalServerError,
)
_REFUSED = (openai.BadRequestError, openai.UnprocessableEntityError)
_INSTEAD = {"max_tokens": "max_completion_tokens"}
"""What newer models call a parameter that they refuse."""

_GOOD_ENDS = frozenset({"stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete"})
"""What servers call the end of a whole answer."""

_FEWEST_TOKENS = 16
"""A count of so few is no count of a prompt of ours."""

_FEWEST_CHARS_OF_TOKENS = 10
"""No tokenizer puts so many characters into its average token."""


class ChatModel:
    """One model of one OpenAI-compatible server. Safe to share between threads."""

    def __init__(self, model: str, api_key: str, base_url: str | None) -> None:
        self.name = model
        self._breaker = CircuitBreaker(model)
        self._optional: Mapping[str, Any] = {
            "temperature": 0,
            "max_tokens": ANSWER_TOKENS,
            "stream_options": {"include_usage": True},
        }
        self._client = OpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            http_client=httpx2.Client(
                transport=GuardedTransport(), headers={"Accept-Encoding": "identity"}
            ),
        )

    def stream(self, messages: Messages, ends: float) -> Iterator[str]:
        """The pieces of the model's answer, all before `ends` on the monotonic clock.

        ModelError, ModelTimeout, ContextOverflow; retried only before the first piece.
        """
        with self._breaker.call(), translated(self.name):
            yield from self._pieces(self._opened(messages, ends), messages, ends)

    def _opened(self, messages: Messages, ends: float) -> Stream[ChatCompletionChunk]:
        """The stream, after as many tries as it takes to learn what the model refuses."""
        attempt, sent = 0, self._optional
        while True:
            try:
                opened = self._request(messages, sent, ends)
                self._optional = sent
                return opened
            except _REFUSED as error:
                if not sent or overflows(error):
                    raise
                sent = _without_refused(sent, error.message)
            except _PASSING as error:
                wait = retry_seconds(error, attempt)
                attempt += 1
                if attempt > RETRIES or overflows(error) or time.monotonic() + wait >= ends:
                    raise
                pause(wait)

    def _request(
        self, messages: Messages, optional: Mapping[str, Any], ends: float
    ) -> Stream[ChatCompletionChunk]:
        seconds = ends - time.monotonic()
        if seconds <= 0:
            raise timed_out(self.name)
        request: dict[str, Any] = {"model": self.name, "messages": list(messages), "stream": True}
        stream: Stream[ChatCompletionChunk] = self._client.chat.completions.create(
            **request, **optional, timeout=seconds
        )
        return stream

    def _pieces(
        self, stream: Stream[ChatCompletionChunk], messages: Messages, ends: float
    ) -> Iterator[str]:
        finish, read = None, None
        try:
            with stream:
                for chunk in stream:
                    if time.monotonic() > ends:
                        raise timed_out(self.name)
                    text, ended, count = _fields(chunk)
                    finish, read = ended or finish, count or read
                    if text:
                        yield text
        except (openai.APIConnectionError, httpx2.TransportError, ModelTimeout):
            if finish is None:  # else it had said all, and only did not close the connection
                raise
        self._check_end(finish, read, sum(len(message["content"]) for message in messages))

    def _check_end(self, finish: str | None, read: int | None, sent_chars: int) -> None:
        """ModelError if the answer, or the prompt that it was given to, was cut."""
        if finish is None:
            raise ModelError(f"{self.name} broke off its answer", LATER)
        if finish == "length":
            raise ModelError(f"{self.name} reached its length limit", LATER)
        if finish == "content_filter":
            raise ModelError(f"the server of {self.name} withheld the rest", LATER)
        if finish.casefold() not in _GOOD_ENDS:
            raise ModelError(f"{self.name} ended its answer early", LATER)
        if read and read * _FEWEST_CHARS_OF_TOKENS < sent_chars:
            raise ModelError(
                f"the server of {self.name} read only {read} tokens of the sentences",
                "set QA_LLM_WINDOW to the tokens that it takes, or make it take more",
            )


def _fields(chunk: object) -> tuple[str, str | None, int | None]:
    """Text, finish reason and prompt tokens of a chunk; the client does not check its shape."""
    choices = getattr(chunk, "choices", None)
    listed = choices if isinstance(choices, list) else []
    first = next((one for one in listed if not getattr(one, "index", 0)), None)
    text = getattr(getattr(first, "delta", None), "content", None)
    finish = getattr(first, "finish_reason", None)
    read = getattr(getattr(chunk, "usage", None), "prompt_tokens", None)
    return (
        text if isinstance(text, str) else "",
        finish if isinstance(finish, str) else None,
        read if isinstance(read, int) and read > _FEWEST_TOKENS else None,
    )


def _without_refused(sent: Mapping[str, Any], message: str) -> dict[str, Any]:
    """The parameters without those that a refusal names, or without any if it names none."""
    named = [name for name in sent if name in message]
    kept = {name: value for name, value in sent.items() if named and name not in named}
    return kept | {_INSTEAD[name]: sent[name] for name in named if name in _INSTEAD}
