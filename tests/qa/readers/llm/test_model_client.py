"""Servers that misbehave, each a real one on loopback: every end is a typed one, and in time."""

import json
import threading
import time

import httpx2
import openai
import pytest

from index.errors import ContextOverflow, ModelError, ModelTimeout
from index.library import Library
from index.transport import MAX_BYTES
from qa.engine import Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.llm.circuit_breaker import FAILURES, PAUSE_SECONDS, CircuitBreaker
from qa.readers.llm.llm_reader import LLMReader
from qa.readers.llm.model_client import ANSWER_TOKENS, ChatModel
from qa.readers.llm.model_errors import translated
from tests.openai_server import OpenAIServer, Reply, chunk, refused, spoken

QUESTION = "What conditions did Zelenskyy propose?"
ASKED = [{"role": "user", "content": "What?"}]


def model(server: OpenAIServer) -> ChatModel:
    return ChatModel("m", "key", server.url)


def said(one: ChatModel, seconds: float = 10.0) -> str:
    return "".join(one.stream(ASKED, time.monotonic() + seconds))


def body(status: int, **error: object) -> Reply:
    """An error in a form of its own."""
    return Reply((json.dumps({"error": error}).encode(),), status, "application/json")


def event(row: object) -> bytes:
    return b"data: " + json.dumps(row).encode() + b"\n\n"


def delta(**fields: object) -> bytes:
    choice = {"index": 0, "delta": fields, "finish_reason": None}
    return event({"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m",
                  "choices": [choice]})  # fmt: skip


MISBEHAVED = {
    "401": (refused(401, "no such key"), "refused the key"),
    "403": (refused(403, "not for you"), "refused the key"),
    "404": (refused(404, "no such model"), "does not know the model"),
    "400": (refused(400, "cannot"), "status 400"),
    "400 that helps": (refused(400, "Unsupported value: 'tools'"), "Unsupported value: 'tools'"),
    "500": (refused(500, "boom", **{"retry-after": "0"}), "status 500"),
    "429 and a long wait": (refused(429, "slow down", **{"retry-after": "120"}), "busy"),
    "redirect": (Reply((b"",), 302, headers={"location": "http://127.0.0.2:9/v1"}), "failed"),
    "redirect, permanent": (Reply((b"",), 308, headers={"location": "http://127.0.0.2:9"}), "fail"),
    "HTML": (Reply((b"<html>Please log in</html>",), content_type="text/html"), "broke off"),
    "JSON in place of a stream": (
        Reply((b'{"choices":[{"message":{"content":"Hi"}}]}',), content_type="application/json"),
        "broke off",
    ),
    "nothing": (Reply((b"",)), "broke off"),
    "only [DONE]": (Reply((b"data: [DONE]\n\n",)), "broke off"),
    "a cut stream": (spoken("It broke", finish=None), "broke off"),
    "empty choices": (Reply((event({"choices": []}), b"data: [DONE]\n\n")), "broke off"),
    "choices are null": (Reply((event({"choices": None}), b"data: [DONE]\n\n")), "broke off"),
    "not JSON": (Reply((b"data: {not json\n\n",)), "failed"),
    "JSON, but a list": (Reply((b"data: [1, 2]\n\n",)), "broke off"),
    "an error inside the stream": (
        Reply((chunk("It"), event({"error": {"message": "out of memory"}}))),
        "told of an error",
    ),
    "the length limit": (spoken("It is long", finish="length"), "length limit"),
    "a content filter": (spoken("It is", finish="content_filter"), "withheld"),
    "a wrong charset": (
        Reply((chunk("He").replace(b"He", b"\xff\xfe\x80"), chunk(None, "stop"))),
        "failed",
    ),
    "a line of ten megabytes": (Reply((b"data: " + b"x" * 10_000_000,)), f"{MAX_BYTES:,} bytes"),
    "compressed, which nobody asked for": (
        Reply((b"\x00" * 99,), headers={"content-encoding": "gzip"}),
        "compressed",
    ),
    "JSON without a bottom": (Reply((b"data: " + b"[" * 100_000 + b"\n\n",)), "failed"),
    "an end that is none": (spoken("It is", finish="abort"), "early"),
    "an end in capitals": (spoken("It is", finish="MAX_TOKENS"), "early"),
}


@pytest.mark.parametrize("name", MISBEHAVED)
def test_every_other_end_is_an_error_of_ours(openai_server: OpenAIServer, name: str) -> None:
    reply, told = MISBEHAVED[name]
    one = model(openai_server)
    openai_server.replies = [reply]
    openai_server.repeats = True  # a refusal may be asked again without what it may have refused
    with pytest.raises(ModelError, match=told):
        said(one)
    openai_server.replies = [spoken("Yes.")]
    assert said(one) == "Yes."


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("secret", ["sk-s3cret", "Bearer s3cret", "api_key: s3cret"])
def test_what_a_server_says_tells_no_secrets(
    openai_server: OpenAIServer, status: int, secret: str
) -> None:
    openai_server.replies = [
        refused(status, f"the model has no parameter {secret}", **{"retry-after": "0"})
    ]
    openai_server.repeats = True
    with pytest.raises(ModelError) as raised:
        said(model(openai_server))
    assert "s3cret" not in raised.value.message + raised.value.hint


@pytest.mark.parametrize(
    "reply",
    [
        Reply((), wait_seconds=30),
        Reply((chunk("drip "),) * 1_000, pause_seconds=0.05),
        Reply((b": still here\n\n",) * 1_000, pause_seconds=0.05),
        Reply((chunk("It "), chunk("hangs")), pause_seconds=30),
    ],
    ids=["hangs", "drips", "drips comments", "hangs in the middle"],
)
def test_a_deadline_holds_for_the_whole_answer(openai_server: OpenAIServer, reply: Reply) -> None:
    openai_server.replies = [reply]
    started = time.monotonic()
    with pytest.raises(ModelTimeout, match="in time"):
        said(model(openai_server), seconds=0.4)
    assert time.monotonic() - started < 5  # of the 30 or 50 seconds that the server takes


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(ModelError, match="cannot be reached"):
        said(ChatModel("m", "key", "http://127.0.0.1:9/v1"))


@pytest.mark.parametrize(
    "first",
    [
        refused(429, "slow down", **{"retry-after": "0"}),
        refused(500, "oops"),
        refused(503, "loading", **{"retry-after": "Tue, 01 Jan 2019 00:00:00 GMT"}),
    ],
)
def test_what_passes_is_asked_again(openai_server: OpenAIServer, first: Reply) -> None:
    openai_server.replies = [first, spoken("Yes.")]
    assert said(model(openai_server)) == "Yes."


def test_nothing_is_asked_again_once_a_character_came(openai_server: OpenAIServer) -> None:
    openai_server.replies = [spoken("It broke", finish=None), spoken("Again.")]
    with pytest.raises(ModelError):
        said(model(openai_server))
    assert len(openai_server.requests) == 1


def test_what_a_model_refuses_is_learned(openai_server: OpenAIServer) -> None:
    openai_server.replies = [
        refused(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        refused(400, "Unsupported value: 'temperature' does not support 0 with this model."),
        spoken("Yes."),
        spoken("Again."),
    ]
    one = model(openai_server)
    assert said(one) == "Yes."
    assert said(one) == "Again."
    first, *_, last = openai_server.requests
    assert first["max_tokens"] == last["max_completion_tokens"] == ANSWER_TOKENS
    assert (first["temperature"], "temperature" in last, "max_tokens" in last) == (0, False, False)
    assert len(openai_server.requests) == 4


def test_a_server_that_knows_no_parameters(openai_server: OpenAIServer) -> None:
    openai_server.replies = [refused(422, "extra inputs are not permitted"), spoken("Yes.")]
    assert said(model(openai_server)) == "Yes."
    assert set(openai_server.requests[-1]) == {"model", "messages", "stream"}


OVERFLOWS = {
    "OpenAI": body(400, message="This model's maximum context length is 8192 tokens.",
                   code="context_length_exceeded", type="invalid_request_error"),
    "vLLM": body(400, message="The decoder prompt (length 5000) is longer than the maximum model "
                 "length of 4096.", type="BadRequestError", code=400),
    "llama.cpp": body(400, message="request (5000 tokens) exceeds the available context size",
                      type="exceed_context_size_error", code=400),
    "llama.cpp, older": body(500, message="context shift is disabled", type="server_error"),
    "Ollama": body(400, message="the input length exceeds the context length", type="api_error"),
    "Ollama, in the stream": Reply((event({"error": {"message": "prompt too long; exceeded max "
                                                     "context length by 100 tokens"}}),)),
    "LM Studio": body(400, message="Trying to keep the first 5000 tokens when context the "
                      "overflows. The model is loaded with context length of only 4096 tokens"),
    "TGI": body(422, message="`inputs` tokens + `max_new_tokens` must be <= 4096"),
    "Gemini": body(400, message="The input token count (40000) exceeds the maximum number of "
                   "tokens allowed (32768)."),
    "Mistral": body(400, message="Prompt contains 40000 tokens, too large for model with 32768 "
                    "maximum context length"),
    "too large": body(413, message="Request too large, please reduce your message size"),
}  # fmt: skip


@pytest.mark.parametrize("name", OVERFLOWS)
def test_a_prompt_that_is_too_long_is_halved_once(
    samples: Library, openai_server: OpenAIServer, name: str
) -> None:
    openai_server.replies = [OVERFLOWS[name], spoken("Zelenskyy’s proposal came with conditions.")]
    answer = Engine(samples, LLMReader(model(openai_server))).ask(QUESTION)
    assert answer.answerable
    assert answer.read.passages == answer.read.found // 2
    sent = [len(request["messages"][-1]["content"]) for request in openai_server.requests]
    assert sent[1] < sent[0]


def test_one_that_stays_too_long_is_an_error(samples: Library, openai_server: OpenAIServer) -> None:
    openai_server.replies = [OVERFLOWS["OpenAI"]] * 2
    with pytest.raises(ContextOverflow, match="too long"):
        Engine(samples, LLMReader(model(openai_server))).ask(QUESTION)


def test_a_prompt_that_the_server_cut_is_said(
    samples: Library, openai_server: OpenAIServer
) -> None:
    usage = {"prompt_tokens": 50, "completion_tokens": 3, "total_tokens": 53}
    row = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    told = spoken("Zelenskyy’s proposal came with conditions.")
    openai_server.replies = [
        Reply((*told.pieces[:-1], event(row | {"choices": [], "usage": usage}), told.pieces[-1]))
    ]
    extractive = ExtractiveReader(samples.encoder)
    answer = Engine(samples, LLMReader(model(openai_server)), extractive).ask(QUESTION)
    assert answer.reader == "extractive"
    assert "read only 50 tokens" in answer.notices[0]


def test_what_comes_after_the_end_costs_nothing(openai_server: OpenAIServer) -> None:
    whole = chunk("Yes.") + chunk(None, "stop")
    openai_server.replies = [Reply((whole, b": nothing\n\n"), pause_seconds=30)]
    assert said(model(openai_server), seconds=0.5) == "Yes."


def test_reasoning_fields_are_not_read(openai_server: OpenAIServer) -> None:
    openai_server.replies = [
        Reply(
            (
                delta(role="assistant", content=None, reasoning_content="Hm, [1]."),
                delta(reasoning="Who?"),
                delta(content="Yes."),
                chunk(None, "stop"),
            )
        )
    ]
    assert said(model(openai_server)) == "Yes."


def test_after_five_failures_the_model_is_left_alone(
    samples: Library, openai_server: OpenAIServer
) -> None:
    openai_server.replies = [refused(401, "no such key")]
    openai_server.repeats = True
    extractive = ExtractiveReader(samples.encoder)
    engine = Engine(samples, LLMReader(model(openai_server)), extractive)
    for _ in range(FAILURES):
        assert engine.ask(QUESTION).reader == "extractive"
    asked = len(openai_server.requests)
    answer = engine.ask(QUESTION)
    assert (answer.reader, len(openai_server.requests)) == ("extractive", asked)
    assert "left alone" in answer.notices[0]


def test_one_call_tries_again_after_the_pause() -> None:
    now = [0.0]
    breaker = CircuitBreaker("m", lambda: now[0])

    def fail() -> None:
        with breaker.call():
            raise ModelError("gone")

    for _ in range(FAILURES):
        with pytest.raises(ModelError, match="gone"):
            fail()
    with pytest.raises(ModelError, match="left alone"):
        fail()
    now[0] += PAUSE_SECONDS + 1
    with breaker.call(), pytest.raises(ModelError, match="left alone"):
        fail()  # another one, while the first tries
    with breaker.call():
        pass


def test_a_caller_who_leaves_is_no_failure_and_frees_the_server(
    openai_server: OpenAIServer,
) -> None:
    openai_server.replies = [Reply((chunk("word "),) * 10_000, pause_seconds=0.01)]
    one = model(openai_server)
    pieces = one.stream(ASKED, time.monotonic() + 30)
    assert next(pieces) == "word "
    pieces.close()  # type: ignore[attr-defined]
    gone = threading.Event()
    while not openai_server.left and not gone.wait(0.02):
        pass
    openai_server.replies = [spoken("Yes.")]
    assert said(one) == "Yes."


def _kinds(root: type[Exception]) -> list[type[Exception]]:
    return [root, *(kind for child in root.__subclasses__() for kind in _kinds(child))]


@pytest.mark.parametrize(
    "kind", [*_kinds(openai.OpenAIError), *_kinds(httpx2.HTTPError), ValueError, UnicodeError]
)
def test_the_table_of_errors_is_complete(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    Exception.__init__(error, "told")
    error.message, error.code, error.type, error.body = "told", None, None, None  # type: ignore
    error.status_code = 400  # type: ignore[attr-defined]
    with pytest.raises(ModelError), translated("m"):
        raise error
