"""What Prometheus is told; on a registry of its own, so two apps in one process do not mix."""

from collections.abc import Callable

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from index.errors import ModelError, QAError
from qa.answer import Answer
from qa.api.auth import may_ask
from qa.api.dependencies import dependencies_of
from qa.api.problems import statuses

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

CUT_SHORT = "the answer was cut short"
"""How the engine's notice begins when a model failed in the middle."""


class Metrics:
    """Counts of one app."""

    def __init__(self, backlog: Callable[[], float], llm: str) -> None:
        """`llm` is the language model that is meant to read; empty if none is."""
        self._llm = llm
        self.llm_failing = False
        """Whether the last answer that the language model was asked for is not its own."""
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "qa_requests", "Requests answered", ["method", "route", "status"], registry=registry
        )
        self._stages = Histogram(
            "qa_answer_stage_seconds", "Time of an answer, by stage", ["stage"],
            buckets=SECONDS, registry=registry,
        )  # fmt: skip
        self._answers = Counter("qa_answers", "Answers", ["reader"], registry=registry)
        self._abstentions = Counter(
            "qa_abstentions", "Answers that the articles do not say", registry=registry
        )
        self._unsupported = Counter(
            "qa_statements_unsupported", "Statements that lack support", registry=registry
        )
        self._citations = Counter(
            "qa_citations_checked", "Citations compared with the catalog", ["result"],
            registry=registry,
        )  # fmt: skip
        self._failures = Counter(
            "qa_llm_failures", "Failures of the language model", ["outcome"], registry=registry
        )
        gauge = Gauge("qa_backlog_passages", "Passages without a vector", registry=registry)
        gauge.set_function(backlog)

    def request(self, method: str, route: str, status: int) -> None:
        """One more request; `route` is the template of its address."""
        self._requests.labels(method, route, str(status)).inc()

    def citation(self, verified: bool) -> None:
        """One more citation compared with its article."""
        self._citations.labels("ok" if verified else "failed").inc()

    def answer(self, answer: Answer, asked: str) -> None:
        """One more answer; `asked` is the reader that was to write it."""
        self._answers.labels(answer.reader).inc()
        self._abstentions.inc(not answer.answerable)
        self._unsupported.inc(sum(not statement.supported for statement in answer.statements))
        for stage, ms in answer.timings_ms.items():
            self._stages.labels(stage).observe(ms / 1000)
        if asked != answer.reader:
            self._failed("fallback")
        elif any(notice.startswith(CUT_SHORT) for notice in answer.notices):
            self._failed("cut short")
        elif asked == self._llm:
            self.llm_failing = False

    def error(self, error: QAError) -> None:
        """One more answer that ended with an error."""
        if isinstance(error, ModelError):
            self._failed("error")

    def _failed(self, outcome: str) -> None:
        self.llm_failing = True
        self._failures.labels(outcome).inc()


router = APIRouter(tags=["operations"], dependencies=[Depends(may_ask)])


@router.get(
    "/metrics",
    response_class=Response,
    responses=statuses(401, 403, 422, 429, 500) | {200: {"content": {"text/plain": {}}}},
)
def metrics(request: Request) -> Response:
    """Counts and latencies, for Prometheus."""
    told = generate_latest(dependencies_of(request).metrics.registry)
    return Response(told, media_type=CONTENT_TYPE_LATEST)
