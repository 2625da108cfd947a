"""Filters as a person writes them: `source:"Harbour Wire" after:2024-01-01`. Pure."""

import shlex
from collections.abc import Collection
from datetime import datetime

from index.catalog.suggestions import no_article, no_source
from index.errors import InputError, UnknownFilter
from index.model import Filters
from index.sources.dates import to_utc

KEYS = ("source", "article", "after", "before")

_HINT = 'write source:"A Name" article:ID after:2024-01-01 before:2025-01-01'


def parse_filters(text: str) -> Filters:
    """The filters in `text`: source and article as often as wanted, each date once.

    InputError names what is wrong.
    """
    found: dict[str, list[str]] = {key: [] for key in KEYS}
    for word in _words(text):
        key, colon, value = word.partition(":")
        if key not in found or not value:
            told = "has nothing behind the colon" if key in found and colon else "is no filter"
            raise InputError(f"{word!r} {told}", _HINT)
        found[key].append(value)
    return Filters(
        sources=tuple(found["source"]),
        articles=tuple(found["article"]),
        after=_date("after", found["after"]),
        before=_date("before", found["before"]),
    )


def check_known(filters: Filters, sources: Collection[str], articles: Collection[str]) -> None:
    """UnknownFilter names the first source or article of the filters that is not among these."""
    for source in filters.sources:
        if source not in sources:
            raise no_source(source, sources)
    for article_id in filters.articles:
        if article_id not in articles:
            raise no_article(article_id, articles, UnknownFilter)


def filter_words(filters: Filters) -> str:
    """The text that `parse_filters` reads as these filters."""
    words = [f"source:{quoted(source)}" for source in filters.sources]
    words += [f"article:{quoted(article)}" for article in filters.articles]
    dates = (("after", filters.after), ("before", filters.before))
    return " ".join((*words, *(f"{key}:{_told(moment)}" for key, moment in dates if moment)))


def quoted(value: str) -> str:
    """`value` as one word: in quotation marks where it has to be."""
    if value and not any(char.isspace() or char in '"\\' for char in value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(text: str) -> list[str]:
    """Words apart by white space; only `"` quotes, as names have apostrophes."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split = True
    lexer.quotes, lexer.commenters = '"', ""
    try:
        return list(lexer)
    except ValueError as error:
        raise InputError("a quotation mark is not closed", _HINT) from error


def _date(key: str, values: list[str]) -> datetime | None:
    if not values:
        return None
    if len(values) > 1:
        raise InputError(f"{key} is given more than once", _HINT)
    try:
        return to_utc(values[0])
    except ValueError as error:
        raise InputError(f"{key}: {error}", _HINT) from error


def _told(moment: datetime) -> str:
    return moment.isoformat().removesuffix("T00:00:00+00:00").replace("+00:00", "Z")
