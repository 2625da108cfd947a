"""Web pages: the article without its boilerplate, and what the page says of it."""

import logging
import warnings
from contextlib import suppress

import lxml.html  # type: ignore[import-untyped]
from lxml.etree import LxmlError  # type: ignore[import-untyped]
from trafilatura import extract_metadata

from index.errors import ArticleError
from index.model import Article
from index.sources import titles
from index.sources.decoding import decode
from index.sources.fields import Fields, article
from index.sources.web.charsets import declared, is_western
from index.sources.web.main_text import article_text
from index.sources.web.metadata import address, language, published

STATEFUL = frozenset({"iso2022_jp"})
"""Character sets whose bytes are all valid UTF-8, with another meaning."""

ESCAPE = b"\x1b"
"""What the bytes of such a set begin with where they mean something else."""

UNDECLARED = 'save it as UTF-8, or declare what it is: <meta charset="windows-1251">'

CONTROLS = {code: None for code in range(0x20) if chr(code) not in "\t\n\f\r"}
"""The parser would turn them into replacement characters."""

# The day alone would lose the hour, and with it the zone; a guess from the text is no date.
DATES = {
    "original_date": True,
    "extensive_search": False,
    "outputformat": "%Y-%m-%dT%H:%M:%S%z",
}

# A page's odd time zone is no news either; its date is then taken as UTC.
warnings.filterwarnings("ignore", message="tzname .* identified but not understood")
for _library in (
    "trafilatura",
    "htmldate",
):  # a configured logger still gets what they say
    logging.getLogger(_library).addHandler(logging.NullHandler())


def read(data: bytes, name: str, defaults: Fields) -> Article:
    """The article in a page's bytes, a blank line between paragraphs.

    ArticleError if the page cannot be decoded, is nested too deeply, or holds no text.
    """
    page = _parse(_decode(data, name), name)
    fields = _fields(page)  # first: what a page hides says much of it
    # A blank line behind each paragraph: a single one would join a headline to its text.
    lines = article_text(page).splitlines()
    text = "\n\n".join(line for line in lines if line.strip())
    if not text:
        raise ArticleError(name, "has no text: the page may need JavaScript to show it")
    title = titles.from_text(text) or titles.from_name(name)
    return article(text, fields, {**defaults, "title": title}, name)


def _fields(page: lxml.html.HtmlElement) -> dict[str, object]:
    """What the page says of itself, and trafilatura finds where it does not."""
    found = extract_metadata(page, date_config=DATES)
    return {
        "title": found.title,
        "author": found.author,
        "source": found.sitename,
        "url": address(page),
        "published_at": published(page) or found.date,
        "language": language(page),
    }


def _decode(data: bytes, name: str) -> str:
    """UTF-8 wherever the bytes are that, for pages often declare what they no longer are."""
    if ESCAPE in data and _declared(data, name) in STATEFUL:
        return decode(data, name, _declared(data, name))
    try:
        return decode(data, name)
    except ArticleError as error:
        if error.line is None:  # not its bytes, but what they say
            raise
        if charset := _declared(data, name):
            return decode(data, name, charset)
        with suppress(ArticleError):
            text = decode(data, name, "cp1252")
            if is_western(text):
                return text
        raise ArticleError(name, error.reason, error.line, UNDECLARED) from error


def _declared(data: bytes, name: str) -> str:
    text = data.decode("latin-1")
    return declared(text, _parse(text, name))


def _parse(text: str, name: str) -> lxml.html.HtmlElement:
    """The page's tree. The parser drops what is nested deeper than its limit; we refuse."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = lxml.html.document_fromstring(text.translate(CONTROLS).encode(), parser=parser)
    except LxmlError as error:
        raise ArticleError(name, "has no text") from error
    for fault in parser.error_log.filter_from_fatals():
        if "depth" in fault.message:
            raise ArticleError(name, "its elements are nested too deeply")
        if "limit" in fault.message:
            raise ArticleError(
                name, "is too large: one of its texts is longer than the parser takes"
            )
    return page
