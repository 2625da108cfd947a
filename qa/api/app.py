"""The app: routes, errors and limits over one service."""

from fastapi import FastAPI

from qa.api import articles, ask, page, problems
from qa.api.middleware import Requests
from qa.api.parts import Parts
from qa.service import Local
from qa.settings import Settings

MAX_BODY_BYTES = 2**20
"""The largest body, uploads apart."""


def make_app(service: Local, settings: Settings) -> Requests:
    """An ASGI app that answers with this service."""
    return Requests(_routes(service, settings))


def _routes(service: Local, settings: Settings) -> FastAPI:
    app = FastAPI(
        title="qa",
        summary="Questions over articles, answered with the exact characters behind each sentence",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=MAX_BODY_BYTES,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    app.state.parts = Parts(service, settings)
    problems.install(app)
    app.include_router(ask.router)
    app.include_router(articles.router)
    page.install(app)
    return app
