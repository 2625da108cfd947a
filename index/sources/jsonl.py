"""JSON lines: one article a row, read one row at a time."""

import json
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO

from index.errors import ArticleError
from index.model import Article
from index.sources import titles
from index.sources.decoding import (
    MAX_FILE_BYTES,
    SAMPLE,
    UTF16_MARKS,
    check_size,
    decode,
)
from index.sources.fields import TEXTS, TWICE, Fields, article, digest, plain

SKIP_BYTES = 2**20


def read(stream: BinaryIO, name: str, defaults: Fields) -> Iterator[Article | ArticleError]:
    """The article of each row, or what is wrong with it and in which line.

    `stream` can seek. A row with neither id nor URL is named after the place of its file and its
    text's digest, so that it keeps its name when rows are added above it. Raises ArticleError if
    the whole file is empty or binary; OSError if it cannot be read.
    """
    is_empty = True
    for line, row in _lines(_in_utf8(stream, name)):
        is_empty = False
        try:
            yield _article(row, name, line, defaults)
        except ArticleError as error:
            yield ArticleError(name, error.reason, line, error.hint)
    if is_empty:
        raise ArticleError(name, "is empty")


def _in_utf8(stream: BinaryIO, name: str) -> BinaryIO:
    """The stream itself, or for UTF-16 (whose lines are not those of its bytes) a copy."""
    sample = stream.read(SAMPLE)
    stream.seek(0)
    if not sample.startswith(UTF16_MARKS):
        if b"\0" in sample:
            raise ArticleError(name, "is binary, not text")
        return stream
    data = stream.read(MAX_FILE_BYTES + 1)
    check_size(len(data), name)
    return BytesIO(decode(data, name).encode())


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Number (from 1) and bytes of each line that is not blank.

    Of a line longer than MAX_FILE_BYTES one byte more than that is kept, to tell it by.
    """
    number = 0
    while line := stream.readline(MAX_FILE_BYTES + 1):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(SKIP_BYTES)
        if not line.isspace():
            yield number, line


def _article(row: bytes, name: str, line: int, defaults: Fields) -> Article:
    if len(row) > MAX_FILE_BYTES:
        raise ArticleError(name, f"the line is longer than {MAX_FILE_BYTES:,} bytes")
    fields = _parse(decode(row, name).strip(), name)
    text = _text(fields, name)
    # A row lies in no place of its own: its URL says more than the file that it came in.
    names = {"named": defaults.get("id"), "formerly": defaults.get("formerly")}
    named = {key: f"{file}#{digest(text)}" for key, file in names.items() if file}
    known = {"source": defaults.get("source"), "title": titles.from_text(text)}
    return article(text, fields, named | known, f"{name}:{line}")


def _text(fields: Fields, name: str) -> str:
    """The first of its texts that says something. ArticleError if there is none."""
    found = [key for key in fields if plain(key) in TEXTS]
    found.sort(key=lambda key: TEXTS.index(plain(key)))
    said = [(key, fields[key]) for key in found]
    for _, text in said:
        if isinstance(text, str) and text.strip():
            return text
    key, text = said[0] if said else ("text", "")
    fault = "is missing" if not said else "is empty" if isinstance(text, str) else "is not a string"
    raise ArticleError(name, f"{key} {'is given twice' if text is TWICE else fault}")


def _parse(row: str, name: str) -> dict[str, object]:
    """The row's object. ArticleError for what is not JSON."""
    try:
        parsed = json.loads(row, object_pairs_hook=_once, parse_constant=_no_value)
    except json.JSONDecodeError as error:
        raise ArticleError(name, f"not JSON: {error.msg} in column {error.colno}") from error
    except ValueError as error:
        raise ArticleError(name, f"not JSON: {error}") from error
    except RecursionError as error:
        raise ArticleError(name, "JSON is nested too deeply") from error
    if not isinstance(parsed, dict):
        raise ArticleError(name, 'not an object; write {"text": "..."}, one a line')
    return parsed


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """A dict; TWICE is the value of a key that has two: which of them would be meant?"""
    found: dict[str, object] = {}
    for key, value in pairs:
        found[key] = value if found.get(key, value) == value else TWICE
    return found


def _no_value(constant: str) -> object:
    """NaN and Infinity are no JSON: they are how pandas writes that there is no value."""
    return None
