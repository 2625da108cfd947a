"""The rows of the training sets, each mended where its marked sentence is not the right one. Pure
but for reading."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.model import Span
from index.sentences import sentences
from qa.readers import clues

Row = Mapping[str, Any]


def rows(file: Path) -> Iterator[Row]:
    """The rows of a set."""
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def title(row: Row) -> str:
    """The title of the article that a row's passage is of, or nothing."""
    return str(row["source"].partition(": ")[2].replace("_", " "))


def restated(row: Row) -> Row:
    """A query's row with the sentence that states the fact as its gold one, where that speaks of
    "he" or "it" and the marked one only has the name ("Nina Dobrev is an actress. She plays
    Elena.")."""
    found = _stating(row) if row["source"].startswith("QED") and row["answers"] else None
    return {**row, "sentence": [found.start, found.end]} if found else row


def _stating(row: Row) -> Span | None:
    """The sentence that has at least two more of the question's words than one with the answer,
    and points back."""
    asked = clues.words(row["question"]) - clues.words(title(row))
    spans = sentences(row["context"], "en", lambda part: len(part) <= 700)
    shared = {span: len(asked & clues.words(span.of(row["context"]))) for span in spans}
    holding = [
        span for span in spans if any(span.start <= a["start"] < span.end for a in row["answers"])
    ]
    best = max(spans, key=lambda span: shared[span])
    least = max([2 + shared[span] for span in holding], default=len(asked) + 1)
    states = shared[best] >= max(least, len(asked) / 2)
    return best if states and clues.points_back(best.of(row["context"])) else None
