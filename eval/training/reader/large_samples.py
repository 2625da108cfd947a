"""What one epoch shows the large network: natural questions, statements, encyclopedia."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from numpy.typing import NDArray

from eval.training.encoder.pairs import TRAIN, asked
from eval.training.encoder.train_encoder import Encoder
from eval.training.reader import natural_examples, training_sets
from eval.training.reader.labelled_rows import title
from eval.training.reader.natural_examples import Place, Sample
from index.model import Span

GENERAL = {
    "squad2_dev_half2": 0.7,
    "squad11_dev_extra": 0.25,
    "qed_train": 0.35,
    "nq_open_oracle": 0.3,
    "qamr": 0.03,
    "synthetic_negatives": 0.06,
    "squad_train_sentsup": 0.04,
    "changed_question": 0.05,
    "with_pronoun": 0.3,
    "other_answer": 0.05,
    "other_name": 0.08,
    "other_news": 0.04,
    "without_sentence": 0.06,
}
"""The share of each set of labelled passages that an epoch shows."""

STATEMENTS, STATEMENTS_SHOWN = ("e", "f"), 3
"""Folders of statements, and how often an epoch shows each, amid other neighbours."""

CLAIMS, CLAIMS_SHARE = ("fever_dev", "begin"), 0.25

LATE, EARLY = 0.75, 1.6
"""Exponents of the place in an epoch, drawn from 0 to 1: natural ones come later, general ones
earlier."""

NEAREST = 16
"""Passages known for each question, that negatives are drawn from."""

OWN_FOLDER = 0.05
"""What likeness gains within a question's own folder, so that most negatives are of its stories."""


def epoch(data: Path, encoder: Path, out: Path, seed: int) -> list[Sample]:
    """The samples in their order. `nearest.npy` in `out` keeps which passages are near."""
    every = [(LATE, one) for one in natural(data / "natural", encoder, out, seed)]
    every += [(EARLY, one) for one in general(data / "train", seed)]
    every += [(1.0, one) for one in check(data, seed)]
    draw = random.Random(f"{seed}-order")
    placed = [(draw.random() ** exponent, place) for place, (exponent, _) in enumerate(every)]
    return [every[place][1] for _, place in sorted(placed)]


def natural(folder: Path, encoder: Path, out: Path, seed: int) -> Iterator[Sample]:
    """The questions of the training folders, with passages near them."""
    held = natural_examples.places(folder, TRAIN)
    wanted = natural_examples.questions(folder, TRAIN)
    file = out / "nearest.npy"
    if not file.exists():
        np.save(file, nearest(held, wanted, encoder))
    return natural_examples.of_questions(held, wanted, np.load(file), seed)


def nearest(held: Sequence[Place], wanted: Sequence[Any], encoder: Path) -> NDArray[np.int64]:
    """Shape (questions, NEAREST): for each question the nearest passages by a trained encoder."""
    network = Encoder()
    network.load_state_dict(torch.load(encoder, weights_only=True))
    passages = network.vectors([f"{place.title}\n{place.text.strip()}" for place in held])
    scores = network.vectors([asked(row) for _, row in wanted]) @ passages.T
    folders = np.array([place.folder for place in held])
    own = np.array([[folder] for folder, _ in wanted]) == folders[None]
    found: NDArray[np.int64] = np.argsort(-(scores + OWN_FOLDER * own), axis=1)[:, :NEAREST]
    return found


def check(data: Path, seed: int) -> Iterator[Sample]:
    """Statements with what they cite, and claims with what they were told to stand on."""
    for name in STATEMENTS:
        articles = data / "natural" / name / "articles.jsonl"
        for again in range(STATEMENTS_SHOWN):
            file = data / "statements" / f"{name}.jsonl"
            yield from natural_examples.of_statements(file, articles, seed + 100 * again)
    for name in CLAIMS:
        file = data / "verify" / f"{name}.jsonl"
        yield from natural_examples.of_claims(file, CLAIMS_SHARE, seed)


def general(folder: Path, seed: int) -> Iterator[Sample]:
    """Part of each set of labelled passages, and of what is made of them."""
    kept, _ = training_sets.read(folder)
    known = kept | training_sets.made(kept)
    for name, share in GENERAL.items():
        rows = [*known[name]]
        drawn = random.Random(f"{seed}-{name}").sample(rows, round(share * len(rows)))
        yield from (of_row(name, row) for row in drawn)


def of_row(name: str, row: Any) -> Sample:
    """A labelled passage."""
    words = tuple(Span(one["start"], one["end"]) for one in row["answers"] or ())
    gold = (Span(*row["sentence"]),) if row["sentence"] else words
    answerable = row["answers"] != []
    sure = 0.5 if row.get("ambiguous_offset") else 1.0
    of_span = 0.0 if row["answers"] is None else sure
    return Sample(
        name,
        row["question"],
        title(row),
        row["context"],
        gold if answerable else (),
        words,
        answerable,
        name not in training_sets.ELSEWHERE,
        False,
        (of_span, sure if answerable else 0.0, 1.0, 1.0, 0.0),
    )
