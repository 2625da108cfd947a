"""Question sets: what is read, and what is refused with its line."""

from pathlib import Path

import pytest

from eval.question_drafts import drafts, to_yaml
from eval.question_sets import read_set
from index.errors import InputError, NotFound
from index.model import Article, Span, Version

TEXT = "The ferry sank.\nAll  214 were saved.\nThe captain wept.\nThe captain wept.\n"


def version(article_id: str) -> Version:
    if article_id != "ferry":
        raise NotFound(f"there is no article {article_id}")
    ends = [TEXT.index("All"), TEXT.index("The captain"), len(TEXT)]
    starts = [0, *ends[:-1]]
    spans = tuple(Span(start, end) for start, end in zip(starts, ends, strict=True))
    return Version(Article("ferry", TEXT), spans)


def written(folder: Path, questions: str, name: str = "set.yaml") -> Path:
    (folder / "articles").mkdir(exist_ok=True)
    file = folder / name
    file.write_text(questions, encoding="utf-8")
    return file


def case(quote: str, article: str = "ferry") -> str:
    return (
        "name: s\nquestions:\n- id: a\n  question: Who?\n  answerable: true\n"
        f"  evidence: [{{article: {article}, quote: '{quote}'}}]\n"
    )


def test_a_quote_is_found_whatever_its_white_space(tmp_path: Path) -> None:
    chosen = read_set(written(tmp_path, case("sank. All 214")))
    (question,) = chosen.located(version)
    assert question.gold[0].span.of(TEXT) == "sank.\nAll  214"
    assert (chosen.name, chosen.lines) == ("s", (3,))


@pytest.mark.parametrize(
    ("quote", "article", "told"),
    [
        ("All 215 were saved", "ferry", "nearest: 'All  214 were saved.'"),
        ("The captain wept", "ferry", "stands 2 times"),
        ("x", "none", "there is no article 'none'"),
    ],
)
def test_a_quote_that_cannot_be_placed_is_refused_with_its_line(
    tmp_path: Path, quote: str, article: str, told: str
) -> None:
    chosen = read_set(written(tmp_path, case(quote, article)))
    with pytest.raises(InputError, match=r"set\.yaml:6: question a: ") as error:
        chosen.located(version)
    assert told in error.value.message


def test_a_quote_is_refused_with_the_line_that_it_begins_on(tmp_path: Path) -> None:
    text = case("The ferry sank").replace(
        "{article: ferry, quote: 'The ferry sank'}",
        "\n    {article: ferry,\n     quote: 'It swam'}",
    )
    with pytest.raises(InputError, match=r"set\.yaml:8: question a: "):
        read_set(written(tmp_path, text)).located(version)


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("must_not_cite: [ferry, barge]", "must_not_cite: there is no article 'barge'"),
        ("filters: {article: barge}", r"filters\.article: there is no article 'barge'"),
    ],
)
def test_an_article_that_is_not_there_is_refused(tmp_path: Path, field: str, told: str) -> None:
    text = f"questions:\n- id: a\n  question: W\n  answerable: false\n  {field}\n"
    with pytest.raises(InputError, match=rf"set\.yaml:2: question a: {told}"):
        read_set(written(tmp_path, text)).located(version)


@pytest.mark.parametrize("name", ["../victim", "/victim", "..", ".", "a/b", "'a b'", "a\\\\b"])
def test_a_name_that_could_lead_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    text = f"name: {name}\nquestions:\n- {{id: a, question: W, answerable: false}}\n"
    with pytest.raises(InputError, match="cannot be a name"):
        read_set(written(tmp_path, text))


def test_a_set_without_a_name_has_its_file_s(tmp_path: Path) -> None:
    text = '{"id": "a", "question": "Who?", "answerable": false}\n'
    assert read_set(written(tmp_path, text, "my set.jsonl")).name == "my-set"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("questions: [", "not YAML"),
        ('name: a\nquestions: "\a"', ":2: not YAML: special characters"),
        ("- 1\n", "no list `questions`"),
        ("questions: []\n", "no questions"),
        ("questions: [x]\n", "'x' is not a question"),
        ("questions:\n- {id: a, question: W, answerable: true}\n", ":2: .*no evidence"),
        ("questions:\n- {id: a, question: W, answerable: false, colour: red}\n", "colour: Extra"),
        ("questions:\n- {id: a, question: W, answerable: false, answer: [x]}\n", "not answerable"),
        (
            "questions:\n- &q {id: a, question: W, answerable: false}\n- *q\n",
            "question a occurs twice",
        ),
        (
            "questions:\n- {id: a, question: W, answerable: false, filters: {after: x}}\n",
            "not a date",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_set(written(tmp_path, text))


def test_lines_of_json_are_read_too(tmp_path: Path) -> None:
    row = '{"id": "a", "question": "Who?", "answerable": false}\n'
    chosen = read_set(written(tmp_path, row + "\n" + row.replace('"a"', '"b"'), "set.jsonl"))
    assert ([one.id for one in chosen.cases], chosen.lines) == (["a", "b"], (1, 3))
    with pytest.raises(InputError, match=r"set\.jsonl:2: not JSON"):
        read_set(written(tmp_path, row + "{", "set.jsonl"))


def test_drafts_are_a_set_that_reads_and_places(tmp_path: Path) -> None:
    text = "".join(
        f"On the morning of day {n} the ferry from Korvik carried {n}14 people home.\n"
        for n in range(9)
    )
    articles = [Article("ferry", text), Article("other", text.replace("ferry", "barge"))]
    made = to_yaml("articles", drafts(articles, 8))
    chosen = read_set(written(tmp_path, made))
    assert [one.answerable for one in chosen.cases].count(False) == 2
    held = {a.id: Version(a, (Span(0, len(text)),)) for a in articles}
    for question in chosen.located(lambda name: held[name]):
        assert not question.case.answer or "____" in question.case.question


def test_what_is_left_out_of_a_draft_is_gone_from_it() -> None:
    text = "In the year 2024 a sharp drop of 20 people by 2024 was what the office told us."
    (made,) = drafts([Article("a", text)], 1)
    assert (made["answer"], "of ____ people" in made["question"]) == (["20"], True)
