"""Recorded answers are found again where retrieval lays other sentences than it did then."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from eval.recordings import RecordingModel, ReplayModel, question_hash, renumbered
from index.errors import InputError
from qa.readers.llm.model_client import Messages

DIED, HURT, RAIN = "Two people died.", "Nine were hurt.", "It rained all night."


class Said:
    """A model that says one thing."""

    name = "said"

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def stream(self, messages: Messages, ends: float) -> Iterator[str]:
        yield self.answer


def prompt(sentences: Sequence[str], question: str = "Who died?") -> Messages:
    shown = "".join(f"[{n}] {text}\n" for n, text in enumerate(sentences, 1))
    rules = f"Rules:\n- Cite.\n\nQuestion: {question}"
    return [{"role": "user", "content": f"==\nArticle: A flood\n{shown}\n==\n{rules}"}]


def recorded(file: Path, answer: str, messages: Messages) -> None:
    list(RecordingModel(Said(answer), file).stream(messages, 0))


def replayed(file: Path, messages: Messages) -> str:
    return "".join(ReplayModel(file).stream(messages, 0))


def test_numbers_follow_their_sentences(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    recorded(file, "Two died [1], nine were hurt. [2, 1]", prompt([DIED, HURT]))
    assert replayed(file, prompt([DIED, HURT])) == "Two died [1], nine were hurt. [2, 1]"
    assert replayed(file, prompt([RAIN, HURT, DIED])) == "Two died [3], nine were hurt. [2, 3]"


def test_a_sentence_that_is_not_there_loses_its_number(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    recorded(file, "Two died [1], nine were hurt. [2]", prompt([DIED, HURT]))
    assert replayed(file, prompt([RAIN, DIED])) == "Two died [2], nine were hurt. "


def test_of_answers_to_one_question_the_one_whose_sentences_are_there(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    recorded(file, "Two. [1]", prompt([DIED, HURT]))
    recorded(file, "Nine. [1]", prompt([HURT]))
    recorded(file, "Nine or so. [1]", prompt([HURT, RAIN]))
    assert replayed(file, prompt([RAIN, DIED])) == "Two. [2]"
    assert replayed(file, prompt([RAIN, HURT])) == "Nine or so. [2]"


def test_another_question_or_rule_is_not_taken_for_this_one(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    recorded(file, "Two. [1]", prompt([DIED]))
    with pytest.raises(InputError, match="no answer to this prompt"):
        replayed(file, prompt([DIED], "Who was hurt?"))
    assert question_hash(prompt([DIED])) == question_hash(prompt([RAIN, HURT]))
    changed = [
        {**one, "content": one["content"].replace("Cite", "Quote")} for one in prompt([DIED])
    ]
    assert question_hash(changed) != question_hash(prompt([DIED]))


def test_an_older_file_answers_its_own_prompts(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    recorded(file, "Two. [1]", prompt([DIED]))
    head, row = map(json.loads, file.read_text().splitlines())
    old = {"prompt": row["prompt"], "answer": row["answer"]}
    file.write_text(f"{json.dumps(head)}\n{json.dumps(old)}\n")
    assert replayed(file, prompt([DIED])) == "Two. [1]"
    with pytest.raises(InputError):
        replayed(file, prompt([DIED, RAIN]))


def test_a_number_of_no_sentence_stays() -> None:
    assert renumbered("Nobody [999].", {"1": DIED}, {"2": DIED}) == "Nobody [999]."
    assert renumbered("A [1] b [1,999].", {"1": DIED}, {}) == "A  b [999]."
