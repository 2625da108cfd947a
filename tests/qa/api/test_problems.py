"""One shape of errors on every route, and nothing of ours in them."""

import json
from base64 import urlsafe_b64encode as b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from index import errors
from qa.answer import DeltaEvent, Event
from qa.api.problems import LATER_SECONDS, MEDIA_TYPE
from qa.api.routes.articles import MAX_UPLOAD_BYTES
from tests.api_server import Serve, Served

REQUESTS: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/nothing", {}, 404),
    ("GET", "/static/nothing.js", {}, 404),
    ("GET", "/articles/nothing", {}, 404),
    ("DELETE", "/articles/nothing", {}, 404),
    ("PUT", "/ask", {}, 405),
    ("PATCH", "/articles", {}, 405),
    ("POST", "/ask", {"content": b"nonsense"}, 422),
    ("POST", "/ask", {"json": {}}, 422),
    ("POST", "/ask", {"json": {"question": "x", "unknown": 1}}, 422),
    ("POST", "/ask", {"json": {"question": " "}}, 400),
    ("POST", "/ask", {"json": {"question": "x" * 5_000}}, 400),
    ("POST", "/ask", {"json": {"question": "x", "reader": "nobody"}}, 400),
    ("POST", "/ask", {"json": {"question": "x", "filters": {"after": "soon"}}}, 422),
    ("POST", "/ask", {"json": {"question": "x", "history": [{"question": "x"}] * 51}}, 422),
    ("POST", "/ask?offsets=bytes", {"json": {"question": "x"}}, 422),
    ("GET", "/search", {}, 422),
    ("GET", "/search?q=x&limit=0", {}, 422),
    ("GET", "/search?q=x&before=soon", {}, 422),
    ("GET", "/articles?limit=x", {}, 422),
    ("GET", "/articles?cursor=x", {}, 400),
    ("GET", "/articles?source=Wire", {}, 422),
    ("GET", "/articles/nothing?versoin=a", {}, 422),
    ("DELETE", "/articles/nothing?version=a", {}, 422),
    ("GET", "/search?q=x&sourec=Wire", {}, 422),
    ("GET", "/search?q=x&source=Harbor%20Wire", {}, 404),
    ("GET", "/search?q=x&article=nothing", {}, 404),
    ("GET", "/info?x", {}, 422),
    ("GET", "/health/live?x=1", {}, 422),
    ("GET", "/v1/models?x=1", {}, 422),
    ("GET", "/metrics?x=1", {}, 422),
    ("POST", "/ask?stream=true", {"json": {"question": "x"}}, 422),
    ("POST", "/ask", {"json": {"question": "x", "filters": {"source": "Harbor Wire"}}}, 404),
    ("POST", "/articles?source=Wire", {"json": {"text": "It rained."}}, 422),
    ("POST", "/articles", {"json": {"text": "It rained.", "sourec": "Wire"}}, 422),
    ("POST", "/articles", {"json": {"text": 1}}, 422),
    ("POST", "/v1/chat/completions", {"json": {}}, 422),
    ("POST", "/v1/chat/completions", {"json": {"messages": []}}, 422),
    ("GET", "/v1/models/nothing", {}, 404),
    ("POST", "/ask", {"content": b" " * 2**21}, 413),
    ("POST", "/ask", {"content": [b" " * 2**20] * 2}, 413),
    ("POST", "/v1/chat/completions", {"content": b" " * 2**21}, 413),
    ("DELETE", "/articles/a", {"content": b" " * 2**21}, 413),
    ("POST", "/articles", {"content": b" " * (MAX_UPLOAD_BYTES + 1)}, 413),
]


@pytest.mark.parametrize(("method", "path", "sent", "status"), REQUESTS)
def test_every_error_has_one_shape(
    served: Served, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    response = served.http.request(method, path, **sent)
    told = response.json()
    assert (response.status_code, told["status"]) == (status, status)
    assert response.headers["content-type"] == MEDIA_TYPE
    assert response.headers["x-request-id"] == told["request_id"]
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert told["detail"]
    assert told["title"]
    assert isinstance(told["hint"], str)
    assert getattr(errors, told["type"].removeprefix("/docs#")).status == status
    assert ("error" in told) == path.startswith("/v1/")
    if told["type"] == "/docs#InvalidRequest":
        assert all(fault.keys() == {"where", "message"} for fault in told["errors"])


JSON = {"Content-Type": "application/json"}

HALF = b'"half \\ud800"'
"""Of a character: JSON, but no text."""


def test_what_is_no_json_is_told_in_a_sentence(served: Served) -> None:
    for path in ("/ask", "/articles"):
        told = served.http.post(path, content=b'{"question": x}', headers=JSON).json()
        assert told["detail"].startswith("the body is no JSON: ")


HALVES = {
    "question": ("/ask", b'{"question": %s}'),
    "history.0": ("/ask", b'{"question": "x", "history": [{"question": %s}]}'),
    "filters.source.0": ("/ask", b'{"question": "x", "filters": {"source": %s}}'),
    "filters.after": ("/ask", b'{"question": "x", "filters": {"after": %s}}'),
    "reader": ("/ask", b'{"question": "x", "reader": %s}'),
    "": ("/ask", b'{"question": "x", %s: 1}'),
    "messages.0.content": (
        "/v1/chat/completions", b'{"messages": [{"role": "user", "content": %s}]}'
    ),
    "messages.0.content.0.text": (
        "/v1/chat/completions",
        b'{"messages": [{"role": "user", "content": [{"type": "text", "text": %s}]}]}',
    ),
}  # fmt: skip


@pytest.mark.parametrize("stream", [b"true", b"false"])
@pytest.mark.parametrize("where", HALVES)
def test_half_a_character_is_refused_where_it_is(served: Served, where: str, stream: bytes) -> None:
    path, body = HALVES[where]
    body = body % HALF
    body = body[:-1] + b', "stream": ' + stream + b"}"
    told = served.http.post(path, content=body, headers=JSON).json()
    assert told["status"] == 422
    assert where in [fault["where"] for fault in told["errors"]]


def test_half_a_character_in_other_places(served: Served) -> None:
    cursor = b64encode(b"[null, " + HALF + b"]").decode()
    assert served.http.get("/articles", params={"cursor": cursor}).status_code == 400
    body = b'{"text": "x", "id": ' + HALF + b"}"
    assert served.http.post("/articles", content=body).status_code == 422
    body = b'{"messages": [{"role": "user", "content": "x"}], "model": ' + HALF + b"}"
    assert served.http.post("/v1/chat/completions", content=body, headers=JSON).status_code == 404


@pytest.mark.parametrize("path", ["/ask", "/v1/chat/completions"])
def test_a_fault_ends_a_stream_as_any_error_does(serve: Serve, path: str) -> None:
    served = serve()

    def broken(*_: object) -> Iterator[Event]:
        yield DeltaEvent(text="So ")
        raise RuntimeError("the text of a secret article")

    served.service.stream = broken
    asked = {"question": "x"} if path == "/ask" else {"messages": [{"role": "user", "content": ""}]}
    sent = served.http.post(path, json=asked | {"stream": True}).text
    assert "secret" not in sent + served.log.getvalue()
    told = json.loads(sent.split("data: ")[-2].partition("\n")[0])
    assert (told["status"], told["detail"]) == (500, "the service failed")
    assert sent.split("\n\n")[-2].endswith("data: {}" if path == "/ask" else "data: [DONE]")
    assert served.http.post(path, json=asked).status_code == 500
    faults = served.lines("fault", 2)
    assert [fault["error"] for fault in faults] == ["RuntimeError"] * 2


@pytest.mark.parametrize(
    "kind", [errors.IndexUnavailable, errors.EncoderError, errors.ServiceUnavailable]
)
def test_a_service_that_fails_says_when_to_come_back(
    serve: Serve, kind: type[errors.QAError]
) -> None:
    served = serve()

    def broken(*_: object) -> None:
        raise kind("it is gone")

    served.service.search = broken
    served.service.stream = broken
    asked = [
        served.http.get("/search?q=x"),
        served.http.post("/ask", json={"question": "x"}),
        served.http.post("/v1/chat/completions", json={"messages": [TOLD]}),
    ]
    assert [response.status_code for response in asked] == [503] * 3
    assert [int(response.headers["retry-after"]) for response in asked] == [LATER_SECONDS] * 3


TOLD = {"role": "user", "content": "x"}


def test_a_fault_says_nothing_to_the_client_and_where_to_the_log(serve: Serve) -> None:
    served = serve()

    def broken(*_: object) -> None:
        raise RuntimeError("the text of a secret article")

    served.service.search = broken
    response = served.http.get("/search?q=x")
    told = response.json()
    assert (response.status_code, told["type"]) == (500, "/docs#QAError")
    assert "secret" not in response.text + served.log.getvalue()
    assert "Traceback" not in response.text
    (fault,) = served.lines("fault", 1)
    assert (fault["request_id"], fault["error"]) == (told["request_id"], "RuntimeError")
    assert "broken" in fault["frames"][-1]


def test_every_kind_of_error_is_documented(served: Served) -> None:
    page = served.http.get("/docs")
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.QAError):
            assert f'id="{kind.__name__}"' in page.text
    for path in served.http.get("/openapi.json").json()["paths"]:
        assert path in page.text
    assert "<script" not in page.text
    assert served.http.get("/docs.css").status_code == 200


def test_an_unknown_parameter_is_named_with_those_that_are_known(served: Served) -> None:
    told = served.http.get("/articles", params={"cursro": "x", "limit": 1}).json()
    assert told["detail"] == "cursro is no parameter of this address"
    assert told["hint"] == "it takes limit, cursor"


def test_an_unknown_source_is_told_with_what_may_be_meant(served: Served) -> None:
    body = {"question": "Who won?", "filters": {"source": "harbor wire"}}
    told = served.http.post("/ask", json=body).json()
    assert (told["detail"], told["hint"]) == (
        "there is no source 'harbor wire'",
        "did you mean 'Harbour Wire'?",
    )
    sent = served.http.post("/ask", json=body | {"stream": True}).text
    assert '"type":"/docs#UnknownFilter"' in sent
    assert "event: final" not in sent
