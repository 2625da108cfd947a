"""Rows of the folder `train` to what the network learns from, made once before training.

Besides the rows themselves there are passages that do not answer, made from them: a passage
without its gold sentence, and the paragraph most like the question among others.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from index.model import Span
from index.sentences import sentences
from qa.readers.trained.layout import Ids, Layout, Tokens
from qa.readers.trained.rows import Row, restated, rows, title
from qa.readers.trained.unanswered import elsewhere, with_changed_question, without_sentence

RATES = {
    "squad2_dev_half2": 2.0,
    "squad11_dev_extra": 1.3,
    "qed_train": 3.0,
    "nq_open_oracle": 1.5,
    "qamr": 0.25,
    "synthetic_negatives": 0.6,
    "squad_train_sentsup": 1.3,
    "without_sentence": 0.8,
    "other_paragraph": 0.3,
    "other_article": 0.3,
    "changed_question": 0.6,
}
"""How often an epoch shows each example of a set; a part of one is drawn anew each time."""

ELSEWHERE = ("synthetic_negatives", "other_paragraph", "other_article")
"""Sets of questions that were asked of another passage than the one beside them."""

HELD_OUT_TITLES = ("Black_Death", "Pharmacy", "Private_school")
"""Articles of `squad2_dev_half2` that thresholds are chosen on, never trained on."""

HELD_OUT_QUERIES = 400
"""The same: about so many of `qed_train`, chosen by the title of the passage's article."""


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
            name not in ELSEWHERE,
            _trust(row),
            row,
        )


def read(
    folder: Path,
    maker: Maker,
    names: Collection[str] = RATES,
    labels: Mapping[str, Row] = MappingProxyType({}),
) -> tuple[dict[str, list[Example]], list[Example]]:
    """The examples to train on, by set, those made from others among them; and those held
    out, likewise.

    labels: of `self_label.py`, by the row's id.
    """
    made: dict[str, list[Example]] = {}
    held: list[Example] = []
    for name in names:
        if (file := folder / f"{name}.jsonl").exists():
            told = (restated(row) for row in rows(file) if row["context"].strip())
            kept = (row for row in told if not _is_doubtful(row))
            found = [maker.example(name, _labelled(row, labels)) for row in kept]
            made[name] = [one for one in found if not _held_out(one)]
            held += [one for one in found if _held_out(one)]
    made |= _negatives(made, maker)
    return made, held + _less(held, maker)


def epoch(made: Mapping[str, Sequence[Example]], draw: random.Random) -> list[Example]:
    """One epoch, shuffled: each set as often as its rate says."""
    shown: list[Example] = []
    for name, examples in made.items():
        whole, part = divmod(RATES[name], 1.0)
        shown += [*examples] * int(whole)
        shown += draw.sample(list(examples), round(part * len(examples)))
    draw.shuffle(shown)
    return shown


def _is_doubtful(row: Row) -> bool:
    """Whether it is a query without a marked sentence: about half of them have no answer."""
    return row["source"].startswith("QED") and not row["sentence"]


LABEL_AT = 0.3
"""Words that are less likely are not taken as an answer."""


def _labelled(row: Row, labels: Mapping[str, Row]) -> Row:
    """The row with the answer that was found for it, if any is likely enough."""
    found = labels.get(row["id"])
    if row["answers"] is not None or found is None or found["share"] < LABEL_AT:
        return row
    words = row["context"][found["start"] : found["end"]]
    answer = {"start": found["start"], "end": found["end"], "text": words}
    return {**row, "answers": [answer], "share": found["share"]}


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


def _held_out(example: Example) -> bool:
    if example.set == "squad2_dev_half2":
        return example.row["title"] in HELD_OUT_TITLES
    if example.set == "qed_train":
        return _place(title(example.row)) < HELD_OUT_QUERIES
    return False


def _place(words: str) -> int:
    """A number from 0 to 6,965, the rows of `qed_train`, that only the words decide."""
    return random.Random(words).randrange(6966)


_PARAGRAPHS = ("squad2_dev_half2", "squad11_dev_extra", "squad_train_sentsup")


def _negatives(made: Mapping[str, list[Example]], maker: Maker) -> dict[str, list[Example]]:
    queries = [one.row for name in ("qed_train", "nq_open_oracle") for one in made.get(name, ())]
    paragraphs = [one.row for one in made.get("squad_train_sentsup", ())]
    answered = [one.row for name in _PARAGRAPHS for one in made.get(name, ()) if one.answers]
    return {
        "changed_question": [
            maker.example("changed_question", row) for row in with_changed_question(answered)
        ],
        "without_sentence": _less(made.get("qed_train", ()), maker),
        "other_paragraph": [
            maker.example("other_paragraph", row) for row in elsewhere(paragraphs, same=True)
        ],
        "other_article": [
            maker.example("other_article", row) for row in elsewhere(queries, same=False)
        ],
    }


def _less(examples: Sequence[Example], maker: Maker) -> list[Example]:
    marked = [one.row for one in examples if one.set == "qed_train" and one.row["sentence"]]
    return [maker.example("without_sentence", row) for row in without_sentence(marked)]
