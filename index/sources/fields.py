"""What a source knows of an article -> an Article: one place where every field is checked."""

import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urldefrag, urlsplit

from index.errors import ArticleError
from index.model import MAX_FIELD_CHARS, Article
from index.sources.dates import InexactDate, to_utc
from index.sources.decoding import too_large
from index.sources.languages import language_of

MAX_ARTICLE_CHARS = 5_000_000
"""The longest text of one article, in code points."""

KEYS = ("id", "title", "url", "source", "author", "published_at", "date", "language", "former_ids")
"""What front matter and rows may say of an article; other keys are ignored."""

AS_GIVEN = ("id", "former_ids")
"""Those that have no other names, and lose the article where they are wrong."""

TEXTS = ("text", "content", "body", "articlebody", "maintext", "fulltext")
"""Where rows have their text, the likeliest first; in plain names, see `plain`."""

NAMES = {
    "title": ("title", "headline"),
    "url": ("url", "link", "permalink", "canonicalurl"),
    "source": ("source", "sitename", "publisher"),
    "author": ("author", "authors", "byline", "creator"),
    "published_at": (
        *("publishedat", "date", "publishdate", "pubdate", "datepublished", "publisheddate"),
        *("publicationdate", "datepublication", "publishedon", "published"),
    ),
    "language": ("language", "lang"),
}
"""What the fields are called elsewhere, the likeliest first; in plain names, see `plain`."""

TWICE = object()
"""The value of a key that is given two of them."""

UNKNOWN_LANGUAGES = frozenset({"und", "mul", "zxx"})

DIGEST_DIGITS = 12

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Fields = Mapping[str, object]
"""Keys of KEYS and what the source says under them, not yet checked."""


def article(text: str, given: Fields, defaults: Fields, name: str) -> Article:
    """An Article of `text`, the fields `given` and, where one is empty, the `defaults`.

    The id is the one given, else the default's (where the article lies). What lies nowhere is
    known by its URL, without `#fragment`, else by the default `named`, else by its text. A language
    that is not given is told from the text. A field that is wrong is left out, which the notices
    say; ArticleError, with `name`, if that is the text or the id.
    """
    given, notices = _usable(given, name)

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
            language=_language(line("language")) or language_of(text),
            former_ids=_former_ids(given) or tuple(one for one in former if one not in ("", lies)),
            origin=name,
            notices=notices,
        )
    except ValueError as error:
        raise ArticleError(name, str(error)) from error


def plain(key: str) -> str:
    """A key as all its spellings have it: `pubDate`, `pub_date` and `Pub-Date` are one."""
    return "".join(filter(str.isalnum, key)).lower()


def is_known(key: str) -> bool:
    """Whether the key says something of an article that is kept."""
    return key in KEYS or any(plain(key) in names for names in NAMES.values())


def _usable(given: Fields, name: str) -> tuple[Fields, tuple[str, ...]]:
    """The fields by the names that they have here, and of each that is wrong a notice.

    What has no other names is as it was given.
    """
    fields = {key: value for key, value in given.items() if not is_known(key) or key in AS_GIVEN}
    notices: list[str] = []
    for field, names in NAMES.items():
        found = [key for key in given if plain(key) in names and given[key] not in (None, "")]
        for key in sorted(found, key=lambda key: names.index(plain(key))):
            try:
                fields.setdefault(field, _checked(field, key, given[key]))
            except InexactDate as error:
                notices.append(f"{name}: {key}: {error}")
                fields.setdefault(field, error.day)
            except ValueError as error:
                notices.append(f"{name}: left out: {error}")
    return fields, tuple(notices)


def _checked(field: str, key: str, value: object) -> object:
    """The value, if it can be used. ValueError names the key."""
    if field == "published_at" and value is not TWICE:
        try:
            return to_utc(value)
        except InexactDate:
            raise
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
    line = one_line(key, value)
    if field == "url" and line and not _web_address(line):
        raise ValueError(f"{key} is no http or https address: '{line:.80}'")
    return line


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
    if value is TWICE:
        raise ValueError(f"{key} is given twice")
    if isinstance(value, dict) and "name" in value:  # as schema.org has persons and publishers
        return one_line(key, value["name"])
    if isinstance(value, list) and not any(isinstance(item, list) for item in value):
        return one_line(key, ", ".join(one_line(key, item) for item in value))
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == math.inf:
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
    value = given.get("published_at")
    return value if isinstance(value, datetime) else None


def _web_address(url: str) -> str:
    """`url` if it can be opened in a browser, else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:  # "http://[half an IPv6 address"
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def _language(code: str) -> str:
    """A BCP 47 code in lower case; "" for what is none, or says that it is not known."""
    code = code.replace("_", "-").lower()
    return code if _LANGUAGE.fullmatch(code) and code not in UNKNOWN_LANGUAGES else ""
