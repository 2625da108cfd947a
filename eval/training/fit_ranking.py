"""Fits the weights of `index/search/ranking.py`: which of the passages found is asked about.

The questions are the training half of SQuAD 2.0 (CC BY-SA 4.0) that can be answered, asked of
all its articles; a passage is right if it overlaps the paragraph that a question was written on.
Prints the weights, which sum to 1, for the module to hold.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.library_data import articles, filled, progress, reading_parser, show
from eval.training.logistic_regression import fit_choice
from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article, Span
from index.search.ranking import Match

PENALTY = 1e-4

EVERYTHING = 100
"""More than the two indexes find together."""


def main() -> None:
    """Print a row."""
    options = reading_parser(__doc__)
    options.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    wanted = options.parse_args()
    known = list(articles(wanted.data / "squad2_dev"))
    with filled(known, MiniLM(), wanted.cache) as library:
        asked = list(_asked(wanted.data, known))[:: wanted.every]
        tables = [_table(library, *one) for one in progress(asked, "asking")]
    tables = [(rows, right) for rows, right in tables if right.any() and not right.all()]
    starts = np.cumsum([0, *(len(right) for _, right in tables[:-1])])
    rows, right = (np.concatenate(parts) for parts in zip(*tables, strict=True))
    weights = fit_choice(rows, starts, right, PENALTY)
    shares = dict(zip(Match._fields, (weights / weights.sum()).tolist(), strict=True))
    show([{"questions": len(tables)} | shares], wanted.json)


def _asked(data: Path, known: list[Article]) -> Iterator[tuple[str, str, Span]]:
    """Each question with its paragraph's place; a paragraph that no article has is left out."""
    places: dict[str, tuple[str, Span] | None] = {}
    with (data / "train" / "squad2_dev_half2.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            text = row["context"]
            if text not in places:
                places[text] = _place(text, known)
            if row["answers"] and (place := places[text]):
                yield row["question"], *place


def _place(text: str, known: list[Article]) -> tuple[str, Span] | None:
    found = ((article.id, article.text.find(text)) for article in known)
    return next(((id_, Span(at, at + len(text))) for id_, at in found if at >= 0), None)


def _table(
    library: Library, question: str, article: str, span: Span
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """What is known of each passage found, shape (n, 4), and whether it is right, shape (n,)."""
    hits = library.retrieve(question, EVERYTHING).hits
    passages = [hit.record.passage for hit in hits]
    right = [p.article_id == article and p.span.overlap(span) > 0 for p in passages]
    return np.array([hit.match for hit in hits]), np.array(right)


if __name__ == "__main__":
    main()
