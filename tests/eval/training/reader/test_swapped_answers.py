"""Another name or number in a passage: answers stand where the rows say, or there is none."""

from typing import Any

from eval.training.reader.swapped_answers import with_other_answer, with_other_name

CURIE = "Marie Curie led it from 1914. In Paris Marie Curie had won, before Warsaw voted."


def asked(id_: str, question: str, context: str, *answers: str, title: str = "") -> dict[str, Any]:
    places = [(context.index(answer), answer) for answer in answers]
    return {
        "id": id_,
        "question": question,
        "context": context,
        "answers": [{"start": at, "end": at + len(text), "text": text} for at, text in places],
        "sentence": [30, 80],
        "source": f"SQuAD: {title}",
    }


OTHERS = [
    asked("a", "Who?", "It was Irène Joliot.", "Irène Joliot"),
    asked("b", "When?", "In 1935 it rained in Rome.", "1935"),
]


def test_another_answer_stands_wherever_the_one_stood() -> None:
    rows = [asked("1", "Who led it?", CURIE, "Marie Curie"), *OTHERS]
    made = next(iter(with_other_answer(rows)))
    assert made["context"] == CURIE.replace("Marie Curie", "Irène Joliot")
    assert made["answers"] == [{"start": 0, "end": 12, "text": "Irène Joliot"}]
    start, end = made["sentence"]
    assert made["context"][start:end] == "In Paris Irène Joliot had won, before Warsaw voted."


def test_a_part_of_the_answer_goes_with_it() -> None:
    row = asked("1", "Who led it?", CURIE, "Curie", "Marie Curie")
    made = next(iter(with_other_answer([row, *OTHERS])))
    assert [answer["text"] for answer in made["answers"]] == ["Irène Joliot"]


def test_an_answer_that_is_no_name_stays() -> None:
    rows = [asked("1", "What did she do?", CURIE, "led it from"), *OTHERS]
    assert [row["id"] for row in with_other_answer(rows) if row["id"] == "1"] == []


def test_a_question_of_a_name_that_the_passage_has_no_more_is_not_answered() -> None:
    rows = [asked("1", "When did curie lead it?", CURIE, "1914"), *OTHERS]
    (made,) = (row for row in with_other_name(rows) if row["id"] == "1")
    assert (made["answers"], made["sentence"]) == ([], None)
    assert made["context"] == CURIE.replace("Curie", "Rome")


def test_the_answer_and_the_title_are_not_exchanged() -> None:
    rows = [
        asked("1", "Did Warsaw vote?", CURIE, "Warsaw"),
        asked("2", "Did Warsaw vote?", CURIE, "1914", title="Warsaw"),
        *OTHERS,
    ]
    assert not {"1", "2"} & {row["id"] for row in with_other_name(rows)}
