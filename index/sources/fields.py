"""What a source knows of an article -> an Article: one place where every field is checked."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urldefrag, urlsplit

from index.errors import ArticleError
from index.model import MAX_FIELD_CHARS, Article
from index.sources.dates import to_utc
from index.sources.decoding import too_large

MAX_ARTICLE_CHARS = 5_000_000
"""The longest text of one article, in code points."""

KEYS = ("id", "title", "url", "source", "author", "published_at", "date", "language", "former_ids")
"""What front matter and rows may say of an article; other keys are ignored."""

DATES = ("published_at", "date")

DIGEST_DIGITS = 12
DEFAULT_LANGUAGE = "en"

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Fields = Mapping[str, object]
"""Keys of KEYS and what the source says under them, not yet checked."""


def article(text: str, given: Fields, defaults: Fields, name: str) -> Article:
    """An Article of `text`, the fields `given` and, where one is empty, the `defaults`.

    The id is the one given, else the default's (where the article lies). What lies nowhere is
    known by its URL, without `#fragment`, else by the default `named`, else by its text.
    ArticleError, with `name`, says which field is wrong.
    """

    def line(key: str) -> str:
        return one_line(key, given.get(key)) or one_line(key, defaults.get(key))

    try:
        _check_text(text)
        given_id, url = _id(given.get("id")), _web_address(line("url"))
        lies = line("id") or without_fragment(url) or line("named") or f"stdin:{digest(text)}"
        former = () if given_id else (url, line("formerly"))
        return Article(
            id=given_id or lies,
            text=text,
            title=line("title"),
            url=url,
            source=line("source"),
            author=line("author"),
            published_at=_published_at(given),
            language=_language(line("language")),
            former_ids=_former_ids(given) or tuple(one for one in former if one not in ("", lies)),
            origin=name,
        )
    except ValueError as error:
        raise ArticleError(name, str(error)) from error


def sound(said: Fields) -> Fields:
    """Those of the fields that make sense: what a page or a PDF says of itself is no reason to
    lose its text."""
    return {key: value for key, value in said.items() if _is_sound(key, value)}


def _is_sound(key: str, value: object) -> bool:
    check = _published_at if key in DATES else lambda said: one_line(key, said[key])
    try:
        check({key: value})
    except ValueError:
        return False
    return True


def digest(text: str) -> str:
    """The first 12 hex digits of the text's sha256."""
    # A row of JSON may hold a lone surrogate; strict UTF-8 would refuse it.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_DIGITS]


def one_line(key: str, value: object) -> str:
    """The value as one line: single spaces, no control characters; None is "", a list joined.

    ValueError if it is no text, or longer than MAX_FIELD_CHARS.
    """
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(item, list) for item in value):
        return one_line(key, ", ".join(one_line(key, item) for item in value))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{key} is not text")
    line = squeeze(str(value))
    if len(line) > MAX_FIELD_CHARS:
        raise ValueError(f"{key} is longer than {MAX_FIELD_CHARS:,} characters: {len(line):,}")
    return line


def squeeze(value: str) -> str:
    """`value` without control characters, bidi controls and lone surrogates, single-spaced."""
    words = " ".join(value.split())
    kept = (char for char in words if unicodedata.category(char) not in {"Cc", "Cs"})
    return " ".join("".join(char for char in kept if char not in _BIDI_CONTROLS).split())


def _id(value: object) -> str:
    """ValueError for `.` and `..`, which no address can end with: clients take them as steps."""
    given = one_line("id", value)
    if given in (".", ".."):
        raise ValueError(f"id cannot be {given!r}")
    return given


def without_fragment(url: str) -> str:
    """The address of the page, without a place on it."""
    return urldefrag(url).url


def _former_ids(given: Fields) -> tuple[str, ...]:
    said = given.get("former_ids") or []
    if not isinstance(said, list):
        raise ValueError("former_ids is not a list")
    return tuple(one_line("former_ids", one) for one in said)


def _check_text(text: str) -> None:
    if not text or text.isspace():
        raise ValueError("is empty")
    if len(text) > MAX_ARTICLE_CHARS:
        raise ValueError(too_large(len(text), MAX_ARTICLE_CHARS, "characters"))


def _published_at(given: Fields) -> datetime | None:
    """The moment under `published_at`, or else `date`. ValueError names the key."""
    for key in DATES:
        value = given.get(key)
        if value not in (None, ""):
            try:
                return to_utc(value)
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from error
    return None


def _web_address(url: str) -> str:
    """`url` if it can be opened in a browser, else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:  # "http://[half an IPv6 address"
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def _language(code: str) -> str:
    """A BCP 47 code in lower case; DEFAULT_LANGUAGE for what is none."""
    code = code.replace("_", "-")
    return code.lower() if _LANGUAGE.fullmatch(code) else DEFAULT_LANGUAGE
