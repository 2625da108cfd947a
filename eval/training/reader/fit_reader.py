"""Fits what makes probabilities of the trained reader's logits, and the threshold; prints how the
held-out rows come out.

Reads `train/squad2_dev_half2.jsonl` and `train/qed_train.jsonl` in the folder and uses only what
`training_sets.py` holds out of training, then writes `calibration.json` beside the model.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from eval import metrics
from eval.bench.library_data import progress, reading_parser, show
from eval.training.logistic_regression import fit_binary, fit_choice
from eval.training.reader.examples import Example, Maker, held_out
from eval.training.reader.labelled_rows import title
from index.model import Span
from qa.readers.trained.cross_encoder import (
    CALIBRATION,
    MODEL,
    Calibration,
    CrossEncoder,
    answers_features,
    sentence_features,
)
from qa.readers.trained.inference import Passage
from qa.readers.trained.logits import PassageLogits

PENALTY = 1e-3


@dataclass(frozen=True, slots=True)
class Read:
    """A held-out example, and what the network says of it. words: its likeliest answer."""

    example: Example
    evidence: PassageLogits
    words: str

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which sentences support the answer."""
        count = len(self.example.sentences)
        return np.array([place in self.example.positives for place in range(count)], dtype=bool)


def main() -> None:
    """Fit anew and write calibration.json."""
    options = reading_parser(__doc__)
    options.add_argument("--model", type=Path, default=MODEL)
    options.add_argument("--out", type=Path, default=CALIBRATION)
    options.add_argument("--every", type=int, default=1, metavar="N", help="each N-th row")
    wanted = options.parse_args()
    maker = Maker()
    held = held_out(wanted.data / "train", maker)
    reader = CrossEncoder(model=wanted.model)
    done = [look(reader, maker, one) for one in progress(held[:: wanted.every], "reading")]
    made = fit(done)
    wanted.out.write_text(told(made), encoding="utf-8")
    show(list(figures(done, made)), wanted.json)


def look(reader: CrossEncoder, maker: Maker, example: Example) -> Read:
    """The evidence of one example."""
    text = example.row["context"]
    _, spans = maker.text(text)
    passage = Passage(title(example.row), text, spans)
    found, tokens = reader.passage_logits(example.row["question"], passage)
    first, last = tokens.offsets[list(found.answer or (0, 0))].tolist()
    return Read(example, found, Span(first[0], last[1]).of(text))


def fit(done: Sequence[Read]) -> Calibration:
    """Sentences: how far each kind of evidence counts in choosing one, then as a probability.
    Passages: a probability, and the threshold with the best F1 on SQuAD's."""
    answering = np.array([one.example.answerable for one in done])
    seen = np.stack([answers_features(one.evidence) for one in done]).astype(float)
    answers = np.append(*fit_binary(seen[:, :-1], answering, PENALTY)).astype(np.float32)
    marked = [one for one in done if one.right.any()]
    rows = np.concatenate([sentence_features(one.evidence) for one in marked]).astype(float)
    starts = np.array([0, *accumulate(len(one.right) for one in marked[:-1])])
    right = np.concatenate([one.right for one in marked])
    choice = fit_choice(rows[:, :-2], starts, right, PENALTY)
    every = np.concatenate([sentence_features(one.evidence) for one in done]).astype(float)
    known = np.stack([every[:, :-2] @ choice, every[:, -2]], axis=1)
    (scale, passage), bias = fit_binary(known, np.concatenate([o.right for o in done]), PENALTY)
    sentence = np.array([*(scale * choice), passage, bias], dtype=np.float32)
    made = Calibration(answers, sentence, 0.5)
    squad = [one for one in done if one.example.set == "squad2_dev_half2"]
    levels = [float(level) for level in np.arange(0.05, 1, 0.01)]
    best = max(levels, key=lambda level: squad_mean(squad, made, level, metrics.answer_f1))
    return Calibration(answers, sentence, round(best, 2))


def squad_mean(
    done: Sequence[Read],
    made: Calibration,
    level: float,
    metric: Callable[[str, Sequence[str]], float | None],
) -> float:
    """SQuAD 2.0's EM or F1 if passages count as answering from `level` on."""
    scores = []
    for one in done:
        words = one.words if made.answers(one.evidence) >= level else ""
        accepted = [answer["text"] for answer in one.example.row["answers"]] or [""]
        scores.append(metric(words, accepted) or 0.0)
    return fmean(scores)


def figures(done: Sequence[Read], made: Calibration) -> list[dict[str, str | float]]:
    """A row a set of what was held out."""
    squad = [one for one in done if one.example.set == "squad2_dev_half2"]
    queries = [one for one in done if one.example.set != "squad2_dev_half2"]
    return [_figures("squad2_dev_half2", squad, made), _figures("qed_train", queries, made)]


def _figures(name: str, done: Sequence[Read], made: Calibration) -> dict[str, str | float]:
    """`words F1`: of those with an answer, none of them withheld."""
    several = [one for one in done if one.right.any() and one.example.row["sentence"]]
    first = [one.right[made.sentences(one.evidence).argmax()] for one in several]
    alone = [one.right[one.evidence.support.argmax()] for one in several]
    answered, level = [one for one in done if one.example.answerable], made.answers_at
    ranked = metrics.auroc(
        [made.answers(one.evidence) for one in done], [one.example.answerable for one in done]
    )
    return {
        "held out": name,
        "rows": len(done),
        "right sentence": float(np.mean(first)),
        "by support alone": float(np.mean(alone)),
        "AUROC": ranked or 0.0,
        "EM": squad_mean(done, made, level, metrics.exact_match),
        "F1": squad_mean(done, made, level, metrics.answer_f1),
        "words F1": squad_mean(answered, made, 0.0, metrics.answer_f1),
        "answers at": level,
    }


def told(made: Calibration) -> str:
    """The file, six significant digits."""
    rows = {
        "about": (__doc__ or "").partition("\n\n")[2].strip(),
        "answers": [float(f"{weight:.6g}") for weight in made.answers_weights],
        "sentence": [float(f"{weight:.6g}") for weight in made.sentence_weights],
        "answers_at": made.answers_at,
    }
    return json.dumps(rows, indent=2) + "\n"


if __name__ == "__main__":
    main()
