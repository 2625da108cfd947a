"""Web pages: the article without its boilerplate, and what the page says of it."""

import logging
import warnings
from contextlib import suppress

import lxml.html  # type: ignore[import-untyped]
from lxml.etree import LxmlError, iterwalk  # type: ignore[import-untyped]
from trafilatura import bare_extraction
from trafilatura.settings import Document

from index.errors import ArticleError
from index.model import Article
from index.sources import titles
from index.sources.charsets import declared, is_western
from index.sources.decoding import decode
from index.sources.fields import Fields, article

STATEFUL = frozenset({"iso2022_jp"})
"""Character sets whose bytes are all valid UTF-8, with another meaning."""

ESCAPE = b"\x1b"
"""What the bytes of such a set begin with where they mean something else."""

UNDECLARED = 'save it as UTF-8, or declare what it is: <meta charset="windows-1251">'

FURNITURE = (
    "head",
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "header",
    "footer",
    "aside",
    "form",
)
BLOCKS = (
    *(
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "h1",
        "h2",
    ),
    *(
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
    ),
    *("th", "tr", "ul"),
)

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
    found = bare_extraction(
        page, with_metadata=True, include_comments=False, date_extraction_params=DATES
    )
    fields: dict[str, object] = {"language": page.get("lang")}
    text = ""
    if isinstance(found, Document):
        text = found.text or ""
        fields |= {
            "title": found.title,
            "author": found.author,
            "source": found.sitename,
        }
        fields |= {"url": found.url, "published_at": found.date}
    # A blank line behind each paragraph: a single one would join a headline to its text.
    lines = (text.strip() or _body_text(page)).splitlines()
    text = "\n\n".join(line for line in lines if line.strip())
    if not text:
        raise ArticleError(name, "has no text: the page may need JavaScript to show it")
    title = titles.from_text(text) or titles.from_name(name)
    return article(text, fields, {**defaults, "title": title}, name)


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


def _body_text(page: lxml.html.HtmlElement) -> str:
    """All words of <body> outside its furniture, a block a line."""
    body = page.find("body")
    parts: list[str] = []
    walk = iterwalk(page if body is None else body, events=("start", "end"))
    for event, element in walk:
        if element.tag in BLOCKS:
            parts.append("\n")
        if element.tag in FURNITURE and event == "start":
            walk.skip_subtree()
        else:
            parts.append((element.text if event == "start" else element.tail) or "")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
