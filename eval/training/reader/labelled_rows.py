"""The rows of the training sets, each mended where its marked sentence is not the right one. Pure
but for reading."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.model import Span
from index.sentences import sentences
from qa.readers import lexical_features

Row = Mapping[str, Any]


def rows(file: Path) -> Iterator[Row]:
    """The rows of a set."""
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def title(row: Row) -> str:
    """The title of the article that a row's passage is of, or nothing."""
    return str(row["source"].partition(": ")[2].replace("_", " "))


def restated(row: Row) -> Row:
    """A query's row with the sentence that states the fact as its gold one, where the marked one
    only has the name (see `lexical_features.stating`)."""
    found = _stating(row) if row["source"].startswith("QED") and row["answers"] else None
    return {**row, "sentence": [found.start, found.end]} if found else row


def _stating(row: Row) -> Span | None:
    spans = sentences(row["context"], "en", lambda part: len(part) <= 700)
    starts = [answer["start"] for answer in row["answers"]]
    naming = [
        n for n, span in enumerate(spans) if any(span.start <= at < span.end for at in starts)
    ]
    if not naming:
        return None
    texts = [span.of(row["context"]) for span in spans]
    place = lexical_features.stating(row["question"], title(row), texts, naming)
    return spans[place] if place >= 0 else None
