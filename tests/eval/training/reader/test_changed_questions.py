"""Questions with one thing changed: still about the passage, not answered by it."""

import random

import pytest

from eval.training.reader.changed_questions import changed

CONTEXT = (
    "After the war Marie Curie led the Radium Institute from 1914 on. Her daughter Irène Joliot "
    "won a prize in 1935, before Marie Curie died."
)


def every(question: str, *answers: str) -> set[str]:
    made = (changed(question, CONTEXT, answers, random.Random(seed)) for seed in range(60))
    return {one for some in made for one in some}


@pytest.mark.parametrize(
    ("question", "answers", "made"),
    [
        ("What did Marie Curie lead?", ("the institute",),
         {"What did Irène Joliot lead?", "What did Radium Institute lead?"}),
        ("what did marie curie lead?", ("Radium Institute",), {"what did Irène Joliot lead?"}),
        ("What happened in 1935?", (), {"What happened in 1914?"}),
        ("Who won a prize before she died?", (),
         {"Who lost a prize before she died?", "Who won a prize after she died?"}),
        ("Who was she?", (), {"Who was not she?"}),
        ("Whose prize?", (), set()),
    ],
)  # fmt: skip
def test_one_thing_is_changed(question: str, answers: tuple[str, ...], made: set[str]) -> None:
    assert every(question, *answers) == made
