"""Files, folders and standard input -> articles, one module for each kind of source.

What is no article comes out as an ArticleError, a value among the others: one broken file in a
folder of a thousand does not stop the rest. The modules that need large libraries are imported
when the first file of their kind is read.
"""

import codecs
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from index.errors import ArticleError
from index.model import Article
from index.sources import jsonl, titles
from index.sources.decoding import (
    UTF16_MARKS,
    check_is_file,
    check_size,
    display,
    read_bytes,
    unreadable,
)
from index.sources.fields import Fields, article
from index.sources.folders import SUFFIXES, check_suffix, find

if TYPE_CHECKING:
    from index.sources.url import Address

__all__ = [
    "SUFFIXES",
    "find",
    "read",
    "read_any",
    "read_row",
    "read_stdin",
    "read_upload",
    "read_url",
]

MODULES = {
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
}
"""The module that reads a suffix; JSON lines are streamed, the rest is `text`."""

JSON_LINES = frozenset({".jsonl", ".ndjson"})
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
HTML_BEGINNINGS = ("<!doctype html", "<html")
BEFORE_HTML = {"<?": "?>", "<!--": "-->"}
"""What may stand before that, by how it begins: an XML declaration and comments."""

LOOKED_AT = 4_096
"""Bytes within which it has to begin."""


class Reader(Protocol):
    """A module that turns a whole file's bytes into its article, or raises ArticleError."""

    def read(self, data: bytes, name: str, defaults: Fields) -> Article: ...


def read(
    paths: Iterable[Path | ArticleError], *, source: str = ""
) -> Iterator[Article | ArticleError]:
    """The articles in files and folders (see `find`, whose result may be given too).

    `source` is every article's source where its file names none.
    """
    for path in find(paths):
        if isinstance(path, ArticleError):
            yield path
            continue
        try:
            yield from _read_file(path, source)
        except ArticleError as error:
            yield error


def _read_file(path: Path, source: str) -> Iterator[Article | ArticleError]:
    name, suffix = display(path), path.suffix.lower()
    defaults = {"id": display(Path(os.path.realpath(path))), "source": source}
    if suffix not in JSON_LINES:
        yield _reader(MODULES.get(suffix, "text")).read(read_bytes(path), name, defaults)
        return
    check_is_file(path)
    try:
        with path.open("rb") as file:
            yield from jsonl.read(file, name, defaults)
    except OSError as error:
        raise unreadable(path, error) from error


def read_upload(data: bytes, name: str, *, source: str = "") -> Iterator[Article | ArticleError]:
    """The articles in the bytes of a file with this name, which is its id unless it says one."""
    path = Path(name)
    defaults = {"id": name, "source": source}
    try:
        check_suffix(path)
        check_size(len(data), name)
        if path.suffix.lower() in JSON_LINES:
            yield from jsonl.read(BytesIO(data), name, defaults)
        else:
            module = MODULES.get(path.suffix.lower(), "text")
            yield _reader(module).read(data, name, defaults)
    except ArticleError as error:
        yield error


def read_row(text: str, given: Fields) -> Article | ArticleError:
    """The article that a row says: its text, and what is known of it; see `fields.article`."""
    name = str(given.get("id") or given.get("url") or "article")
    try:
        return article(text, given, {"title": titles.from_text(text)}, name)
    except ArticleError as error:
        return error


def read_stdin(
    data: bytes, *, name: str = "-", source: str = ""
) -> Iterator[Article | ArticleError]:
    """The articles in bytes that have no file: JSON lines, HTML, PDF, else Markdown or text.

    `name` stands for them in errors. An article without id or URL is named after its text.
    """
    defaults = {"source": source}
    kind = _sniff(data)
    try:
        if kind == "jsonl":
            yield from jsonl.read(BytesIO(data), name, defaults)
        else:
            check_size(len(data), name)
            yield _reader(kind).read(data, name, defaults)
    except ArticleError as error:
        yield error


def read_url(
    url: str, *, source: str = "", allowed: "Callable[[Address], bool] | None" = None
) -> Iterator[Article | ArticleError]:
    """The article at a web address, which is its id, whatever a page says of itself; of JSON lines
    the articles that they are. See `index.sources.url`.

    `allowed` says which network addresses may be connected to: those of the internet by default.
    """
    from index.sources.url import fetch, is_public

    try:
        data, at, media_type = fetch(url, allowed or is_public)
        kind = "html" if media_type in HTML_TYPES else _sniff(data)
        check_size(len(data), url)
        if kind == "jsonl":
            yield from jsonl.read(BytesIO(data), url, {"source": source})
        else:
            found = _reader(kind).read(data, url, {"source": source})
            yield replace(found, id=at, url=at)
    except ArticleError as error:
        yield error


def read_any(words: Iterable[str], *, source: str = "") -> Iterator[Article | ArticleError]:
    """The articles that a person names: files, folders and web addresses, in their order."""
    for word in words:
        if is_address(word):
            yield from read_url(word, source=source)
        else:
            yield from read([Path(os.path.expanduser(word))], source=source)


def is_address(word: str) -> bool:
    """Whether it is meant as a web address."""
    return word.lower().startswith(("http://", "https://"))


def _reader(module: str) -> Reader:
    return cast(Reader, import_module(f"index.sources.{module}"))


def _sniff(data: bytes) -> str:
    """The module that reads `data`: what its first characters promise."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    charset = "utf-16" if data.startswith(UTF16_MARKS) else "utf-8"
    beginning = data.removeprefix(codecs.BOM_UTF8)[:LOOKED_AT].decode(charset, "ignore").lstrip()
    if _past_comments(beginning).lower().startswith(HTML_BEGINNINGS):
        return "html"
    return "jsonl" if beginning.startswith("{") and _are_rows(data, charset) else "text"


def _past_comments(text: str) -> str:
    """The text without what may stand before a page's HTML; nothing if that does not end."""
    while ending := BEFORE_HTML.get(text[:4], BEFORE_HTML.get(text[:2])):
        text = text.partition(ending)[2].lstrip()
    return text


def _are_rows(data: bytes, charset: str) -> bool:
    """Whether every line that is not blank begins with `{`."""
    lines = (line.strip() for line in data.decode(charset, "ignore").lstrip("\ufeff").split("\n"))
    return all(line.startswith("{") for line in lines if line)
