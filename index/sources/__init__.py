"""Files, folders and standard input -> articles, one module for each kind of source.

What is no article comes out as an ArticleError, a value among the others: one broken file in a
folder of a thousand does not stop the rest. The modules that need large libraries are imported
when the first file of their kind is read.
"""

import codecs
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import wraps
from importlib import import_module
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, Protocol, cast

from index.errors import ArticleError
from index.model import Article
from index.sources import data_formats, jsonl, titles
from index.sources.decoding import (
    UTF16_MARKS,
    check_is_file,
    check_size,
    display,
    read_bytes,
    unreadable,
)
from index.sources.fields import Fields, article, digest, without_fragment
from index.sources.folders import READABLE, SUFFIXES, File, Skipped, check_suffix, find

if TYPE_CHECKING:
    from index.sources.web.fetch import Address

__all__ = [
    "SUFFIXES",
    "File",
    "Skipped",
    "find",
    "read",
    "read_any",
    "read_row",
    "read_stdin",
    "read_uploads",
    "read_url",
]

Given = ParamSpec("Given")
Items = Iterator[Article | ArticleError]

KINDS = {
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
}
"""The kind of source by suffix; JSON lines are streamed, the rest is `text`."""

LOADERS = {
    "html": "index.sources.web.html",
    "pdf": "index.sources.pdf.loader",
    "text": "index.sources.text",
}
"""The module that reads a kind of source."""

JSON_LINES = frozenset({".jsonl", ".ndjson"})
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
HTML_BEGINNINGS = ("<!doctype html", "<html")
BEFORE_HTML = {"<?": "?>", "<!--": "-->"}
"""What may stand before that, by how it begins: an XML declaration and comments."""

LOOKED_AT = 4_096
"""Bytes within which it has to begin."""


class Loader(Protocol):
    """A module that turns a whole file's bytes into its article, or raises ArticleError."""

    def read(self, data: bytes, name: str, defaults: Fields) -> Article: ...


def _each_once(reading: Callable[Given, Items]) -> Callable[Given, Items]:
    """Of articles that are read together, those of one id but the first are told to be that."""

    @wraps(reading)
    def once(*given: Given.args, **named: Given.kwargs) -> Items:
        known: dict[str, str] = {}
        for item in reading(*given, **named):
            if isinstance(item, Article) and (earlier := known.get(item.id)) is not None:
                told = f"id '{item.id:.80}' is already that of {earlier}"
                yield ArticleError(item.origin, told, hint=OWN_IDS)
                continue
            if isinstance(item, Article):
                known[item.id] = item.origin
            yield item

    return once


OWN_IDS = "give each its own `id`, or add files of one name from a folder that is above them all"


@_each_once
def read(
    paths: Iterable[Path | File | ArticleError],
    *,
    source: str = "",
    skipped: Skipped | None = None,
) -> Items:
    """The articles in files and folders (see `find`, whose result may be given too).

    An article is known by the id that its file gives, else by where the file lies. `source` is
    every article's source where its file names none.
    """
    for file in find(paths, skipped):
        if isinstance(file, ArticleError):
            yield file
            continue
        try:
            yield from _read_file(file, source)
        except ArticleError as error:
            yield error


def _read_file(file: File, source: str) -> Items:
    path = file.path
    name, suffix = display(path), path.suffix.lower()
    real = display(Path(os.path.realpath(path)))
    defaults = {"id": file.place, "formerly": real, "source": source}
    if suffix not in JSON_LINES:
        yield _loader(KINDS.get(suffix, "text")).read(read_bytes(path), name, defaults)
        return
    check_is_file(path)
    try:
        with path.open("rb") as stream:
            yield from jsonl.read(stream, name, defaults)
    except OSError as error:
        raise unreadable(path, error) from error


@_each_once
def read_uploads(files: Iterable[tuple[str, bytes]], *, source: str = "") -> Items:
    """The articles in files' (name, bytes); a file's name is its id unless it says one."""
    for name, data in files:
        yield from _read_upload(name, data, source)


def _read_upload(name: str, data: bytes, source: str) -> Items:
    path = Path(name)
    defaults = {"id": name, "source": source}
    try:
        check_suffix(path)
        check_size(len(data), name)
        if path.suffix.lower() in JSON_LINES:
            yield from jsonl.read(BytesIO(data), name, defaults)
        else:
            kind = KINDS.get(path.suffix.lower(), "text")
            yield _loader(kind).read(data, name, defaults)
    except ArticleError as error:
        yield error


def read_row(text: str, given: Fields) -> Article | ArticleError:
    """The article that a row says: its text, and what is known of it; see `fields.article`."""
    name = str(given.get("id") or given.get("url") or "article")
    try:
        return article(text, given, {"title": titles.from_text(text)}, name)
    except ArticleError as error:
        return error


@_each_once
def read_stdin(data: bytes, *, name: str = "-", source: str = "") -> Items:
    """The articles in bytes that have no file: JSON lines, HTML, PDF, else Markdown or text.

    `name` stands for them in errors. An article without id or URL is named after its text, and
    so is a page: the address that it says is its own may be that of all pages of its site.
    """
    defaults = {"source": source}
    try:
        kind = _sniff(data, name)
        if kind == "jsonl":
            yield from jsonl.read(BytesIO(data), name, defaults)
        else:
            check_size(len(data), name)
            found = _loader(kind).read(data, name, defaults)
            named = f"stdin:{digest(found.text)}"
            is_named_by_url = kind == "html" and found.url
            yield replace(found, id=named, former_ids=(found.url,)) if is_named_by_url else found
    except ArticleError as error:
        yield error


@_each_once
def read_url(
    url: str, *, source: str = "", allowed: "Callable[[Address], bool] | None" = None
) -> Items:
    """The article at a web address, which is its id (without `#fragment`), whatever a page says of
    itself; of JSON lines the articles that they are. See `index.sources.web.fetch`.

    `allowed` says which network addresses may be connected to: those of the internet by default.
    """
    from index.sources.web.fetch import fetch, is_public

    try:
        data, at, media_type = fetch(url, allowed or is_public)
        kind = "html" if media_type in HTML_TYPES else _sniff(data, url)
        check_size(len(data), url)
        if kind == "jsonl":
            yield from jsonl.read(BytesIO(data), url, {"source": source})
        else:
            found = _loader(kind).read(data, url, {"source": source})
            yield _addressed(found, url, at)
    except ArticleError as error:
        yield error


def _addressed(found: Article, url: str, at: str) -> Article:
    """A page under the address that it came from in the end. ArticleError if that is no id."""
    page = without_fragment(at)
    try:
        return replace(found, id=page, url=page, former_ids=(at,), origin=url)
    except ValueError as error:
        raise ArticleError(url, f"leads to an address that is no id: {error}") from error


@_each_once
def read_any(
    words: Iterable[str],
    *,
    source: str = "",
    stdin: Callable[[], bytes] | None = None,
    skipped: Skipped | None = None,
) -> Items:
    """The articles that a person names: files, folders and web addresses, in their order.

    `stdin` reads what `-` stands for; without it that is a path as any other.
    """
    for is_path, named in groupby(words, lambda word: _is_path(word, stdin)):
        if is_path:
            paths = [Path(os.path.expanduser(word)) for word in named]
            yield from read(paths, source=source, skipped=skipped)
            continue
        for word in named:
            if is_address(word):
                yield from read_url(word, source=source)
            elif stdin:
                yield from read_stdin(stdin(), source=source)


def _is_path(word: str, stdin: Callable[[], bytes] | None) -> bool:
    return not is_address(word) and (word != "-" or stdin is None)


def is_address(word: str) -> bool:
    """Whether it is meant as a web address."""
    return word.lower().startswith(("http://", "https://"))


def _loader(kind: str) -> Loader:
    return cast(Loader, import_module(LOADERS[kind]))


def _sniff(data: bytes, name: str) -> str:
    """The kind of source that `data` is: what its first characters promise. ArticleError for what
    is no article's text: a feed, a table, other data."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    charset = "utf-16" if data.startswith(UTF16_MARKS) else "utf-8"
    beginning = data.removeprefix(codecs.BOM_UTF8)[:LOOKED_AT].decode(charset, "ignore").lstrip()
    if _past_comments(beginning).lower().startswith(HTML_BEGINNINGS):
        return "html"
    if beginning.startswith("{") and _are_rows(data, charset):
        return "jsonl"
    if data_format := data_formats.of_data(data.decode(charset, "ignore")):
        raise ArticleError(name, f"is {data_format}, which is not read", hint=READABLE)
    return "text"


def _past_comments(text: str) -> str:
    """The text without what may stand before a page's HTML; nothing if that does not end."""
    while ending := BEFORE_HTML.get(text[:4], BEFORE_HTML.get(text[:2])):
        text = text.partition(ending)[2].lstrip()
    return text


def _are_rows(data: bytes, charset: str) -> bool:
    """Whether every line that is not blank begins with `{`."""
    lines = (line.strip() for line in data.decode(charset, "ignore").lstrip("\ufeff").split("\n"))
    return all(line.startswith("{") for line in lines if line)
