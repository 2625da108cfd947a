"""Answers for rows that have only a sentence: they stay in it."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from eval.training.reader.examples import Maker, epoch, read
from eval.training.reader.self_label import SET, label, likeliest
from eval.training.reader.training_sets import LABEL_AT
from qa.readers.trained.cross_encoder import CrossEncoder
from qa.readers.trained.logits import ANSWER_TOKENS, END, START

CONTEXT = "Sales rose in 1930. Alexander Fleming discovered penicillin in 1928. It was late."
SENTENCE = [20, 68]


def row(name: str) -> dict[str, object]:
    question = "When was penicillin discovered?"
    source = "SQuAD 1.1 train: Penicillin"
    made = {"id": name, "question": question, "context": CONTEXT, "sentence": SENTENCE}
    return made | {"answers": None, "source": source}


def test_the_label_is_the_answer_within_the_sentence() -> None:
    found = label(CrossEncoder(1), row("1"))
    assert CONTEXT[found["start"] : found["end"]] == "1928"
    assert 0 < found["share"] <= 1


@pytest.mark.parametrize("tokens", [1, 2, 70])
def test_the_likeliest_words_and_their_share_of_all(tokens: int) -> None:
    logits = np.random.default_rng(tokens).normal(size=(tokens, 6)).astype(np.float32)
    start, end, share = likeliest(logits)
    every = {
        (first, last): np.exp(logits[first, START] + logits[last, END])
        for first in range(tokens)
        for last in range(first, min(tokens, first + ANSWER_TOKENS))
    }
    assert (start, end) == max(every, key=lambda pair: every[pair])
    assert share == pytest.approx(every[start, end] / sum(every.values()), rel=1e-4)


def test_a_label_counts_as_much_as_it_is_likely(tmp_path: Path) -> None:
    lines = [json.dumps(row(name)) for name in ("sure", "unsure", "unknown")]
    (tmp_path / f"{SET}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    shares = {"sure": 0.9, "unsure": LABEL_AT / 2}
    labels = {name: {"start": 63, "end": 67, "share": share} for name, share in shares.items()}
    made = read(tmp_path, Maker(), labels)
    found = {one.row["id"]: one for one in made[SET]}
    assert found["sure"].trust == (0.9, 1.0, 1.0)
    assert found["unsure"].trust == found["unknown"].trust == (0.0, 1.0, 1.0)
    assert found["unsure"].answers == ()
    ((first, last),) = found["sure"].answers
    offsets = found["sure"].passage.offsets[first:last]
    assert CONTEXT[offsets[0, 0] : offsets[-1, 1]] == "1928"
    assert len(epoch(made, random.Random(1))) >= 3
