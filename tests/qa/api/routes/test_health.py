"""Health and metrics: what is poorer than it could be is said."""

import re
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder.minilm import MiniLM
from index.errors import EncoderError
from index.library import Library
from index.model import Article
from tests.api_server import Serve, Served, reading
from tests.openai_server import OpenAIServer, refused, spoken

ASK = {"question": "What conditions did Zelenskyy propose?"}


def metric(served: Served, name: str) -> float:
    """The sum of a metric's samples."""
    pattern = rf"^{name}(?:{{.*}})? (\S+)$"
    return sum(map(float, re.findall(pattern, served.http.get("/metrics").text, re.MULTILINE)))


def ready(served: Served) -> dict:
    return served.http.get("/health/ready").json()


def test_ready_and_live(served: Served) -> None:
    assert ready(served) == {
        "status": "ready",
        "reasons": [],
        "backlog": 0,
        "embedding_failing_since": None,
    }
    assert served.http.get("/health/live").json() == {"status": "live"}


def test_those_who_look_only_need_no_body(served: Served) -> None:
    for path in ("/", "/health/live", "/health/ready"):
        response = served.http.head(path)
        assert (response.status_code, response.content) == (200, b"")


def test_a_backlog_is_said(serve: Serve, library: Library) -> None:
    list(library.add([Article("a", "The ship sank off Malta.")]))
    served = serve(library=library)
    assert ready(served)["status"] == "degraded"
    assert ready(served)["backlog"] == metric(served, "qa_backlog_passages") == 1


class OnlyQuestions(MiniLM):
    """Embeds one text, but no more at once."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if len(texts) > 1:
            raise EncoderError("the embedding service failed: it quotes an article")
        return super().encode(texts)


def test_a_failing_embedding_is_said(serve: Serve, tmp_path: Path) -> None:
    with closing(Library(tmp_path / "library", OnlyQuestions())) as library:
        list(library.add([Article("a", "The ship sank."), Article("b", "The bridge fell.")]))
        library.embed_behind()
        ends = time.monotonic() + 60
        while library.embedding_failing is None:
            assert time.monotonic() < ends
            time.sleep(0.01)
        served = serve(library=library)
        found, info = ready(served), served.http.get("/info").json()
        since = info["embedding_failing_since"]
        assert (found["status"], found["embedding_failing_since"]) == ("degraded", since)
        day, _, hour = since.rstrip("Z").partition("T")
        told = f"embedding has failed since {day} {hour} UTC; the embedding service failed"
        assert told in found["reasons"]
        assert info["embedding_error"] == "the embedding service failed: it quotes an article"
        search = served.http.get("/search", params={"q": "ship"}).json()
        assert search["notices"] == [f"{told}: it quotes an article"]


def test_a_lost_vector_index_is_said_and_answers_go_on(serve: Serve, library: Library) -> None:
    list(library.add([Article("a", "The ship sank off Malta. All hands were saved.", "Ship")]))
    list(library.embed())
    library._vectors._client.delete_collection("passages")
    served = serve(library=library)
    found = ready(served)
    assert (found["status"], found["reasons"][0]) == (
        "degraded",
        "answered without dense retrieval",
    )
    body = {"question": "Where did the ship sink?", "strictness": 0}
    answer = served.http.post("/ask", json=body).json()
    assert answer["answerable"]


def test_without_any_index_it_is_not_ready(serve: Serve, library: Library, tmp_path: Path) -> None:
    list(library.add([Article("a", "The ship sank off Malta.")]))
    list(library.embed())
    library._vectors._client.delete_collection("passages")
    for file in (tmp_path / "library" / "lexical").glob("*.term"):
        file.write_bytes(b"\xff" * file.stat().st_size)
    response = serve(library=library).http.get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert response.json()["reasons"] == ["both indexes are lost; `qa rebuild` makes them anew"]
    assert int(response.headers["Retry-After"]) > 0


def test_a_failing_model_is_counted_and_said(serve: Serve, openai_server: OpenAIServer) -> None:
    openai_server.replies = [refused(401, "no"), spoken("It was so [1]."), refused(401, "no")]
    served = serve(reading(openai_server))
    assert served.http.post("/ask", json=ASK).json()["reader"] == "extractive"
    assert metric(served, "qa_llm_failures_total") == 1
    assert "language model" in ready(served)["reasons"][0]
    assert served.http.post("/ask", json=ASK).json()["reader"] == "m"
    assert metric(served, "qa_llm_failures_total") == 1
    assert not served.app._metrics.llm_failing
    served.http.post("/ask", json=ASK | {"reader": "extractive"})
    assert metric(served, "qa_llm_failures_total") == 1


def test_an_answer_cut_short_is_a_failure(serve: Serve, openai_server: OpenAIServer) -> None:
    openai_server.replies = [spoken("It was so [1]. And then [2]. More", finish=None)]
    served = serve(reading(openai_server))
    assert served.http.post("/ask", json=ASK).json()["notices"]
    assert 'qa_llm_failures_total{outcome="cut short"} 1.0' in served.http.get("/metrics").text


def test_answers_are_counted(serve: Serve, openai_server: OpenAIServer) -> None:
    openai_server.replies = [spoken("It was so [1]. It was 4,321 in Atlantis [1].")]
    served = serve(reading(openai_server))
    told = served.http.post("/ask", json=ASK).json()
    served.http.post("/ask", json={"question": "boiling tungsten?", "reader": "extractive"})
    assert metric(served, "qa_statements_unsupported_total") == 1
    assert metric(served, "qa_abstentions_total") == 1
    assert metric(served, "qa_citations_checked_total") == len(told["citations"])
    assert metric(served, "qa_answer_stage_seconds_count") == 6
    history = {"history": [{"question": "Who asked NATO?"}], "reader": "extractive"}
    served.http.post("/ask", json=ASK | history)
    stages = served.http.get("/metrics").text
    assert 'qa_answer_stage_seconds_count{stage="rewrite"} 1.0' in stages
    assert 'qa_requests_total{method="POST",route="/ask",status="200"} 3.0' in (
        served.http.get("/metrics").text
    )
