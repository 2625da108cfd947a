"""The reader that needs no language model: it chooses sentences and quotes them."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.passages import TITLE_TOKENS
from index.retrieve import head
from index.vectors import Encoder
from qa.readers import Draft
from qa.readers.relevance import ANSWERS_AT, KEEP_WITHIN, Features, relevance, words
from qa.table import Row, Table

MOST_SENTENCES = 4

_ENCODED_TOKENS = 120
"""Of a longer sentence its beginning stands for it."""


class ExtractiveReader:
    """One to four sentences, verbatim; none when the best is not relevant enough."""

    name = "extractive"

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def read(self, question: str, table: Table) -> Iterator[Draft]:
        """The chosen sentences: by article, best article first, in reading order within one."""
        rows = [row for row in table.rows if _is_sentence(row.text)]
        scores = self.scores(question, rows)
        if not rows or scores.max() < ANSWERS_AT:
            return
        kept = _choose(rows, scores)
        best = {row.article.id: scores[i] for i, row in reversed(kept)}
        for _, row in sorted(kept, key=lambda item: (-best[item[1].article.id], item[1].number)):
            yield Draft(row.text, (row.number,))

    def scores(self, question: str, rows: Sequence[Row]) -> NDArray[np.float64]:
        """The relevance of each row to the question, higher is better; shape (len(rows),)."""
        if not rows:
            return np.zeros(0)
        asked = head(question, self._encoder, self._encoder.window - 2)
        vectors = self._encoder.encode([asked, *map(self._embedded, rows)])
        cosines = vectors[1:] @ vectors[0]
        return relevance(
            question,
            [
                Features(float(cosine), words(row.text), words(row.article.title))
                for row, cosine in zip(rows, cosines, strict=True)
            ],
        )

    def _embedded(self, row: Row) -> str:
        title = head(row.article.title, self._encoder, TITLE_TOKENS)
        return f"{title}\n{head(row.text, self._encoder, _ENCODED_TOKENS)}"


def _is_sentence(text: str) -> bool:
    """Whether it says something: not a heading, a caption or what is left of a web page."""
    return len(text.split()) >= 4 and text.rstrip("\"'”’»)* ")[-1:] in ".!?…。！？:;"


def _choose(rows: Sequence[Row], scores: NDArray[np.float64]) -> list[tuple[int, Row]]:
    """The best sentences, best first: close to the best one, and none that says the same again."""
    kept: list[tuple[int, Row]] = []
    for i in np.argsort(-scores, kind="stable"):
        if len(kept) == MOST_SENTENCES or scores[i] < scores.max() - KEEP_WITHIN:
            break
        if all(row.text != rows[i].text for _, row in kept):
            kept.append((int(i), rows[i]))
    return kept
