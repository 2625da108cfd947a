"""Which character set a page is written in, by the rules of browsers (encoding.spec.whatwg.org).

A label means the widest set that pages use under it: gb2312 is GBK, shift_jis is CP932,
iso-8859-9 is Windows-1254. `webencodings` has that table; the set is declared by a `<meta>`, not
by what looks like one in a script.
"""

import re

import lxml.html  # type: ignore[import-untyped]
import webencodings  # type: ignore[import-untyped]

from index.sources.languages import language_of

WIDER = {
    **{"gbk": "gb18030", "euc-jp": "euc_jis_2004", "x-user-defined": "cp1252"},
    **{"utf-16le": "utf-8", "utf-16be": "utf-8", "replacement": ""},
}
"""Where Python's codec of that name is narrower than a browser's; UTF-16 that says so in ASCII is
none, and what the standard replaces is not read."""

WESTERN = frozenset(
    {"af", "ca", "da", "de", "en", "es", "eu", "fi", "fr", "ga", "gl", "id", "is", "it", "ms"}
    | {"nl", "no", "pt", "sq", "sv", "sw", "tl"}
)
"""Languages whose pages are Windows-1252 where they do not say what they are."""

_XML = re.compile(r"\A\s*+<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']+)")
_CONTENT = re.compile(r"charset\s*=\s*[\"']?\s*([^\s;\"']+)", re.IGNORECASE)
_MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)|<[^>]*+(?:>|\Z)", re.IGNORECASE | re.DOTALL)
_NO_LATIN = re.compile("[\\u00c0-\\u00ff]{3}")


def declared(text: str, page: lxml.html.HtmlElement) -> str:
    """The codec that a page declares, "" if none that is known.

    `text` is its bytes as Latin-1, `page` the tree of that: labels are ASCII.
    """
    labels = [_label(meta) for meta in page.iter("meta")]
    xml = _XML.match(text)
    found = (_codec(label) for label in (*labels, xml[1] if xml else "") if label)
    return next(filter(None, found), "")


def is_western(text: str) -> bool:
    """Whether a page that was read as Windows-1252 reads well: its words are of a language that is
    written in it, and have no more than two letters running that ASCII lacks."""
    words = _MARKUP.sub(" ", text)
    return not _NO_LATIN.search(words) and language_of(words) in WESTERN


def _label(meta: lxml.html.HtmlElement) -> str:
    if meta.get("charset"):
        return str(meta.get("charset"))
    if meta.get("http-equiv", "").lower() != "content-type":
        return ""
    content = _CONTENT.search(meta.get("content", ""))
    return content[1] if content else ""


def _codec(label: str) -> str:
    encoding = webencodings.lookup(label.strip())
    if encoding is None:
        return ""
    return WIDER.get(encoding.name, str(encoding.codec_info.name))
