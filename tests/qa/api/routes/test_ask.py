"""`POST /ask`, whole and as events, to a client that may leave."""

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from httpx_sse import connect_sse

from index.library import Library
from index.model import Article
from qa.api import streams
from tests.api_server import Serve, Served, reading
from tests.openai_server import OpenAIServer, Reply, chunk, spoken

README = Path(__file__).parents[4] / "README.md"

QUESTION = "What conditions did Zelenskyy propose?"


def events(served: Served, **body: object) -> list[tuple[str, str, dict]]:
    """(event, id, data) as httpx-sse reads them."""
    asked = {"question": QUESTION} | body
    with (
        httpx.Client(trust_env=False) as http,
        connect_sse(http, "POST", f"{served.url}/ask", json=asked) as source,
    ):
        return [(sent.event, sent.id, sent.json()) for sent in source.iter_sse()]


def test_the_events_are_the_answer(served: Served) -> None:
    answer = served.http.post("/ask", json={"question": QUESTION}).json()
    sent = events(served)
    names = [name for name, _, _ in sent]
    assert (names[0], names[-2:]) == ("meta", ["final", "done"])
    assert [id_ for _, id_, _ in sent] == [str(n) for n in range(1, len(sent) + 1)]
    final = sent[-2][2]
    assert final | {"timings_ms": 0} == answer | {"timings_ms": 0}
    assert "".join(data["text"] for name, _, data in sent if name == "delta") == answer["answer"]
    assert [data for name, _, data in sent if name == "citation"] == answer["citations"]
    assert sent[0][2]["reader"] == "extractive"


def test_the_example_of_the_readme(served: Served) -> None:
    (body,) = re.findall(r"^  -d '(.*)'$", README.read_text(encoding="utf-8"), re.MULTILINE)
    answer = served.http.post("/ask", json=json.loads(body)).json()
    assert "umbrella" in answer["answer"]


def test_a_body_may_ask_for_events(served: Served) -> None:
    response = served.http.post("/ask", json={"question": QUESTION, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.startswith("id: 1\nevent: meta\ndata: {")


def test_every_citation_resolves_over_http(served: Served) -> None:
    answer = served.http.post("/ask", json={"question": QUESTION}).json()
    assert answer["citations"]
    for citation in answer["citations"]:
        path = f"/articles/{citation['article_id']}"
        text = served.http.get(path, params={"version": citation["version"]}).json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_filters_and_history_are_passed_on(served: Served) -> None:
    filters = {"article": "nato-letter-2024-12", "after": "2024-11-30"}
    history = [{"question": "Who asked NATO?", "answer": "Kyiv did."}]
    body = {"question": QUESTION, "filters": filters, "history": history, "reader": "extractive"}
    answer = served.http.post("/ask", json=body).json()
    assert {citation["article_id"] for citation in answer["citations"]} == {"nato-letter-2024-12"}
    narrowed = served.http.post("/ask", json=body | {"filters": {"before": "1999-01-01"}}).json()
    assert not narrowed["answerable"]


def test_offsets_for_browsers(serve: Serve, library: Library) -> None:
    told = "The crew of the Zoë 👍🏽 was saved by Łukasz Żuk."
    text = f"Emoji first: 👩‍👩‍👧 🇺🇦. {told} Nothing else."
    list(library.add([Article("emoji", text, "Crew of the Zoë saved")]))
    served = serve(library=library)
    body = {"question": "Who saved the crew of the Zoë?"}
    answer = served.http.post("/ask", params={"offsets": "utf16"}, json=body).json()
    (citation,), (statement,) = answer["citations"], answer["statements"]
    assert sliced(text, citation) == citation["quote"] == told
    assert sliced(answer["answer"], statement) == statement["text"]
    assert [sliced(text, place) for place in answer["read"]["places"]] == [text]
    found = served.http.get("/search", params={"q": "Zoë crew", "offsets": "utf16"}).json()
    assert [sliced(text, row) for row in found["passages"]] == [found["passages"][0]["text"]]
    article = served.http.get("/articles/emoji", params={"offsets": "utf16"}).json()
    spans = [sliced(text, {"start": a, "end": b}) for a, b in article["sentences"]]
    assert "".join(spans) == text
    stream = served.http.post("/ask", params={"offsets": "utf16"}, json=body | {"stream": True})
    assert f'"start":{citation["start"]},' in stream.text


def sliced(text: str, span: dict) -> str:
    """What JavaScript's `slice` gives."""
    units = text.encode("utf-16-le")
    return units[2 * span["start"] : 2 * span["end"]].decode("utf-16-le")


def test_nearest_passages_have_the_unit_that_was_asked_for(served: Served) -> None:
    body = {"question": "What is the boiling point of tungsten?"}
    answer = served.http.post("/ask", params={"offsets": "utf16"}, json=body).json()
    assert answer["nearest"]
    for near in answer["nearest"]:
        text = served.http.get(f"/articles/{near['article_id'].replace('/', '%2F')}").json()["text"]
        assert sliced(text, near) == near["quote"]


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_stops_the_work(
    serve: Serve, openai_server: OpenAIServer, stream: bool
) -> None:
    stopped = threading.Event()
    openai_server.replies = [Reply(endless(stopped))]
    served = serve(reading(openai_server))
    body = {"question": QUESTION, "stream": stream}
    if stream:
        with served.http.stream("POST", "/ask", json=body) as response:
            assert any("delta" in text for text in response.iter_text())
    else:
        with pytest.raises(httpx.TimeoutException):
            httpx.post(f"{served.url}/ask", json=body, timeout=1)
    assert stopped.wait(20)


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_a_silent_model_frees_its_place(
    serve: Serve, openai_server: OpenAIServer, stream: bool
) -> None:
    """The next one would be refused after ten seconds, and the model is silent for a minute."""
    openai_server.replies = [Reply((), wait_seconds=60)] * 6
    served = serve(reading(openai_server), concurrent_answers=1)
    for _ in range(6):  # more than it takes to leave a model alone
        with pytest.raises(httpx.TimeoutException):
            httpx.post(
                f"{served.url}/ask", json={"question": QUESTION, "stream": stream}, timeout=0.3
            )
    openai_server.replies = [spoken("It came with conditions [1].")]
    answer = served.http.post("/ask", json={"question": QUESTION}).json()
    assert (answer["reader"], answer["notices"]) == ("m", [])


def endless(stopped: threading.Event) -> Iterator[bytes]:
    """A model that never ends, and notices when nobody listens."""
    try:
        while True:
            yield chunk("It went on [1]. ")
            time.sleep(0.01)
    finally:
        stopped.set()


def test_an_error_is_an_event_with_a_problem(serve: Serve, openai_server: OpenAIServer) -> None:
    openai_server.replies = [spoken("", finish=None)] * 3
    served = serve(reading(openai_server), fallback=False)
    sent = events(served)
    assert [name for name, _, _ in sent] == ["meta", "error", "done"]
    assert (sent[1][2]["status"], sent[1][2]["type"]) == (502, "/docs#ModelError")
    openai_server.replies = [spoken("", finish=None)] * 3
    response = served.http.post("/ask", json={"question": QUESTION})
    assert response.status_code == 502
    assert response.json()["detail"] == sent[1][2]["detail"]


def test_a_citation_that_does_not_verify_is_never_shown(serve: Serve, library: Library) -> None:
    """The article's text is changed under the answer, as a broken disk or program might."""
    list(library.add([Article("a", "The ship sank off Malta. All hands were saved.", "Ship")]))
    served = serve(library=library)
    body = {"question": "Where did the ship sink?", "strictness": 0}
    assert served.http.post("/ask", json=body).json()["citations"]
    served.service.text = lambda *_: "Something else."
    response = served.http.post("/ask", json=body)
    assert response.status_code == 500
    assert "Malta" not in response.text
    assert 'result="failed"} 1.0' in served.http.get("/metrics").text


def test_a_silent_model_does_not_look_like_a_dead_connection(
    serve: Serve, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PING_SECONDS", 0.05)
    openai_server.replies = [replace(spoken("It was so [1]."), wait_seconds=0.5)]
    response = serve(reading(openai_server)).http.post(
        "/ask", json={"question": QUESTION, "stream": True}
    )
    lines = response.text.splitlines()
    assert any(line.startswith(": ping") for line in lines[:-4])
    assert "event: done" in lines


def test_the_headers_of_a_stream(served: Served) -> None:
    response = served.http.post("/ask", json={"question": QUESTION, "stream": True})
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    assert json.loads(response.text.split("event: done\ndata: ")[1]) == {}
