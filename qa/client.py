"""A library behind a server: the `qa.service.Service` of another process, over HTTP."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx2
from pydantic import ValidationError

from index.errors import (
    ArticleError,
    InputError,
    InvalidRequest,
    Passing,
    QAError,
    ServiceUnavailable,
    error_named,
)
from index.model import Article, Filters
from qa.answer import (
    MAX_TURNS,
    Answer,
    Citation,
    CitationEvent,
    DeltaEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    FinalEvent,
    MetaEvent,
    Turn,
    Wire,
)
from qa.context.citation_builder import iso
from qa.results import (
    AddedRow,
    AddedRows,
    ArticlePage,
    ArticleRow,
    ArticleText,
    LibraryInfo,
    SearchResult,
)

Kind = TypeVar("Kind", bound=Wire)

CONNECT_SECONDS = 10.0

READ_SECONDS = 600.0
"""Between two pieces of a response; a large upload is silent while it is read."""

PAGE = 200
"""Articles asked for at a time."""

BATCH_ARTICLES = 32
BATCH_CHARS = 2**20
"""An upload closes once it holds so much."""

TRIES = 5
"""Of an upload that a busy server puts off."""


class Client:
    """Asks the server at `url`. A context manager; see `qa.service.Service`."""

    def __init__(self, url: str, key: str = "") -> None:
        """InputError if the key or the address cannot be one. What cannot be reached is told when
        it is asked."""
        if not key.isascii():
            raise InputError("QA_KEY is no key", "`qa keys add` prints one")
        self._url = url.rstrip("/")
        try:
            self._http = httpx2.Client(
                base_url=self._url,
                headers={"Authorization": f"Bearer {key}"} if key else {},
                timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                # A proxy of the environment knows nothing of this machine's own addresses.
                trust_env=urlsplit(self._url).hostname not in ("127.0.0.1", "::1", "localhost"),
            )
        except (httpx2.InvalidURL, ValueError) as error:
            raise InputError(f"{url!r} is no address: {error}", _CHECK) from error

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def readers(self) -> list[str]:
        return self.info().readers

    @property
    def backlog(self) -> int:
        return self.info().backlog

    @property
    def former_vectors(self) -> int:
        return self.info().former_vectors or 0

    def info(self) -> LibraryInfo:
        return self._get(LibraryInfo, "/info")

    def stream(
        self,
        question: str,
        filters: Filters,
        history: Sequence[Turn] = (),
        reader: str = "",
        strictness: float | None = None,
    ) -> Iterator[Event]:
        body: dict[str, object] = {
            "question": question,
            "filters": _filters(filters),
            "history": [turn.model_dump() for turn in history[-MAX_TURNS:]],
            "reader": reader,
            "stream": True,
        }
        if strictness is not None:  # a server of an earlier qa does not know it
            body["strictness"] = strictness
        try:
            yield from self._events(body)
        except QAError as error:
            yield ErrorEvent.of(error)
            yield DoneEvent()

    def search(self, question: str, limit: int, filters: Filters) -> SearchResult:
        params = {"q": question, "limit": limit, **_filters(filters)}
        return self._get(SearchResult, "/search", params)

    def articles(self) -> Iterator[ArticleRow]:
        cursor: str | None = ""
        while cursor is not None:
            page = self._get(ArticlePage, "/articles", {"limit": PAGE, "cursor": cursor})
            yield from page.articles
            cursor = page.next

    def article(self, article_id: str, version: str = "") -> ArticleText:
        with self._translated():
            return self._get(ArticleText, _path(article_id), {"version": version})

    def add(self, items: Iterable[Article | ArticleError]) -> Iterator[AddedRow]:
        batch: list[Article] = []
        for item in items:
            if isinstance(item, ArticleError):
                yield from self._add(batch)
                batch = []
                yield AddedRow(
                    article_id=item.path, outcome="failed", error=item.message, hint=item.hint
                )
                continue
            if is_full(batch, item):
                yield from self._add(batch)
                batch = []
            batch.append(item)
        yield from self._add(batch)

    def remove(self, article_id: str) -> None:
        with self._translated():
            _checked(self._http.delete(_path(article_id)))

    def embed(self) -> Iterator[int]:
        return iter(())

    def _get(self, kind: type[Kind], path: str, params: Mapping[str, Any] | None = None) -> Kind:
        with self._translated():
            response = _checked(self._http.get(path, params=params))
            return kind.model_validate_json(response.content)

    def _events(self, body: Mapping[str, Any]) -> Iterator[Event]:
        with (
            self._translated(),
            self._http.sse("/ask", method="POST", json=body, max_event_size=None) as source,
        ):
            if not source.response.is_success:
                source.response.read()
                _checked(source.response)
            for sent in source:
                event = _event(sent.event, sent.data)
                yield event
                if isinstance(event, DoneEvent):
                    return
        raise ServiceUnavailable(f"{self._url} broke off its answer", "ask again")

    def _add(self, batch: Sequence[Article]) -> list[AddedRow]:
        if not batch:
            return []
        rows = "\n".join(json.dumps(_row(article)) for article in batch)
        files = {"file": ("articles.jsonl", rows.encode(), "application/x-ndjson")}
        with self._translated():
            # The server knows a failed row by the name of the file, which is none of ours.
            return [
                row.model_copy(
                    update={
                        "article_id": article.id if row.error else row.article_id,
                        "notices": [*article.notices, *row.notices],
                    }
                )
                for article, row in zip(batch, self._uploaded(files), strict=True)
            ]

    def _uploaded(self, files: Any) -> list[AddedRow]:
        try:
            return AddedRows.model_validate_json(self._patiently(files).content).articles
        except InvalidRequest as error:  # all of them failed
            told = (message for _, message in error.faults)
            return [AddedRow(article_id="", outcome="failed", error=message) for message in told]

    def _patiently(self, files: Any) -> httpx2.Response:
        """An upload, again if the server is busy: what is being read should not fail by that."""
        for _ in range(TRIES - 1):
            try:
                return _checked(self._http.post("/articles", files=files))
            except Passing as error:
                time.sleep(error.retry_seconds)
        return _checked(self._http.post("/articles", files=files))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the connection, and of answers that make no sense, as ServiceUnavailable;
        InputError for half a character, which cannot be sent."""
        try:
            yield
        except httpx2.InvalidURL as error:
            raise ServiceUnavailable(f"{self._url} is no address: {error}", _CHECK) from error
        except httpx2.TimeoutException as error:
            raise ServiceUnavailable(f"{self._url} does not answer", _CHECK) from error
        except httpx2.HTTPError as error:
            raise ServiceUnavailable(f"{self._url} cannot be reached: {error}", _CHECK) from error
        except UnicodeEncodeError as error:
            raise InputError(f"{error.object!r} is not text", "write it in UTF-8") from error
        except (ValidationError, ValueError) as error:
            raise ServiceUnavailable(
                f"{self._url} does not answer like `qa serve` of this version", _CHECK
            ) from error


_CHECK = "is `qa serve` running there? QA_SERVER or --server names it"


def _path(article_id: str) -> str:
    return f"/articles/{quote(article_id, safe='')}"


def _filters(filters: Filters) -> dict[str, Any]:
    """As a body and as an address take them; what is not asked for is left out."""
    given = {
        "source": list(filters.sources),
        "article": list(filters.articles),
        "after": iso(filters.after),
        "before": iso(filters.before),
    }
    return {name: value for name, value in given.items() if value}


def _row(article: Article) -> dict[str, Any]:
    names = ("id", "text", "title", "url", "source", "author", "language")
    row = {name: getattr(article, name) for name in names}
    former = list(article.former_ids)
    return row | {"published_at": iso(article.published_at), "former_ids": former}


def is_full(batch: Sequence[Article], item: Article) -> bool:
    """Whether an article opens a new batch: one file has each id once."""
    chars = sum(len(article.text) for article in (*batch, item))
    known = {article.id for article in batch}
    too_much = len(batch) == BATCH_ARTICLES or chars > BATCH_CHARS or item.id in known
    return bool(batch) and too_much


def _event(name: str, data: str) -> Event:
    match name:
        case "meta":
            return MetaEvent.model_validate_json(data)
        case "citation":
            return CitationEvent(citation=Citation.model_validate_json(data))
        case "delta":
            return DeltaEvent.model_validate_json(data)
        case "final":
            return FinalEvent(answer=Answer.model_validate_json(data))
        case "error":
            return ErrorEvent.of(_error(json.loads(data)))
        case "done":
            return DoneEvent()
    raise ValueError(f"there is no event {name!r}")


def _checked(response: httpx2.Response) -> httpx2.Response:
    """A response that succeeded. Raises the error that it tells, as the server raised it."""
    if response.is_success:
        return response
    error = _error(response.json())
    if isinstance(error, Passing):
        error.retry_seconds = int(response.headers.get("Retry-After", error.retry_seconds))
    raise error


def _error(problem: Mapping[str, Any]) -> QAError:
    """The error that a problem of `qa.api.problems` tells. ValueError if it is none."""
    try:
        error = error_named(problem["type"].rpartition("#")[2], problem["detail"], problem["hint"])
        if isinstance(error, InvalidRequest):
            error.faults = [(fault["where"], fault["message"]) for fault in problem["errors"]]
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError("not a problem") from fault
    return error
