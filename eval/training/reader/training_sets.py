"""The rows that the reader learns from, by set: those of the folder `train` and those made of them.

Made are passages that do not answer (a question changed, a name exchanged, the gold sentence taken
out, another passage) and more that do (another answer, a fact told of "he" or "she").
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from eval.training.reader.labelled_rows import Row, restated, rows, title
from eval.training.reader.pronouns import with_pronoun
from eval.training.reader.swapped_answers import with_other_answer, with_other_name
from eval.training.reader.unanswerable import elsewhere, with_changed_question, without_sentence

Rows = Mapping[str, Sequence[Row]]
"""By the name of their set."""

FILES = (
    "squad2_dev_half2",
    "squad11_dev_extra",
    "qed_train",
    "nq_open_oracle",
    "qamr",
    "synthetic_negatives",
    "squad_train_sentsup",
)
"""Sets of the folder."""

ELSEWHERE = ("synthetic_negatives", "other_paragraph", "other_article", "other_news")
"""Sets of questions that were asked of another passage than the one beside them."""

HELD_OUT_TITLES = ("Black_Death", "Pharmacy", "Private_school")
"""Articles of `squad2_dev_half2` that thresholds are chosen on, never trained on."""

HELD_OUT_QUERIES = 400
"""The same: about so many of `qed_train`, chosen by the title of the passage's article."""

_PARAGRAPHS = ("squad2_dev_half2", "squad11_dev_extra", "squad_train_sentsup")
_QUERIES = ("qed_train", "nq_open_oracle")


def read(
    folder: Path, names: Sequence[str] = FILES, labels: Mapping[str, Row] = MappingProxyType({})
) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """The rows of these files to train on, and those held out.

    labels: of `self_label.py`, by the row's id.
    """
    kept: dict[str, list[Row]] = {}
    held: dict[str, list[Row]] = {}
    for name in names:
        if (file := folder / f"{name}.jsonl").exists():
            found = [_labelled(row, labels) for row in _usable(file)]
            kept[name] = [row for row in found if not _is_held_out(name, row)]
            held[name] = [row for row in found if _is_held_out(name, row)]
    return kept, held


def made(known: Rows, hard: Sequence[Row] = ()) -> dict[str, list[Row]]:
    """Sets made of those.

    hard: changed questions that `hard_negatives.py` chose; without them one of each is drawn.
    """
    of = _chooser(known)
    plain, news = of(*_PARAGRAPHS, *_QUERIES), [*filter(_is_news, of("qamr"))]
    answered = [*filter(_has_answer, [*plain, *of("qamr")])]
    paragraphs = of("squad_train_sentsup")
    return {
        "with_pronoun": [*with_pronoun(plain)],
        "other_answer": [*with_other_answer(answered)],
        "other_name": [*with_other_name(answered)],
        "changed_question": [*(hard or _one_of_each(to_change(known)))],
        "without_sentence": [*without_sentence(of("qed_train"))],
        "squad_without_sentence": [*without_sentence(filter(_has_answer, [*paragraphs, *news]))],
        "other_paragraph": [*elsewhere(paragraphs, same=True)],
        "other_article": [*elsewhere(of(*_QUERIES), same=False)],
        "other_news": [*elsewhere(news, same=True)],
    }


def to_change(known: Rows) -> list[Row]:
    """Rows whose questions are changed."""
    return [*filter(_has_answer, _chooser(known)(*_PARAGRAPHS, "qamr"))]


def _chooser(known: Rows) -> Callable[..., list[Row]]:
    return lambda *names: [row for name in names for row in known.get(name, ())]


def _one_of_each(answered: Sequence[Row]) -> Iterator[Row]:
    for row in answered:
        if changed := with_changed_question(row):
            yield random.Random(row["id"]).choice(changed)


def _usable(file: Path) -> Iterator[Row]:
    told = (restated(row) for row in rows(file) if row["context"].strip())
    return (row for row in told if not _is_doubtful(row))


def _is_doubtful(row: Row) -> bool:
    """Whether it is a query without a marked sentence: about half of them have no answer."""
    return row["source"].startswith("QED") and not row["sentence"]


def _has_answer(row: Row) -> bool:
    return bool(row["answers"])


def _is_news(row: Row) -> bool:
    return "wikinews" in row["source"]


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


def _is_held_out(name: str, row: Row) -> bool:
    if name == "squad2_dev_half2":
        return row["title"] in HELD_OUT_TITLES
    return name == "qed_train" and _place(title(row)) < HELD_OUT_QUERIES


def _place(words: str) -> int:
    """A number from 0 to 6,965, the rows of `qed_train`, that only the words decide."""
    return random.Random(words).randrange(6966)
