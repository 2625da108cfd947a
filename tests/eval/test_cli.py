"""`qa eval` over a small set, and the gate over the sample one."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.cases import read_set
from eval.cli import main
from eval.gate import compare, read_baselines
from eval.recordings import ReplayModel
from eval.run import run
from eval.score import result, summaries
from index.errors import InputError
from index.library import Library
from index.model import Filters
from index.retrieve import Retrieved
from tests.conftest import SAMPLES
from tests.openai_server import OpenAIServer, spoken

NEWS = SAMPLES.parent

ARTICLES = {
    "ferry.txt": "The ferry Ilse ran aground near Korvik on Monday night, the coast guard said.\n",
    "vote.txt": "Parliament passed the budget by 52 votes to 48 after a debate of nine hours.\n",
}
QUESTIONS = """
name: small
questions:
- id: ferry
  question: When did the ferry Ilse run aground?
  answerable: true
  evidence: [{article: ferry, quote: ran aground near Korvik on Monday night}]
  tags: [sea]
- id: gold
  question: What is the price of gold in Zurich?
  answerable: false
"""


class Shell:
    """Runs `qa eval` in a folder with a small set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "articles").mkdir()
        for name, text in ARTICLES.items():
            head = f"---\nid: {name.removesuffix('.txt')}\ntitle: News\n---\n"
            (folder / "articles" / name).write_text(head + text)
        (folder / "set.yaml").write_text(QUESTIONS)

    def __call__(self, *words: str, **environ: str) -> Result:
        data = ["--data", str(self.folder / "data" / "library")]
        named = [str(self.folder / word[1:]) if word[:1] == "@" else word for word in words]
        return CliRunner().invoke(main, [*data, "eval", *named], env=environ)


@pytest.fixture
def qa_eval(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_a_run_that_passes_and_one_below_its_floor(qa_eval: Shell) -> None:
    done = qa_eval("@set.yaml", "--floor", "balanced_accuracy=1")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "small: 2 questions, extractive, 0 wrong" in done.stdout
    done = qa_eval("@set.yaml", "--floor", "mrr=1.5", "--retrieval-only")
    assert done.exit_code == 1
    assert "FAILED mrr is 1.0000, the floor is 1.5" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("@none.yaml",), "none.yaml"),
        (("@set.yaml", "--floor", "mrr"), "METRIC=VALUE"),
        (("@set.yaml", "--floor", "beauty=1"), "nothing was scored for beauty"),
        (("@set.yaml", "--baseline", "@none.json"), "there is no baseline"),
        (("@set.yaml", "--update-baseline"), "needs --baseline"),
        (("@set.yaml", "--live"), "needs a language model"),
        (("@set.yaml", "--tag", "air"), "no question has a tag"),
        (("@set.yaml", "--replay", "@set.yaml"), "not JSON"),
    ],
)
def test_bad_input_is_exit_code_2(qa_eval: Shell, words: tuple[str, ...], told: str) -> None:
    done = qa_eval(*words)
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_regression_is_told_with_the_questions_that_flipped(qa_eval: Shell) -> None:
    assert qa_eval("@set.yaml", "--baseline", "@base.json", "--update-baseline").exit_code == 0
    assert qa_eval("@set.yaml", "--baseline", "@base.json").exit_code == 0
    ferry = qa_eval.folder / "set.yaml"
    ferry.write_text(QUESTIONS.replace("When did the ferry Ilse run aground?", "Who sang?"))
    done = qa_eval("@set.yaml", "--baseline", "@base.json")
    assert done.exit_code == 1
    assert "flipped ferry: was right, now: did not answer" in done.stdout
    assert "FAILED answered is 0.0000, it was 1.0000 (tolerance 0.03)" in done.stdout


def test_reports_say_the_same(qa_eval: Shell) -> None:
    words = ("--junit", "@r.xml", "--markdown", "@r.md", "--html", "@r.html", "--json")
    (row,) = json.loads(qa_eval("@set.yaml", *words).stdout)
    assert [one["id"] for one in row["questions"]] == ["ferry", "gold"]
    assert row["metrics"]["citation_validity"]["value"] == 1.0
    suite = ET.parse(qa_eval.folder / "r.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "0")
    assert "| citation_validity | 1.0000 |" in (qa_eval.folder / "r.md").read_text()
    page = (qa_eval.folder / "r.html").read_text()
    assert '<span class="gold cited">ran aground near Korvik on Monday night</span>' in page


def test_several_sets_are_one_report(qa_eval: Shell) -> None:
    other = QUESTIONS.replace("name: small", "name: other")
    (qa_eval.folder / "other.yaml").write_text(other)
    words = ("@set.yaml", "@other.yaml", "--retrieval-only", "--junit", "@r.xml")
    assert qa_eval(*words).exit_code == 0
    suites = ET.parse(qa_eval.folder / "r.xml").getroot()
    assert [suite.get("name") for suite in suites] == ["small", "other"]


def test_stored_answers_are_not_asked_again(qa_eval: Shell) -> None:
    qa_eval("@set.yaml", "--answers", "@answers.jsonl", "--tag", "sea")
    file = qa_eval.folder / "answers.jsonl"
    first = file.read_text()
    file.write_text(first.replace("on Monday night", "on Sunday night"))
    (row,) = json.loads(qa_eval("@set.yaml", "--answers", "@answers.jsonl", "--json").stdout)
    assert row["metrics"]["citation_validity"]["value"] == 0.0
    assert row["questions"][0]["fault"] == "a quote is not what its article holds"
    assert len(file.read_text().splitlines()) == 2


def test_record_then_replay_then_a_miss(qa_eval: Shell, openai_server: OpenAIServer) -> None:
    openai_server.replies = [spoken("It ran aground on Monday night [1].")]
    environ = {"QA_LLM": "m", "OPENAI_BASE_URL": openai_server.url}
    recorded = ("@set.yaml", "--tag", "sea", "--record", "@said.jsonl")
    assert qa_eval(*recorded, **environ).exit_code == 0
    done = qa_eval("@set.yaml", "--tag", "sea", "--replay", "@said.jsonl")
    assert "1 questions, replay of m, 0 wrong" in done.stdout
    assert len(openai_server.requests) == 1
    done = qa_eval("@set.yaml", "--replay", "@said.jsonl")
    assert done.exit_code == 3
    assert "1 questions could not be asked, first gold" in done.stderr


def test_a_judge_is_asked_and_named(qa_eval: Shell, openai_server: OpenAIServer) -> None:
    openai_server.replies = [spoken("Yes."), spoken("partly")]
    words = ("@set.yaml", "--tag", "sea", "--judge", "j", "--json")
    (row,) = json.loads(qa_eval(*words, OPENAI_BASE_URL=openai_server.url).stdout)
    found = {name: one["value"] for name, one in row["metrics"].items() if "judge" in name}
    assert found == {
        "judge_citation_recall": 1.0,
        "judge_citation_precision": 1.0,
        "judge_correctness": 0.5,
    }
    assert "judged by j, prompts " in row["reader"]
    asked = [request["messages"][-1]["content"] for request in openai_server.requests]
    assert ["Does the source" in asked[0], "Does the answer" in asked[1]] == [True, True]


def test_a_recording_has_to_say_who_made_it(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    file.write_text('{"model": "m"}\n')
    with pytest.raises(InputError, match=r"said\.jsonl:1: `recorded_by`"):
        ReplayModel(file)


def test_hand_written_wrong_answers_are_caught() -> None:
    """What `make gate` replays: the baseline holds the fault of each answer that is wrong."""
    faults = read_baselines(NEWS / "baseline.json")["news-recorded"].faults
    cases = {case.id: case.tags for case in read_set(NEWS / "recorded.yaml").cases}
    assert faults.keys() == cases.keys()
    for name, tags in cases.items():
        assert bool(faults[name]) == (tags not in (["right"], ["unknown-marker"])), name


class Broken(Library):
    """Finds what another question asks for."""

    def retrieve(self, question: str, limit: int, filters: Filters | None = None) -> Retrieved:
        return super().retrieve("rain in Antarctica", limit, filters)


def test_a_broken_retriever_turns_the_gate_red(samples: Library) -> None:
    base = read_baselines(NEWS / "baseline.json")["news"]
    questions = read_set(NEWS).located(samples.catalog.version)

    def failures(library: Library) -> list[str]:
        records = run(questions, library, None, None, 1, 2, lambda: None)
        results = [
            result(q, r, lambda *name: samples.catalog.version(*name).article.text)
            for q, r in zip(questions, records, strict=True)
        ]
        verdict = compare(summaries(results), results, base)
        return [line for line in verdict.failures if "nothing was scored" not in line]

    assert failures(samples) == []
    broken = Broken.__new__(Broken)
    broken.__dict__ = samples.__dict__
    assert any(line.startswith("retrieval_recall is ") for line in failures(broken))
