"""Texts that are no article: a feed, a table, JSON. Their source, read as prose, would be cited."""

import csv
import json
import re
from io import StringIO
from itertools import islice

XML = ("<?xml", "<rss", "<feed", "<rdf:rdf", "<opml", "<urlset", "<sitemapindex")
"""How feeds, and other XML, begin."""

LOOKED_AT = 100
"""Characters that a format has to begin in."""

ROWS = 20
"""Rows of a table that are looked at."""

_NAME = re.compile(r"\w[\w ./()#%:-]{0,39}")
"""A column's name: no sentence, and no blank behind a separator."""


def of_data(text: str) -> str:
    """What `text` is if it is no prose, in words for people, else ""."""
    text = text.lstrip("\ufeff \t\r\n")
    beginning = text[:LOOKED_AT].lower()
    if beginning.startswith(XML):
        return "XML (a feed?)"
    if beginning.startswith(("{", "[")) and _is_json(text):
        return "JSON, but not a line for each article"
    if beginning.startswith("{\\rtf"):
        return "RTF"
    if any(_is_table(text, separator) for separator in "\t,;"):
        return "a table (CSV or TSV)"
    return ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_table(text: str, separator: str) -> bool:
    """Whether its first row names columns, and the rows after it have as many fields."""
    try:
        names, *others = islice(csv.reader(StringIO(text, newline=""), delimiter=separator), ROWS)
    except (csv.Error, ValueError):
        return False
    is_head = len(names) > 1 and all(map(_NAME.fullmatch, names))
    return is_head and bool(others) and {len(row) for row in others} <= {0, len(names)}
