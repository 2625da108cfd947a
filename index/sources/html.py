"""Web pages: the article without its boilerplate, and what the page says of it."""

import codecs
import logging
import re
import warnings

import lxml.html  # type: ignore[import-untyped]
from lxml.etree import LxmlError, iterwalk  # type: ignore[import-untyped]
from trafilatura import bare_extraction
from trafilatura.settings import Document

from index.errors import ArticleError
from index.model import Article
from index.sources import titles
from index.sources.decoding import decode
from index.sources.fields import Fields, article

DECLARATION_BYTES = 4_096
"""Where a page has to declare its character set: the standard says within 1,024 bytes."""

STATEFUL = frozenset({"iso2022_jp"})
"""Character sets whose bytes are all valid UTF-8, with another meaning."""

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

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:-]{2,40})""", re.I)
# Python knows more codecs than character sets (idna, rot13, unicode_escape, ...).
_CHARACTER_SETS = re.compile(
    r"utf-8|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|euc_\w+|shift_\w+|gb\w+|big5\w*|iso2022_jp|tis-620"
)

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
    charset = _declared(data[:DECLARATION_BYTES])
    if charset in STATEFUL:
        return decode(data, name, charset)
    try:
        return decode(data, name)
    except ArticleError:
        if not charset:
            raise
    return decode(data, name, charset)


def _declared(beginning: bytes) -> str:
    """The codec of the character set that the page declares; "" if none, or an unknown one."""
    declared = _CHARSET.search(beginning)
    if not declared:
        return ""
    try:
        charset = codecs.lookup(declared[1].decode()).name
    except LookupError:
        return ""
    # By the standard, a page that says Latin-1 or ASCII means Windows-1252.
    charset = "cp1252" if charset in {"iso8859-1", "ascii"} else charset
    return charset if _CHARACTER_SETS.fullmatch(charset) else ""


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
