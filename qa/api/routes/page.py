"""The page: files of `qa/web`, as they are."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from index.errors import NotFound

WEB = Path(__file__).parents[2] / "web"

FRESH = {"Cache-Control": "no-cache"}
"""Ask each time whether it has changed: modules of two versions do not go together."""

router = APIRouter()


class Files(StaticFiles):
    """What the page loads."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """See `StaticFiles`."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(FRESH)
        return response


@router.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
def index() -> FileResponse:
    """The page itself."""
    page = WEB / "index.html"
    if not page.is_file():
        raise NotFound("there is no page in this installation", "see /docs")
    return FileResponse(page, headers=FRESH)


def install(app: FastAPI) -> None:
    """Serve the page and what it loads."""
    app.include_router(router)
    if WEB.is_dir():
        app.mount("/static", Files(directory=WEB))
