"""Fits the extractive reader's model and writes `qa/readers/extractive/relevance.json`.

Reads two files of `train/` in the folder: paragraphs and questions of SQuAD 2.0 (CC BY-SA 4.0)
and real search queries of Natural Questions with their paragraph (CC BY-SA 3.0). What is
measured on (`*_dev`) is not opened. Each question is put once over its own paragraph and once
over a table of several, as a search would lay it, and once over such a table without its own.
Both classes of tables, those that answer and those that do not, weigh the same.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.labelled_passages import Case, train
from eval.bench.library_data import progress, reading_parser
from eval.training.logistic_regression import fit_binary, fit_choice
from index.encoder.minilm import MiniLM
from qa.readers.extractive.relevance import FILE, Judge, Model
from qa.readers.extractive.sentence_features import NAMES, Candidate, Tokens, features
from qa.readers.extractive.sentence_vectors import read_question, read_windows

CHOICE_PENALTY = 0.03
TABLE_PENALTY = 0.05

OTHERS = (3, 5, 7)
"""Windows laid beside a question's own, one of these numbers at random."""

_MOST_CHARS = 4_000
"""A longer context is left out; there are few."""


@dataclass(frozen=True, slots=True)
class Known:
    """A table: features (n, F), and right (n,), which sentences hold the answer; alone: whether
    there is nothing else on it than the question's own passage."""

    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    alone: bool = False


class Shelf:
    """The windows of all cases, to lay tables from."""

    def __init__(self, cases: Sequence[Case], encoder: MiniLM, label: str) -> None:
        self._encoder = encoder
        tables = {id(case.context): (case.title, case.context) for case in cases}
        self._read = {
            key: read_windows(table.sentences, encoder)
            for key, (_, table) in progress(tables.items(), f"reading {label}")
        }
        places = [(key, window) for key, windows in self._read.items() for window in windows]
        self._windows = [window for _, window in places]
        self._keys = np.array([key for key, _ in places])
        self._titles = np.array([tables[key][0] for key, _ in places])
        self._means = np.stack([_mean([c.tokens for c in window]) for window in self._windows])

    def lay(self, case: Case, chance: random.Random) -> Iterator[Known]:
        """The case's own windows alone, among others close to the question, and only others."""
        asked = read_question(case.question, self._encoder)
        own = self._read[id(case.context)]
        right = [case.right(row) for row in case.context.sentences]
        yield Known(features(case.question, asked, own), np.array(right), alone=True)
        others = self._closest(case, asked, chance.choice(OTHERS) + 1)
        none = [False] * sum(map(len, others))
        yield Known(features(case.question, asked, others), np.array(none))
        at = chance.randint(0, len(others) - 1)
        windows = [*others[:at], *own, *others[at:-1]]
        before, after = (sum(map(len, part)) for part in (others[:at], others[at:-1]))
        marks = [False] * before + right + [False] * after
        yield Known(features(case.question, asked, windows), np.array(marks))

    def _closest(self, case: Case, asked: Tokens, count: int) -> list[list[Candidate]]:
        """Windows closest to the question, of the same article as far as it has others."""
        closeness = self._means @ _mean([asked]) + (self._titles == case.title)
        closeness[self._keys == id(case.context)] = -np.inf
        best = np.argsort(-closeness)[:count]
        return [self._windows[i] for i in best if np.isfinite(closeness[i])]


def fit(choosing: Sequence[Known], one: Sequence[Known], several: Sequence[Known]) -> Model:
    """Which sentence answers is learnt from `choosing`, whether any does from the others."""
    rows = np.concatenate([table.features for table in choosing])
    starts = np.cumsum([0, *(len(table.right) for table in choosing[:-1])])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    right = np.concatenate([table.right for table in choosing])
    weights = fit_choice((rows - mean) / scale, starts, right, CHOICE_PENALTY)
    none = np.zeros(0)
    model = Model(mean, scale, weights, *(Judge(none, none, none, 0.0),) * 2)
    return replace(model, of_one=_judge(model, one), of_several=_judge(model, several))


def _judge(model: Model, tables: Sequence[Known]) -> Judge:
    seen = np.stack([model.table_features(t.features, model.scores(t.features)) for t in tables])
    mean, scale = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    answers = np.array([table.right.any() for table in tables])
    return Judge(mean, scale, *fit_binary((seen - mean) / scale, answers, TABLE_PENALTY))


def write(model: Model, about: str) -> None:
    """Six significant digits, a line a row."""
    rows = {"about": about, "names": list(NAMES), **_plain(asdict(model))}
    lines = [f'"{name}": {json.dumps(value)}' for name, value in rows.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return [_plain(float(number)) for number in value]
    return float(f"{value:.6g}")


def _mean(tokens: Sequence[Tokens]) -> NDArray[np.float32]:
    """The mean of all token vectors, of length 1."""
    mean: NDArray[np.float32] = np.concatenate([one.vectors for one in tokens]).mean(axis=0)
    return mean / np.linalg.norm(mean)


def _known(file: Path, encoder: MiniLM) -> list[Known]:
    cases = [case for case in train(file) if case.chars < _MOST_CHARS]
    shelf, chance = Shelf(cases, encoder, file.stem), random.Random(1)
    laid = (table for case in cases for table in shelf.lay(case, chance))
    return list(progress(laid, f"laying {file.stem}", 3 * len(cases)))


def main() -> None:
    """Fit anew and write relevance.json."""
    data, encoder = reading_parser(__doc__).parse_args().data, MiniLM()
    squad = _known(data / "train" / "squad2_dev_half2.jsonl", encoder)
    queries = _known(data / "train" / "nq_open_oracle.jsonl", encoder)
    choosing = [table for table in squad + queries if table.right.any() and len(table.right) > 1]
    one = [table for table in squad if table.alone]  # of the queries' own passages all answer
    several = [table for table in squad + queries if not table.alone]
    write(fit(choosing, one, several), __doc__ or "")
    print(f"{len(choosing)} to choose in, {len(one)} + {len(several)} to abstain on: {FILE.name}")


if __name__ == "__main__":
    main()
