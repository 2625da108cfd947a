"""The app: routes, errors and limits over one service."""

from typing import Any

from fastapi import Depends, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from qa.api import bodies, problems
from qa.api.answers import Answers
from qa.api.auth import Neighbours
from qa.api.dependencies import Dependencies, only_known
from qa.api.limits import Admission, Rates
from qa.api.logs import Log
from qa.api.middleware import Requests
from qa.api.routes import articles, ask, completions, docs, health, page, prometheus
from qa.api.routes.health import Health
from qa.api.routes.prometheus import Metrics
from qa.api.streams import CLIENT_LEFT, Steps
from qa.keys import Keys
from qa.service import Local
from qa.settings import Settings

MAX_BODY_BYTES = 2**20
"""The largest body, uploads apart."""

SEARCHES = 8
WRITES = 2
"""Done at once; the library takes turns anyway."""

ROUTERS = [part.router for part in (ask, articles, completions, health, prometheus, docs)]


class App(FastAPI):
    """Knows the shape of the errors that every route names."""

    def openapi(self) -> dict[str, Any]:
        """See `FastAPI`, which knows the shapes of successes only."""
        document = super().openapi()
        document["components"]["schemas"].update(
            problems.schemas() | bodies.schemas(ask.Question, completions.Completion)
        )
        return document


def make_app(service: Local, settings: Settings, log: Log, *, on_loopback: bool) -> Requests:
    """An ASGI app that answers with this service.

    On loopback it can do without keys, and answers to this machine's own names only.
    """
    dependencies = _dependencies(service, settings, log, needs_key=not on_loopback)
    app = App(
        title="qa",
        summary="Questions over articles, answered with the exact characters behind each sentence",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=MAX_BODY_BYTES,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False,
                   "auto_configure": False},
    )  # fmt: skip
    app.state.dependencies = dependencies
    problems.install(app)
    app.add_exception_handler(ClientDisconnect, _left)
    for router in ROUTERS:
        app.include_router(router, dependencies=[Depends(only_known)])
    page.install(app)
    if settings.origins:
        _let_in(app, settings.origins)
    neighbours = Neighbours.of(settings.origins) if on_loopback else None
    return Requests(app, log, dependencies.metrics, neighbours, _max_bytes, dependencies.steps.stop)


async def _left(request: Request, error: Exception) -> Response:
    return Response(status_code=CLIENT_LEFT)  # in the middle of its body


def _max_bytes(path: str) -> int:
    return articles.MAX_UPLOAD_BYTES if path == "/articles" else MAX_BODY_BYTES


def _dependencies(service: Local, settings: Settings, log: Log, needs_key: bool) -> Dependencies:
    readers = service.readers
    counted = Metrics(lambda: service.backlog, llm=readers[0] if len(readers) > 1 else "")
    at_once = settings.concurrent_answers
    return Dependencies(
        service=service,
        settings=settings,
        keys=Keys(settings.data),
        needs_key=needs_key,
        answers=Answers(service, counted),
        metrics=counted,
        health=Health(service, counted),
        rates=Rates(settings.requests_per_minute),
        answering=Admission(at_once, waiting=2 * at_once),
        searching=Admission(SEARCHES, waiting=8 * SEARCHES),
        writing=Admission(WRITES, waiting=16 * WRITES),
        steps=Steps(at_once),
        log=log,
    )


def _let_in(app: FastAPI, origins: tuple[str, ...]) -> None:
    """Answer browsers that ask whether pages of these origins may use the service."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["X-Request-Id", "Retry-After"],
    )
