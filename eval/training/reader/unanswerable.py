"""Passages that do not answer, made of rows that do: a question changed, the gold sentence taken
out, or the likest other passage. Pure."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log
from typing import Any

from eval.training.reader.changed_questions import changed
from eval.training.reader.labelled_rows import Row, title


def with_changed_question(row: Row) -> list[Row]:
    """The row with one thing of its question changed, in some ways, so that its passage should not
    answer."""
    draw = random.Random(row["id"])
    words = [answer["text"] for answer in row["answers"]]
    made = changed(row["question"], row["context"], words, draw)
    return [{**row, "question": question, **_NONE} for question in made]


_NONE: Mapping[str, Any] = {
    "answers": [],
    "sentence": None,
    "share": 1.0,
    "ambiguous_offset": False,
}


def without_sentence(marked: Iterable[Row]) -> Iterator[Row]:
    """Passages less their gold sentence, if nothing of the answer is left."""
    for row in marked:
        start, end = row["sentence"]
        context = row["context"][:start] + row["context"][end:]
        left = any(answer["text"].lower() in context.lower() for answer in row["answers"])
        if not left and len(context.split()) >= 20:
            yield {**row, "context": context, "answers": [], "sentence": None}


def elsewhere(asked: Sequence[Row], same: bool) -> Iterator[Row]:
    """Each question over the passage, of its own article or of others, whose words are most
    like it and which has no answer of it."""
    index = _Index([row for row in asked if len(row["context"]) <= _PARAGRAPH_CHARS])
    for row in asked:
        for other in index.like(row["question"]):
            if (title(other) == title(row)) == same and not _answers(other, row):
                yield {**other, "question": row["question"], "answers": [], "sentence": None}
                break


_PARAGRAPH_CHARS = 2_000


class _Index:
    """Passages by their rarer words."""

    def __init__(self, held: Sequence[Row]) -> None:
        self._rows = list({row["context"]: row for row in held}.values())
        texts = [frozenset(_words(row["context"])) for row in self._rows]
        counts = Counter(word for text in texts for word in text)
        self._weights = {word: log(len(texts) / count) for word, count in counts.items()}
        self._lengths = [15 + len(text) for text in texts]
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            for word in text:
                if counts[word] <= max(2, len(texts) // 10):
                    self._places[word].append(place)

    def like(self, question: str) -> Iterator[Row]:
        """Twenty rows that share the most words with the question, for their length."""
        scores: dict[int, float] = defaultdict(float)
        for word in frozenset(_words(question)):
            for place in self._places.get(word, ()):
                scores[place] += self._weights[word] / self._lengths[place] ** 0.5
        yield from (self._rows[at] for at in sorted(scores, key=lambda at: -scores[at])[:20])


def _answers(other: Row, row: Row) -> bool:
    context = other["context"].lower()
    return other["context"] == row["context"] or any(
        answer["text"].lower() in context for answer in row["answers"] or ()
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
