"""What the encoder learns from: passages as a library embeds them, and reworded questions."""

import json
import random
from pathlib import Path

import pytest

from eval.training.encoder.pairs import asked, natural
from eval.training.encoder.wording import keywords, reworded, with_typo

TEXT = "The dam broke at noon.\n\nMayor Ana Ruiz said nobody was hurt. She thanked the guards."


def written(folder: Path) -> Path:
    """A natural set of one article and two questions, one of which it does not answer."""
    quote = "Mayor Ana Ruiz said nobody was hurt."
    start = TEXT.index(quote)
    piece = {"article_id": "dam", "start": start, "end": start + len(quote), "role": "gold"}
    questions = [
        {"question": "who is mayor?", "type": "who", "answerable": True, "evidence": [piece]},
        {"question": "who died?", "type": "none", "answerable": False, "evidence": []},
    ]
    (folder / "x").mkdir()
    article = {"id": "dam", "title": "Dam breaks", "text": TEXT}
    (folder / "x" / "articles.jsonl").write_text(json.dumps(article))
    (folder / "x" / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)))
    return folder


def test_a_pair_is_an_answerable_question_and_its_titled_passage(tmp_path: Path) -> None:
    corpus = natural(written(tmp_path), ["x"])
    (pair,) = corpus.pairs
    assert pair.question == "who is mayor?"
    assert [corpus.texts[index] for index in pair.gold] == [f"Dam breaks\n{TEXT}"]
    assert corpus.members == {"x": [0]}


def test_a_follow_up_is_asked_with_what_it_stands_for() -> None:
    history = [{"question": "Who is mayor?", "answer": "Ana Ruiz."}]
    row = {"question": "and since when?", "history": history}
    assert asked(row) == "Who is mayor? and since when?"
    assert asked({**row, "standalone": "Since when is Ruiz mayor?"}) == "Since when is Ruiz mayor?"


@pytest.mark.parametrize("seed", range(50))
def test_a_typo_is_one_letter_inside_a_long_word(seed: int) -> None:
    made = with_typo("who broke the levee", random.Random(seed))
    assert made.startswith("who ")
    assert abs(len(made) - len("who broke the levee")) <= 1
    assert made.split()[1][0] + made.split()[1][-1] == "be"


def test_words_too_short_for_a_typo_stay() -> None:
    assert with_typo("who is it", random.Random(1)) == "who is it"


def test_keywords_are_the_content_words_of_a_long_enough_question() -> None:
    assert keywords("What did the mayor of Derna say about the flood?") == "mayor Derna say flood"
    assert keywords("Who is the mayor?") == "Who is the mayor?"


def test_most_questions_stay_as_they_are() -> None:
    draw = random.Random(3)
    question = "Which bridge fell down in the northern harbour?"
    same = sum(reworded(question, draw) == question for _ in range(400))
    assert 200 < same < 320
