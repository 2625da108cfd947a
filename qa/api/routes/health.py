"""Is it there, and does it work as it should?"""

import threading
import time
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from index.errors import EncoderError, IndexUnavailable
from index.model import Filters
from qa.api.dependencies import dependencies_of
from qa.api.problems import LATER_SECONDS, statuses
from qa.api.routes.prometheus import Metrics
from qa.service import Local

KEPT_SECONDS = 2
"""How long a finding is told again instead of looking anew."""


Status = Literal["ready", "degraded", "unavailable"]


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Readiness(BaseModel):
    """Whether questions are answered, and what makes the answers poorer than they could be."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    status: Status
    reasons: list[str]
    backlog: int
    """Passages that have no vector yet and are found by their words only."""
    embedding_failing_since: str | None
    """ISO 8601: since when no vectors are made; `reasons` tell why. None while nothing is wrong."""


class Health:
    """Looks whether the parts of a service work, now and then."""

    def __init__(self, service: Local, metrics: Metrics) -> None:
        self._service = service
        self._metrics = metrics
        self._lock = threading.Lock()
        self._found: tuple[float, Readiness] | None = None

    def readiness(self) -> Readiness:
        """How it was at most two seconds ago."""
        with self._lock:
            now = time.monotonic()
            if self._found is None or now - self._found[0] > KEPT_SECONDS:
                self._found = (now, self._look())
            return self._found[1]

    def _look(self) -> Readiness:
        backlog = self._service.backlog
        try:
            notices = self._service.search("is everything there?", 1, Filters()).notices
        except (IndexUnavailable, EncoderError):
            reason = "both indexes are lost; `qa rebuild` makes them anew"
            return self._readiness("unavailable", [reason], backlog)
        reasons = [_reason(notice) for notice in notices]
        if backlog:
            reasons.append("some articles are found by their words only yet")
        if self._metrics.llm_failing:
            reasons.append("the language model failed when it was last asked")
        return self._readiness("degraded" if reasons else "ready", reasons, backlog)

    def _readiness(self, status: Status, reasons: list[str], backlog: int) -> Readiness:
        since = self._service.embedding_failing_since
        return Readiness(
            status=status, reasons=reasons, backlog=backlog, embedding_failing_since=since
        )


def _reason(notice: str) -> str:
    """The notice without what its library said: anybody may look."""
    return notice.partition(": ")[0]


router = APIRouter(prefix="/health", tags=["operations"])


@router.head("/live", include_in_schema=False)
@router.get("/live", responses=statuses(403, 422, 500))
async def live() -> Live:
    """The process answers."""
    return Live()


@router.head("/ready", include_in_schema=False)
@router.get(
    "/ready",
    responses=statuses(403, 422, 500)
    | {503: {"model": Readiness, "description": "It cannot answer."}},
)
def ready(request: Request, response: Response) -> Readiness:
    """Whether questions are answered; `degraded` is a success, and says what is missing."""
    found = dependencies_of(request).health.readiness()
    if found.status == "unavailable":
        response.status_code = 503
        response.headers["Retry-After"] = str(LATER_SECONDS)
    return found
