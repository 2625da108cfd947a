"""Chooses the changed questions that the shipped reader is most fooled by (hard negative mining).

    python -m eval.training.reader.hard_negatives --data DATA/train --labels /tmp/labels.jsonl \\
        --out /tmp/hard.jsonl

Of up to five questions made of one (`changed_questions.py`) the two that it finds answered most.
`train_reader.py --hard` takes them.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from rich.progress import track

from eval.training.reader import training_sets
from eval.training.reader.labelled_rows import Row, rows, title
from eval.training.reader.unanswerable import with_changed_question
from qa.readers.trained.cross_encoder import CrossEncoder
from qa.readers.trained.inference import Passage

KEPT = 2


def main() -> None:
    """Make questions, and write the rows of those that are chosen."""
    parser = argparse.ArgumentParser(description="Choose changed questions.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of training sets")
    parser.add_argument("--labels", type=Path, required=True, help="of `self_label.py`")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    wanted = parser.parse_args()
    labels = {row["id"]: row for row in rows(wanted.labels)}
    kept, _ = training_sets.read(wanted.data, labels=labels)
    made = [*map(with_changed_question, training_sets.to_change(kept))]
    chosen = partial(hardest, CrossEncoder(1))
    with ThreadPoolExecutor(wanted.threads) as pool, wanted.out.open("w") as file:
        for some in track(pool.map(chosen, made), "reading", len(made)):
            file.writelines(json.dumps(row) + "\n" for row in some)


def hardest(reader: CrossEncoder, made: Sequence[Row]) -> list[Row]:
    """The rows whose question the reader is surest to find answered."""
    return sorted(made, key=lambda row: -_answers(reader, row))[:KEPT]


def _answers(reader: CrossEncoder, row: Row) -> float:
    passage = Passage(title(row), row["context"], ())
    return reader.passage_logits(row["question"], passage)[0].answers


if __name__ == "__main__":
    main()
