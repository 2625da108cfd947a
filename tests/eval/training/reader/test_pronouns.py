"""Facts told of a pronoun: the answer stands where the rows say."""

from typing import Any

from eval.training.reader.pronouns import with_pronoun


def asked(question: str, context: str, answer: str, sentence: str, **more: Any) -> dict[str, Any]:
    start, first = context.index(answer), context.index(sentence)
    answers = [{"start": start, "end": start + len(answer), "text": answer}]
    made = {"question": question, "context": context, "answers": answers}
    marked = {"sentence": [first, first + len(sentence)], "source": "QED: Lost Ark", "id": "1"}
    return made | marked | more


def holds(row: Any) -> bool:
    return bool(row["answers"]) and all(
        row["context"][one["start"] : one["end"]] == one["text"] for one in row["answers"]
    )


def test_a_fact_is_told_of_a_pronoun_after_a_sentence_with_the_name() -> None:
    known = "Karen Allen ( born 1951 ) is an American actress , best known for playing Marion ."
    plays = "Harrison Ford plays Jones in it ."
    rows = [
        asked("who plays marion", known, "Karen Allen", known, source="QED: Karen Allen"),
        asked("who plays jones", f"It began . {plays}", "Harrison Ford", plays, id="2"),
        asked("where did it begin", f"It began . {plays}", "Harrison Ford", plays),
        asked("who is karen", "Karen Allen is loud .", "Karen Allen", "Karen Allen is loud ."),
    ]
    first, second, *others = with_pronoun(rows)
    assert first["context"] == (
        "Karen Allen ( born 1951 ) is an American actress . She is best known for playing Marion ."
    )
    assert second["context"] == (
        "It began . Harrison Ford ( born 1951 ) is an American actress , best known for playing "
        "Marion . She plays Jones in it ."
    )
    for made in (first, second):
        start, end = made["sentence"]
        assert made["context"][start:end].startswith("She ")
        assert holds(made)
    assert [one["question"] for one in others] == ["who is karen"]
