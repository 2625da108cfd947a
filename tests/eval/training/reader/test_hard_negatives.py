"""Of questions that a passage does not answer, those that the reader finds answered are kept."""

from typing import Any

from eval.training.reader.hard_negatives import KEPT, hardest
from qa.readers.trained.cross_encoder import CrossEncoder

CONTEXT = "Alexander Fleming discovered penicillin in 1928 . Sales rose for years ."


def row(question: str) -> dict[str, Any]:
    return {"question": question, "context": CONTEXT, "source": "SQuAD 1.1 train: Penicillin"}


def test_those_that_are_found_answered_are_kept() -> None:
    easy = row("How old is the bridge over the Danube?")
    hard = [row("When was penicillin discovered?"), row("Who discovered penicillin?")]
    kept = hardest(CrossEncoder(1), [easy, *hard])
    assert len(kept) == KEPT
    assert easy not in kept
