"""Health and metrics: what is poorer than it could be is said."""

import re
from pathlib import Path

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
    assert ready(served) == {"status": "ready", "reasons": [], "backlog": 0}
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
    answer = served.http.post("/ask", json={"question": "Where did the ship sink?"}).json()
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
