"""PDF files: the text of all pages as paragraphs, and what Info and XMP say of them."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from typing import TypeVar

from pypdf import PageObject, PdfReader
from pypdf.errors import (
    DependencyError,
    DeprecationError,
    FileNotDecryptedError,
    PyPdfError,
)

from index.errors import ArticleError
from index.model import Article
from index.sources import titles
from index.sources.decoding import too_large
from index.sources.fields import MAX_ARTICLE_CHARS, Fields, article, squeeze
from index.sources.unwrap import unwrap

T = TypeVar("T")

BROKEN = (
    PyPdfError,
    DeprecationError,
    DependencyError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What pypdf raises for broken files, as found by mutating some; most is not its own."""

# What pypdf mends in a file is of no use on a terminal; a configured logger still gets it.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


def read(data: bytes, name: str, defaults: Fields) -> Article:
    """The article in a PDF file's bytes.

    ArticleError if it is broken, encrypted, or holds images of text rather than text.
    """
    reader, pages = _open(data, name)
    text = unwrap(pages)
    if not pages:
        raise ArticleError(name, "has no pages")
    if not text:
        hint = "run text recognition (OCR) on it first"
        raise ArticleError(name, "has no text: its pages are images", hint=hint)
    title = titles.from_text(text) or titles.from_name(name)
    return article(text, _fields(reader), {**defaults, "title": title}, name)


def _open(data: bytes, name: str) -> tuple[PdfReader, list[str]]:
    """The file and the text of each page. ArticleError if that cannot be read."""
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileNotDecryptedError("it needs a password")
        return reader, list(page_texts(reader.pages, name))
    except (FileNotDecryptedError, DependencyError) as error:
        reason = "is an encrypted PDF"
        raise ArticleError(name, reason, hint="save a copy without a password") from error
    except BROKEN as error:
        reason = squeeze(str(error)) or type(error).__name__
        raise ArticleError(name, f"is a broken PDF: {reason:.200}") from error


def page_texts(pages: Iterable[PageObject], name: str) -> Iterator[str]:
    """The text of each page. ArticleError as soon as it is too much for one article."""
    size = 0
    for page in pages:
        text = page.extract_text()
        size += len(text)
        if size > MAX_ARTICLE_CHARS:
            raise ArticleError(name, too_large(size, MAX_ARTICLE_CHARS, "characters"))
        yield text


def _fields(reader: PdfReader) -> Fields:
    """What Info and XMP say, as far as it can be read; metadata is no reason to lose a text."""
    info = _try(lambda: reader.metadata)
    xmp = _try(lambda: reader.xmp_metadata)
    found: dict[str, object] = {}
    if info:
        found["title"] = _try(lambda: info.title)
        found["author"] = _try(lambda: info.author)
        found["published_at"] = _try(lambda: info.creation_date)
    if xmp:
        identifier = _try(lambda: xmp.dc_identifier)
        found |= {
            "id": identifier,
            "url": identifier if str(identifier).startswith("http") else None,
            "source": _try(lambda: xmp.dc_publisher),
            "language": _first(_try(lambda: xmp.dc_language)),
            "published_at": _first(_try(lambda: xmp.dc_date)) or found.get("published_at"),
        }
    return found


def _try(read_one: Callable[[], T]) -> T | None:
    with suppress(*BROKEN):
        return read_one()
    return None


def _first(values: Sequence[T] | None) -> T | None:
    return values[0] if values else None
