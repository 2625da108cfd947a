"""`/articles` and `/search`: what is there, what is found, and what comes and goes."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import UploadFile

from index.errors import ArticleError, InvalidRequest, NotFound, Overtaken, TooLarge
from index.model import Article
from index.sources import read_row, read_uploads
from index.sources.decoding import MAX_FILE_BYTES
from qa.api.auth import may_ask, may_write
from qa.api.bodies import Received, form, parsed, received
from qa.api.dependencies import Body, Offsets, QueryFilters, Service, Text
from qa.api.limits import searching, writing
from qa.api.offsets import article_in_utf16, search_in_utf16
from qa.api.problems import MORE, MOST_FAULTS, statuses
from qa.results import AddedRow, AddedRows, ArticlePage, ArticleText, LibraryInfo, SearchResult

router = APIRouter(tags=["articles"])

READS = [Depends(may_ask), Depends(searching)]
WRITES = [Depends(may_write), Depends(writing)]

MAX_FILES = 16
"""Files in one upload."""

MAX_UPLOAD_BYTES = MAX_FILE_BYTES + 2**20
"""A file as large as is read, and what is around it."""

MAX_JSON_BYTES = 2**25
"""An article of the most characters, each as it may be escaped (`\\u4e00`)."""

MAX_ROWS = 50_000
"""Articles in one upload: what becomes of each is told at its end."""

PATH_IDS = (
    "An id is percent-encoded whole in the path: `https://example.org/a?b` is asked for as "
    "`/articles/https%3A%2F%2Fexample.org%2Fa%3Fb`."
)


class NewArticle(Body):
    """An article to be stored. Without `id` it is known by its URL (without `#fragment`), or else
    by its text."""

    text: Text
    id: Text = ""
    title: Text = ""
    url: Text = ""
    source: Text = ""
    author: Text = ""
    published_at: Text | int | float | None = None
    """ISO 8601, RFC 2822 or seconds since 1970; without a zone in UTC."""
    language: Text = ""
    """BCP 47; told from the text by default."""


@router.get(
    "/search", dependencies=READS, responses=statuses(400, 401, 403, 404, 422, 429, 500, 503)
)
def search(
    service: Service,
    q: Annotated[str, Query(min_length=1, max_length=4_000, description="Words or a question.")],
    filters: QueryFilters,
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
    offsets: Offsets = "codepoints",
) -> SearchResult:
    """The passages that may answer, best first, and how each index ranked them."""
    found = service.search(q, limit, filters)
    try:
        return found if offsets == "codepoints" else search_in_utf16(found, service.text)
    except NotFound as error:
        raise Overtaken("an article was removed while it was read", "search again") from error


@router.get("/info", dependencies=READS, responses=statuses(401, 403, 422, 429, 500, 503))
def info(service: Service) -> LibraryInfo:
    """How much there is, from which sources, and who reads."""
    return service.info()


@router.get("/articles", dependencies=READS, responses=statuses(400, 401, 403, 422, 429, 500, 503))
def articles(
    service: Service,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str, Query(max_length=4_000, description="`next` of a page.")] = "",
) -> ArticlePage:
    """The articles, newest first, a page at a time."""
    return service.page(limit, cursor)


@router.get(
    "/articles/{article_id:path}",
    dependencies=READS,
    responses=statuses(401, 403, 404, 422, 429, 500, 503),
    description=f"One version of an article: its text and the spans of its sentences. {PATH_IDS}",
)
def article(
    service: Service,
    article_id: str,
    version: Annotated[str, Query(max_length=64, description="Its name, or a beginning.")] = "",
    offsets: Offsets = "codepoints",
) -> ArticleText:
    """One version of an article."""
    found = service.article(article_id, version)
    return found if offsets == "codepoints" else article_in_utf16(found)


@router.delete(
    "/articles/{article_id:path}",
    status_code=204,
    dependencies=WRITES,
    responses=statuses(401, 403, 404, 422, 429, 500, 503),
    description=f"Forget an article, with all its versions. {PATH_IDS}",
)
def remove(service: Service, article_id: str) -> None:
    """Forget an article."""
    service.remove(article_id)


_SENT: dict[str, Any] = {
    "application/json": {"schema": NewArticle.model_json_schema()},
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
                "source": {"type": "string"},
            },
        }
    },
}


@router.post(
    "/articles",
    dependencies=[Depends(may_write), Depends(received), Depends(writing)],
    responses=statuses(400, 401, 403, 413, 422, 429, 500, 503),
    openapi_extra={"requestBody": {"required": True, "content": _SENT}},
    max_body_size=MAX_UPLOAD_BYTES,
)
def add(request: Request, service: Service, body: Received) -> AddedRows:
    """Store articles; they are searchable when this returns, and embedded soon after.

    Takes one article as JSON, or files (`.txt .md .html .pdf .jsonl`) as a form with `file`, and
    `source` for articles that name none. A file's name is its id unless it says one. 422 if
    nothing could be stored; else each row says what became of an article.
    """
    with ExitStack() as files:
        if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            items = _first(_uploaded(request, body, files))
        else:
            items = iter([_row(body)])
        rows = list(service.add(items))
    if rows and all(row.outcome == "failed" for row in rows):
        raise _all_failed(rows)
    return AddedRows(articles=rows, backlog=service.backlog)


def _row(body: SpooledTemporaryFile[bytes]) -> Article | ArticleError:
    data = body.read(MAX_JSON_BYTES + 1)
    if len(data) > MAX_JSON_BYTES:
        raise TooLarge("the body is too large", "send the article as a file")
    given = parsed(NewArticle, data)
    return read_row(given.text, given.model_dump(exclude={"text"}))


def _uploaded(
    request: Request, body: SpooledTemporaryFile[bytes], opened: ExitStack
) -> Iterator[Article | ArticleError]:
    """The articles of all files of a form, one file in memory at a time."""
    fields = form(request.headers, body, MAX_FILES)
    for _, given in fields.multi_items():
        if isinstance(given, UploadFile):
            opened.callback(given.file.close)
    if unknown := [name for name in fields if name not in ("file", "source")]:
        told = [(name, "is no field of this form") for name in unknown]
        raise InvalidRequest(" ".join(told[0]), "it takes file and source", told)
    files = [file for file in fields.getlist("file") if isinstance(file, UploadFile)]
    if not files:
        raise InvalidRequest("file: a form needs a file", MORE, [("file", "is missing")])
    source = str(fields.get("source") or "")
    return read_uploads(
        ((file.filename or "upload", file.file.read()) for file in files), source=source
    )


def _first(items: Iterator[Article | ArticleError]) -> Iterator[Article | ArticleError]:
    """As many as one upload may have, and what is said of the rest."""
    yield from islice(items, MAX_ROWS)
    if next(items, None):
        told = f"the upload has more than {MAX_ROWS:,} articles"
        yield ArticleError("the rest", told, hint="send less at a time")


def _all_failed(rows: list[AddedRow]) -> InvalidRequest:
    faults = [(row.article_id, row.error) for row in rows[:MOST_FAULTS]]
    hints = "; ".join(dict.fromkeys(row.hint for row in rows if row.hint))
    return InvalidRequest(faults[0][1], hints or "mend it and send it again", faults)
