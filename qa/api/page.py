"""The page: files of `qa/web`, as they are."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles

from index.errors import NotFound

WEB = Path(__file__).parent.parent / "web"

router = APIRouter()


@router.get("/", include_in_schema=False)
def index() -> FileResponse:
    """The page itself."""
    page = WEB / "index.html"
    if not page.is_file():
        raise NotFound("there is no page in this installation", "see /docs")
    return FileResponse(page)


def install(app: FastAPI) -> None:
    """Serve the page and what it loads."""
    app.include_router(router)
    if WEB.is_dir():
        app.mount("/static", StaticFiles(directory=WEB))
