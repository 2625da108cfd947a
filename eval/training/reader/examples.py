"""Rows to what the network learns from, made once before training."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from eval.training.reader import training_sets
from eval.training.reader.labelled_rows import Row, title
from eval.training.reader.unanswerable import without_sentence
from index.model import Span
from index.sentences import sentences
from qa.readers.trained.input_format import Ids, Layout, Tokens

RATES = {
    "squad2_dev_half2": 2.0,
    "squad11_dev_extra": 1.3,
    "qed_train": 3.0,
    "nq_open_oracle": 1.5,
    "qamr": 0.35,
    "synthetic_negatives": 0.6,
    "squad_train_sentsup": 1.3,
    "without_sentence": 0.8,
    "other_paragraph": 0.3,
    "other_article": 0.3,
    "changed_question": 0.35,
    "with_pronoun": 3.0,
    "other_answer": 0.4,
    "other_name": 0.4,
    "squad_without_sentence": 0.15,
    "other_news": 0.3,
}
"""How often an epoch shows each example of a set; a part of one is drawn anew each time."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question and passage. Ranges are of passage tokens, half-open.

    positives: which sentences support the answer, empty if none or unknown.
    answers: ranges of the answer, empty if there is none or it is not known.
    answerable: whether the passage answers.
    relevant: whether it is what the question was asked of, answered or not.
    trust: 0 to 1, how sure the span, the sentence and `answerable` are; the loss's weights.
    """

    set: str
    head: Ids
    asked: int
    passage: Tokens
    sentences: tuple[tuple[int, int], ...]
    positives: frozenset[int]
    answers: tuple[tuple[int, int], ...]
    answerable: bool
    relevant: bool
    trust: tuple[float, float, float]
    row: Row

    def __len__(self) -> int:
        return len(self.head) + len(self.passage) + 1


class Maker:
    """Rows to examples; texts that come again are tokenised once."""

    def __init__(self) -> None:
        self._layout = Layout()
        self.text = lru_cache(maxsize=None)(self._text)

    def _text(self, text: str) -> tuple[Tokens, tuple[Span, ...]]:
        return self._layout.tokens(text), sentences(text, "en", lambda part: len(part) <= 700)

    def example(self, name: str, row: Row) -> Example:
        """The example of a row of the set `name`."""
        passage, spans = self.text(row["context"])
        known = [Span(one["start"], one["end"]) for one in row["answers"] or ()]
        gold = [Span(*row["sentence"])] if row["sentence"] else known
        head, asked = self._layout.head(row["question"], title(row))
        answerable = row["answers"] != []
        return Example(
            name,
            head,
            asked,
            passage,
            tuple(passage.ranges(spans)),
            frozenset(i for i, span in enumerate(spans) if answerable and _supports(span, gold)),
            tuple(found for found in passage.ranges(known) if found[0] < found[1]),
            answerable,
            name not in training_sets.ELSEWHERE,
            _trust(row),
            row,
        )


def read(
    folder: Path,
    maker: Maker,
    labels: Mapping[str, Row] = MappingProxyType({}),
    hard: Sequence[Row] = (),
) -> dict[str, list[Example]]:
    """The examples to train on, by set, those made of others among them.

    labels: of `self_label.py`, by the row's id; hard: of `hard_negatives.py`.
    """
    kept, _ = training_sets.read(folder, labels=labels)
    shown = kept | training_sets.made(kept, hard)
    return {name: [maker.example(name, row) for row in rows] for name, rows in shown.items()}


def held_out(folder: Path, maker: Maker) -> list[Example]:
    """The examples that thresholds are chosen on, queries without their sentence among them."""
    _, held = training_sets.read(folder)
    held["without_sentence"] = [*without_sentence(held.get("qed_train", ()))]
    return [maker.example(name, row) for name, rows in held.items() for row in rows]


def epoch(made: Mapping[str, Sequence[Example]], draw: random.Random) -> list[Example]:
    """One epoch, shuffled: each set as often as its rate says."""
    shown: list[Example] = []
    for name, examples in made.items():
        whole, part = divmod(RATES[name], 1.0)
        shown += [*examples] * int(whole)
        shown += draw.sample(list(examples), round(part * len(examples)))
    draw.shuffle(shown)
    return shown


def _trust(row: Row) -> tuple[float, float, float]:
    """Offsets that were guessed count half, answers that a model found as much as they are
    likely."""
    if row["answers"] is None:
        return 0.0, 1.0, 1.0
    if row.get("ambiguous_offset"):
        return 0.5, 0.5, 1.0
    return row.get("share", 1.0), 1.0, 1.0


def _supports(span: Span, gold: Sequence[Span]) -> bool:
    """Whether most of the sentence is gold, or it holds most of a gold span."""
    return any(2 * span.overlap(one) > min(len(span), len(one)) for one in gold)
