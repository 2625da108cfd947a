"""What the network learns from: the arrays name the right tokens, and negatives have no answer."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from eval.training.reader.batches import TOKENS, arrays, batches, laid
from eval.training.reader.examples import RATES, Example, Maker, epoch, held_out, read
from eval.training.reader.training_sets import HELD_OUT_TITLES
from qa.readers.trained.input_format import WINDOW, Layout

FLEMING = "It was late . Alexander Fleming discovered penicillin in 1928 . Sales rose for years ."
FILLER = "The council met again on the following day and heard from the residents . "


def row(question: str, context: str, answer: str | None, **more: Any) -> dict[str, Any]:
    start = context.find(answer) if answer else 0
    answers = [{"start": start, "end": start + len(answer), "text": answer}] if answer else []
    made = {"question": question, "context": context, "answers": answers, "sentence": None}
    return made | {"id": "1", "source": "SQuAD 2.0 dev: Penicillin", "sentence_kind": None} | more


def marked(question: str, context: str, answer: str, sentence: str) -> dict[str, Any]:
    start = context.index(sentence)
    source = f"QED train (NQ): {answer.title()}"
    return row(
        question,
        context,
        answer,
        source=source,
        sentence=[start, start + len(sentence)],
        sentence_kind="gold",
    )


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker()


@pytest.fixture(scope="module")
def layout() -> Layout:
    return Layout()


def example(maker: Maker, held: Mapping[str, Any]) -> Example:
    return maker.example("squad2_dev_half2", held)


def test_a_query_is_answered_where_the_fact_is_stated(tmp_path: Path) -> None:
    actress = "Nina Dobrev is an actress . "
    role = "She is best known for her role as Elena in the series The Vampire Diaries ."
    held = marked("who plays elena in vampire diaries", actress + role, "Nina Dobrev", actress)
    other = marked("what is nina dobrev", actress + role, "an actress", actress)
    lines = "\n".join(map(json.dumps, [held, other]))
    (tmp_path / "qed_train.jsonl").write_text(lines, encoding="utf-8")
    made = read(tmp_path, Maker())
    assert [sorted(one.positives) for one in made["qed_train"]] == [[1], [0]]


def test_the_answer_is_where_the_arrays_say(maker: Maker, layout: Layout) -> None:
    one = example(maker, row("Who discovered it?", FLEMING, "Alexander Fleming"))
    none = example(maker, row("Who sold it?", FLEMING, None))
    made = arrays([one, none], layout, random.Random(1))
    found = made["input_ids"][0, made["starts"][0] : made["ends"][0] + 1]
    assert found.tolist() == layout.tokens("Alexander Fleming").ids.tolist()
    assert made["positive"].tolist() == [[0, 1, 0], [0, 0, 0]]
    sentence = made["input_ids"][0][made["member"][0, 1]]
    assert sentence.tolist() == layout.tokens(FLEMING[14:63]).ids.tolist()
    assert (made["starts"][1], made["ends"][1], made["answerable"].tolist()) == (0, 0, [1, 0])
    assert made["inside"][0].sum() == 1 + len(one.passage)


@pytest.mark.parametrize("before", [0, 30, 60])
def test_a_long_passage_is_cut_to_a_window_that_holds_the_answer(
    maker: Maker, layout: Layout, before: int
) -> None:
    text = FILLER * before + FLEMING + " " + FILLER * (60 - before)
    one = example(maker, row("Who discovered it?", text, "Alexander Fleming"))
    for seed in range(20):
        found = laid(one, layout, random.Random(seed))
        first, last = found.answer
        assert len(found.ids) == WINDOW
        assert (
            found.ids[first : last + 1].tolist() == layout.tokens("Alexander Fleming").ids.tolist()
        )
        held = [found.ids[slice(*place)] for place in found.sentences]
        assert sum(map(len, held)) == found.passage[1] - found.passage[0]


def test_steps_hold_every_example_once_within_their_size(maker: Maker) -> None:
    chance = random.Random(0)
    shown = [example(maker, row("Who?", FILLER * chance.randint(1, 40), None)) for _ in range(300)]
    made = batches(shown)
    assert sorted(map(id, shown)) == sorted(id(one) for batch in made for one in batch)
    assert all(len(b) * min(WINDOW, max(map(len, b))) <= TOKENS for b in made)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    long = FILLER * 2 + "Alexander Fleming discovered penicillin in 1928 . "
    again = FILLER * 2 + "In 1945 Ernst Chain shared the prize for penicillin . " + FILLER
    sets = {
        "qed_train": [
            marked("who discovered penicillin", long, "Alexander Fleming", long[len(FILLER) * 2 :]),
            marked("who shared the penicillin prize", again, "Ernst Chain", again[148:202]),
        ],
        "squad2_dev_half2": [
            row("Who?", FLEMING, "Fleming", title="Penicillin"),
            row("Who?", FLEMING, "Fleming", title=HELD_OUT_TITLES[0]),
        ],
    }
    for name, rows in sets.items():
        lines = "".join(json.dumps(one) + "\n" for one in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines)
    return tmp_path


def test_what_is_held_out_is_not_trained_on(folder: Path, maker: Maker) -> None:
    made = read(folder, maker)["squad2_dev_half2"]
    assert {one.row["title"] for one in made} == {"Penicillin"}
    held = held_out(folder, maker)
    assert {one.row["title"] for one in held if one.set == "squad2_dev_half2"} == {
        HELD_OUT_TITLES[0]
    }


def test_negatives_hold_no_answer(folder: Path, maker: Maker) -> None:
    made = read(folder, maker)
    assert made["without_sentence"]
    assert made["other_article"]
    for one in made["without_sentence"] + made["other_article"]:
        assert not one.answerable
        assert not one.positives
        asked = one.row["question"]
        answer = "fleming" if "discovered" in asked else "chain"
        assert answer not in one.row["context"].lower()
    assert all(one.relevant for one in made["without_sentence"])
    assert not any(one.relevant for one in made["other_article"])


NEWS = "Harry Smith won in 2014. Jane Doe won in Leeds before that. "


def test_hard_questions_take_the_place_of_others(tmp_path: Path, maker: Maker) -> None:
    asked = row("Where did Jane Doe win?", NEWS, "Leeds")
    (tmp_path / "squad2_dev_half2.jsonl").write_text(json.dumps(asked | {"title": "Race"}))
    (drawn,) = read(tmp_path, maker)["changed_question"]
    hard = row("Where did nobody win?", NEWS, None)
    (chosen,) = read(tmp_path, maker, hard=[hard])["changed_question"]
    assert (drawn.row["question"], drawn.answerable) == ("Where did Jane Smith win?", False)
    assert (chosen.row["question"], chosen.answerable) == ("Where did nobody win?", False)


def test_news_are_asked_what_other_news_say(tmp_path: Path, maker: Maker) -> None:
    more = {"source": "QAMR Wiki1k:wikinews:1:2:3", "sentence": [25, 59]}
    other = "A council met in Leeds and Jane Doe spoke. It was late in the year, and cold. "
    rows = [row("Where did Doe win?", NEWS, "Leeds", **more), row("Who?", other * 2, "Doe", **more)]
    lines = "\n".join(map(json.dumps, rows))
    (tmp_path / "qamr.jsonl").write_text(lines)
    made = read(tmp_path, maker)["other_news"]
    assert not any(one.answerable or one.relevant for one in made)


def test_an_epoch_shows_each_set_as_often_as_its_rate(folder: Path, maker: Maker) -> None:
    made = read(folder, maker)
    shown = epoch(made, random.Random(0))
    names = [one.set for one in shown]
    for name, examples in made.items():
        whole, part = divmod(RATES[name], 1)
        assert names.count(name) == int(whole) * len(examples) + round(part * len(examples))
