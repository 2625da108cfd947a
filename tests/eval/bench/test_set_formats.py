"""Sets of others, read and written."""

import json
from pathlib import Path

import pytest
import yaml

from eval.bench import set_formats
from eval.question_sets import read_set
from index.errors import InputError
from index.model import Filters
from tests.conftest import SAMPLES

NEWS = SAMPLES.parent


def test_squad_paragraphs_are_places_of_one_article(tmp_path: Path) -> None:
    asked = [
        {"id": "1", "question": "Q1", "is_impossible": False, "answers": []},
        {"id": "2", "question": "Q2", "is_impossible": True, "answers": []},
    ]
    paragraphs = [{"context": "First 🙂.", "qas": []}, {"context": "Second.", "qas": asked}]
    data = {"data": [{"title": "A_title", "paragraphs": paragraphs}]}
    (tmp_path / "dev.json").write_text(json.dumps(data))
    corpus = set_formats.read(tmp_path / "dev.json")
    assert [question.answerable for question in corpus.questions] == [True, False]
    for question in corpus.questions:
        ((article, span),) = question.gold
        assert article == corpus.articles[0].id == "A title"
        assert span.of(corpus.articles[0].text) == "Second."


def test_a_beir_folder_has_whole_documents_as_gold(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    documents = [{"_id": "d1", "title": "One", "text": "Text."}, {"_id": "d2", "text": "Other."}]
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps(d) + "\n" for d in documents))
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "What?"}\n')
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td1\t1\nq\td2\t0\n")
    corpus = set_formats.read(tmp_path)
    (question,) = corpus.questions
    assert [(name, str(span)) for name, span in question.gold] == [("d1", "0-5")]
    assert [article.title for article in corpus.articles] == ["One", ""]


def test_beir_judgements_of_what_is_not_there_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "d1", "text": "T."}\n{"_id": "d2", "text": ""}\n'
    )
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "What?"}\n')
    qrels = tmp_path / "qrels" / "test.tsv"
    head = "query-id\tcorpus-id\tscore\n"
    qrels.write_text(head + "q\td1\t1\nq\td2\t1\nq\tgone\t1\nnone\td1\t1\n")
    (question,) = set_formats.read(tmp_path).questions
    assert [name for name, _ in question.gold] == ["d1"]
    assert "3 judgements are of documents or queries that are not there" in capsys.readouterr().err
    qrels.write_text(head + "q\td1\t1\nq\td1\n")
    with pytest.raises(InputError, match=r"test\.tsv:3: is no judgement"):
        set_formats.read(tmp_path)


def test_exports_carry_the_conversation_and_the_filters() -> None:
    chosen = read_set(NEWS)
    tests = {
        test["description"]: test["vars"] for test in yaml.safe_load(set_formats.promptfoo(chosen))
    }
    samples = {row["id"]: row for row in map(json.loads, set_formats.inspect(chosen).splitlines())}
    spoken = [case for case in chosen.cases if case.history]
    filtered = [case for case in chosen.cases if case.filters.filters() != Filters()]
    assert (len(spoken) > 5, len(filtered) > 2) == (True, True)
    for case in spoken:
        said = [turn.question for turn in case.history]
        asked = [m["content"] for m in samples[case.id]["input"] if m["role"] == "user"]
        assert asked == [*said, case.question]
        assert [turn["question"] for turn in tests.get(case.id, {}).get("history", [])] in (
            said,
            [],
        )
    for case in filtered:
        assert samples[case.id]["metadata"]["filters"]
        assert case.id not in tests or tests[case.id]["filters"]


def test_anything_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no question set"):
        set_formats.read(tmp_path)


def test_exports_carry_every_question_that_they_can_check() -> None:
    chosen = read_set(NEWS)
    tests = yaml.safe_load(set_formats.promptfoo(chosen))
    assert all(test["assert"] for test in tests)
    unanswerable = sum(not case.answerable for case in chosen.cases)
    held = [
        t
        for t in tests
        if t["assert"] == [{"type": "icontains", "value": "The articles do not say"}]
    ]
    assert len(held) == unanswerable
    samples = [json.loads(line) for line in set_formats.inspect(chosen).splitlines()]
    assert len(samples) == len(chosen.cases)
    assert all(sample["target"] for sample in samples)
