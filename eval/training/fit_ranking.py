"""Fits the weights of `index/search/ranking.py`: which of the passages found is asked about.

The questions are the natural ones of the folders that the encoder learns from too, asked of all
folders in one library; a passage is right if it overlaps evidence that answers. Prints the weights,
which sum to 1, and what is found with them and with those that the module holds now: in the folders
that were learned from, in the one that chooses, and in those that only measure.

The encoder has seen the folders that are learned from, so its cosine tells more there than it does
elsewhere. Hence the third row, which is for the module to hold: the cosine's share with which most
is found at 3 and 8 in the folder that chooses, the others in their proportion of now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.library_data import Question, filled, progress, reading_parser, show
from eval.bench.search.retrieval import ALL_FOUND, apart, is_right
from eval.bench.set_formats import read
from eval.training.encoder.pairs import CHOOSE, MEASURE, TRAIN
from eval.training.logistic_regression import fit_choice
from index.encoder.minilm import MiniLM
from index.library import Library
from index.search.ranking import WEIGHTS, Match

PENALTY = 1e-4
CUTS = (1, 3, 8, 16)
CHOOSING_CUTS = (3, 8)

SHARES = tuple(n / 20 for n in range(6, 20))
"""Of the cosine that are tried."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of each passage found for a question of a folder, shape (n, 4), and whether
    it is right, shape (n,)."""

    folder: str
    rows: NDArray[np.float64]
    right: NDArray[np.bool_]


def main() -> None:
    """Print a row for the weights of now and of the fit in each part of the folders."""
    options = reading_parser(__doc__)
    options.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    wanted = options.parse_args()
    folders = (*TRAIN, *CHOOSE, *MEASURE)
    sets = {name: apart(name, read(wanted.data / "natural" / name)) for name in folders}
    held = [article for corpus in sets.values() for article in corpus.articles]
    asked = [(name, q) for name in folders for q in sets[name].questions if q.gold][:: wanted.every]
    with filled(held, MiniLM(), wanted.cache) as library:
        found = [_found(library, *one) for one in progress(asked, "asking")]
    weights = {"now": np.array(WEIGHTS), "fitted": fitted(found), "chosen": chosen(found)}
    show(list(figures(found, weights)), wanted.json)


def fitted(found: Sequence[Found]) -> NDArray[np.float64]:
    """The weights by what was learned from, with a sum of 1."""
    tables = [
        one for one in found if one.folder in TRAIN and one.right.any() and not one.right.all()
    ]
    starts = np.cumsum([0, *(len(one.right) for one in tables[:-1])])
    rows = np.concatenate([one.rows for one in tables])
    right = np.concatenate([one.right for one in tables])
    weights = fit_choice(rows, starts, right, PENALTY)
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def chosen(found: Sequence[Found]) -> NDArray[np.float64]:
    """The weights of now with the cosine's share that the folder which chooses finds most with."""
    some = [one for one in found if one.folder in CHOOSE]
    others = np.array(WEIGHTS[1:]) / sum(WEIGHTS[1:])
    tried = [np.array([share, *((1 - share) * others)]) for share in SHARES]
    return max(tried, key=lambda weights: sum(_share(some, weights, cut) for cut in CHOOSING_CUTS))


def figures(
    found: Sequence[Found], weights: dict[str, NDArray[np.float64]]
) -> Iterator[dict[str, Any]]:
    """The weights, and the share of questions with a right passage among the first of them all."""
    for part in (TRAIN, CHOOSE, *((name,) for name in MEASURE)):
        some = [one for one in found if one.folder in part]
        for name, those in weights.items():
            row: dict[str, Any] = {"folders": " ".join(part), "questions": len(some)}
            row |= {"weights": name, **dict(zip(Match._fields, those.tolist(), strict=True))}
            yield row | {f"@{cut}": _share(some, those, cut) for cut in CUTS}


def _share(some: Sequence[Found], weights: NDArray[np.float64], cut: int) -> float:
    return float(np.mean([_rank(one, weights) <= cut for one in some]))


def _rank(one: Found, weights: NDArray[np.float64]) -> int:
    """The rank, from 1, of the first right passage; one more than there are if none is."""
    order = np.argsort(-(one.rows @ weights), kind="stable")
    return int(np.argmax([*one.right[order], True])) + 1


def _found(library: Library, folder: str, question: Question) -> Found:
    hits = library.retrieve(question.text, ALL_FOUND).hits
    right = [is_right(hit, question) for hit in hits]
    rows = np.array([hit.match for hit in hits]).reshape(len(hits), len(WEIGHTS))
    return Found(folder, rows, np.array(right, dtype=np.bool_))


if __name__ == "__main__":
    main()
