"""PDF files: the text of all pages as paragraphs, and what Info and XMP say of them."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from index.errors import ArticleError
from index.model import Article
from index.sources import titles
from index.sources.dates import to_utc
from index.sources.fields import MAX_ARTICLE_CHARS, Fields, article
from index.sources.pdf import parser_client
from index.sources.pdf.contents import Unreadable
from index.sources.pdf.reflow import unwrap

Said = Mapping[str, Sequence[str]]
"""Info's entries and the dc: properties of XMP by their names, as they are written."""

_DATE = re.compile(r"(?:D:)?(\d{8})(\d{2,6})?(?:(Z).*|([+-]\d{2})'?(\d{2})?'?)?")
"""A date of Info: D:20241203101500+02'00', of which all after the day may be missing."""


def read(data: bytes, name: str, defaults: Fields) -> Article:
    """The article in a PDF file's bytes.

    ArticleError if it is broken, locked, takes too long, or holds images of text rather than text.
    """
    try:
        found = parser_client.read(data, MAX_ARTICLE_CHARS)
    except Unreadable as error:
        raise ArticleError(name, error.reason, hint=error.hint) from error
    if not found["pages"]:
        raise ArticleError(name, "has no pages")
    text = unwrap(found["pages"])
    if not any(char.isalnum() for char in text):
        hint = "run text recognition (OCR) on it first"
        raise ArticleError(name, "has no text: its pages are images", hint=hint)
    title = titles.from_text(text) or titles.from_name(name)
    return article(text, _fields(found["fields"]), {**defaults, "title": title}, name)


def _fields(said: Said) -> Fields:
    """What the file says of itself; what the text's editor wrote goes before the file's maker."""
    identifier = _first(said, "dc:identifier")
    return {
        "id": identifier,
        "url": identifier if identifier.startswith("http") else "",
        "title": _first(said, "Title", "dc:title"),
        "author": _first(said, "Author") or said.get("dc:creator"),
        "source": said.get("dc:publisher"),
        "language": _first(said, "dc:language"),
        "published_at": _date(_first(said, "dc:date")) or _date(_iso(_first(said, "CreationDate"))),
    }


def _first(said: Said, *keys: str) -> str:
    """The first value that is not empty under one of the keys."""
    return next((value for key in keys for value in said.get(key, ()) if value.strip()), "")


def _date(written: str) -> datetime | None:
    """The moment in UTC; None for what is no date."""
    with suppress(ValueError):
        return to_utc(written)
    return None


def _iso(written: str) -> str:
    """A date of Info in ISO 8601, with its zone; as it is if it is written otherwise."""
    match = _DATE.fullmatch(written)
    if not match:
        return written
    day, time, *zone = match.groups(default="")
    return f"{day}T{time or '00'}{''.join(zone)}"
