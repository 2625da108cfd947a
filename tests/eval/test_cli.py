"""`qa eval` over a small set, and the gate over the sample one."""

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from eval.cli import main
from eval.gate import compare, read_baselines
from eval.judge import Judge
from eval.measure import Articles
from eval.question_sets import Case, Question, read_set
from eval.recordings import ReplayModel
from eval.run import run
from eval.score import METRICS, result, summaries
from index.encoder.minilm import MiniLM
from index.errors import InputError
from index.library import Library
from index.model import Article, Filters
from index.search.retriever import Retrieved
from qa.answer import Answer, Citation, Statement
from qa.readers.llm.model_client import Messages
from tests.conftest import SAMPLES
from tests.openai_server import OpenAIServer, embedded, refused, spoken

NEWS = SAMPLES.parent
ROOT = NEWS.parent.parent.parent

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
        (("@set.yaml", "--json", "@out.json"), "--json takes no file"),
        (("@set.yaml", "--floor", "mrr"), "METRIC=VALUE"),
        (("@set.yaml", "--floor", "beauty=1"), "there is no metric 'beauty'"),
        (("@set.yaml", "--floor", "mrr=nan"), "is no floor"),
        (("@set.yaml", "--baseline", "@none.json"), "there is no baseline"),
        (("@set.yaml", "--update-baseline"), "needs --baseline"),
        (("@set.yaml", "--live"), "needs a language model"),
        (("@set.yaml", "--tag", "air"), "no question has a tag"),
        (("@set.yaml", "--replay", "@set.yaml"), "not JSON"),
        (("@set.yaml", "@set.yaml"), "the same name"),
        (("@set.yaml", "--retrieval-only", "--live"), "contradict each other"),
        (("@set.yaml", "--retrieval-only", "--replay", "@x"), "contradict each other"),
        (("@set.yaml", "--live", "--replay", "@x"), "contradict each other"),
        (("@set.yaml", "--record", "@x", "--replay", "@x"), "contradict each other"),
        (("@set.yaml", "--retrieval-only", "--judge", "m"), "--judge needs answers"),
        (("@set.yaml", "--junit", "@no/where.xml"), "no folder for --junit"),
        (("@set.yaml", "--baseline", "@no/base.json", "--update-baseline"), "for --baseline"),
        (("@set.yaml", "--baseline", "@b.json", "--update-baseline", "--tag", "air"), "--tag"),
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


def test_a_set_without_a_baseline_is_told_before_any_is_asked(qa_eval: Shell) -> None:
    (qa_eval.folder / "other.yaml").write_text(QUESTIONS.replace("name: small", "name: other"))
    (qa_eval.folder / "base.json").write_text('{"small": {"metrics": {}, "faults": {}}}')
    words = ("@set.yaml", "@other.yaml", "--baseline", "@base.json", "--answers", "@a.jsonl")
    done = qa_eval(*words)
    assert (done.exit_code, "base.json has no set other" in done.stderr) == (2, True)
    assert not (qa_eval.folder / "a.jsonl").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["--markdown", "/dev/full"],
            "the output: No space left on device\nhint: is the disk full?",
        ),
        (["--baseline", "base.json", "--update-baseline"], "base.json: No such file or directory"),
    ],
)
def test_what_cannot_be_written_is_exit_code_3(qa_eval: Shell, words: list[str], told: str) -> None:
    (qa_eval.folder / "base.json").symlink_to("/proc/none.json")
    script = "from eval.cli import main; main()"
    command = [sys.executable, "-c", script, "--data", "data/library", "eval", "set.yaml"]
    wanted = ["--retrieval-only", "--junit", "r.xml", *words]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, *wanted], cwd=qa_eval.folder, env=environ, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (3, f"error: {told}\n")
    assert (qa_eval.folder / "r.xml").exists()


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


def test_a_folder_that_is_not_ours_is_left_alone(qa_eval: Shell, encoder: MiniLM) -> None:
    victim = qa_eval.folder / "data" / "eval" / f"small@{encoder.name}"
    library = Library(victim, encoder)
    assert [row.outcome for row in library.add([Article("mine", "It is mine.")])] == ["added"]
    library.close()
    done = qa_eval("@set.yaml")
    assert done.exit_code == 2
    assert "is not a folder of `qa eval`" in done.stderr
    library = Library(victim, encoder)
    assert [article.id for article, _, _ in library.catalog.articles()] == ["mine"]
    library.close()


def test_stored_answers_are_not_asked_again(qa_eval: Shell) -> None:
    qa_eval("@set.yaml", "--answers", "@answers.jsonl", "--tag", "sea")
    file = qa_eval.folder / "answers.jsonl"
    first = file.read_text()
    file.write_text(first.replace("on Monday night", "on Sunday night"))
    (row,) = json.loads(qa_eval("@set.yaml", "--answers", "@answers.jsonl", "--json").stdout)
    assert row["metrics"]["citation_validity"]["value"] == 0.0
    assert row["questions"][0]["fault"] == "a quote is not what its article holds"
    assert len(file.read_text().splitlines()) == 2


def test_stored_answers_are_those_of_one_reader(qa_eval: Shell) -> None:
    answers = ("--answers", "@answers.jsonl")
    qa_eval("@set.yaml", "--retrieval-only", *answers)
    (row,) = json.loads(qa_eval("@set.yaml", *answers, "--json").stdout)
    assert (row["reader"], row["metrics"]["answered"]["value"]) == ("extractive", 1.0)
    assert len((qa_eval.folder / "answers.jsonl").read_text().splitlines()) == 4
    said = qa_eval.folder / "said.jsonl"
    said.write_text('{"recorded_by": "hand", "model": "x"}\n')
    done = qa_eval("@set.yaml", *answers, "--replay", "@said.jsonl")
    assert (done.exit_code, "2 questions could not be asked" in done.stderr) == (3, True)


def test_stored_answers_are_those_of_the_trained_reader_if_it_reads(qa_eval: Shell) -> None:
    answers = ("@set.yaml", "--tag", "sea", "--answers", "@answers.jsonl")
    for switch in ("on", "off", "on"):
        assert qa_eval(*answers, QA_TRAINED_READER=switch).exit_code == 0
    assert len((qa_eval.folder / "answers.jsonl").read_text().splitlines()) == 2


def test_a_stored_answer_whose_article_changed_is_asked_again(qa_eval: Shell) -> None:
    answers = ("@set.yaml", "--tag", "sea", "--answers", "@answers.jsonl", "--json")
    qa_eval(*answers)
    ferry = qa_eval.folder / "articles" / "ferry.txt"
    ferry.write_text(ferry.read_text().replace("The ferry Ilse", "Last week the ferry Ilse"))
    (row,) = json.loads(qa_eval(*answers).stdout)
    assert row["questions"][0]["fault"] == ""
    assert row["metrics"]["citation_validity"]["value"] == 1.0
    assert len((qa_eval.folder / "answers.jsonl").read_text().splitlines()) == 2


def test_a_torn_last_line_costs_only_itself(qa_eval: Shell) -> None:
    answers = ("@set.yaml", "--answers", "@answers.jsonl")
    qa_eval(*answers)
    file = qa_eval.folder / "answers.jsonl"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole[:-40], encoding="utf-8")
    assert qa_eval(*answers).exit_code == 0
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert sorted(row["case"] for row in rows) == ["ferry", "gold"]
    file.write_text("{torn}\n" + whole, encoding="utf-8")
    done = qa_eval(*answers)
    assert (done.exit_code, "answers.jsonl:1: no stored answer" in done.stderr) == (2, True)


def test_counts_are_of_what_a_metric_was_asked_of(qa_eval: Shell) -> None:
    (row,) = json.loads(qa_eval("@set.yaml", "--repeat", "2", "--json").stdout)
    counts = {name: (one["scored"], one["unscored"]) for name, one in row["metrics"].items()}
    assert counts["abstention_recall"] == counts["answered"] == (2, 2)
    assert counts["abstention_precision"] == (2, 2)
    assert counts["balanced_accuracy"] == (4, 0)


def test_the_embeddings_of_the_settings_are_used(
    qa_eval: Shell, openai_server: OpenAIServer
) -> None:
    openai_server.replies = [embedded(1), embedded(2), embedded(1), embedded(1)]
    environ = {"QA_EMBEDDINGS": "e", "OPENAI_BASE_URL": openai_server.url}
    done = qa_eval("@set.yaml", "--retrieval-only", **environ)
    assert (done.exit_code, done.stderr) == (0, "")
    assert {request["model"] for request in openai_server.requests} == {"e"}
    assert len(openai_server.requests) == 4


def red(file: Path) -> bool:
    suites = ET.parse(file).getroot()
    return any(suite.get(kind) != "0" for suite in suites for kind in ("failures", "errors"))


def test_junit_is_red_when_the_exit_code_is(qa_eval: Shell) -> None:
    wrong = QUESTIONS.replace("When did the ferry Ilse run aground?", "Who sang?")
    junit, base = ("--junit", "@r.xml"), ("--baseline", "@base.json")
    file, questions = qa_eval.folder / "r.xml", qa_eval.folder / "set.yaml"

    def code(*words: str) -> int:
        done = qa_eval("@set.yaml", *junit, *words)
        assert red(file) == (done.exit_code != 0)
        return done.exit_code

    assert code(*base, "--update-baseline") == 0
    questions.write_text(wrong)
    assert code() == 0
    (skipped,) = ET.parse(file).getroot().iter("skipped")
    assert skipped.get("message") == "did not answer"
    assert code(*base) == 1
    (ferry, _, *metrics) = ET.parse(file).getroot()[0]
    assert (ferry.find("failure") is not None, len(metrics) > 0) == (True, True)
    assert code(*base, "--update-baseline") == 0
    assert code(*base) == 0
    assert code("--floor", "answered=0.5") == 1
    assert ET.parse(file).getroot()[0].get("failures") == "1"
    (qa_eval.folder / "said.jsonl").write_text('{"recorded_by": "hand"}\n')
    assert code("--replay", "@said.jsonl") == 3
    assert ET.parse(file).getroot()[0].get("errors") == "2"
    before = (qa_eval.folder / "base.json").read_text()
    assert code(*base, "--update-baseline", "--replay", "@said.jsonl") == 3
    assert (qa_eval.folder / "base.json").read_text() == before


def test_drafts_name_their_articles_as_seen_from_their_file(qa_eval: Shell, tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(9))
    text = f"The old ferry carried Ilse Marken and 214 others, {words}.\n"
    (qa_eval.folder / "articles" / "long.txt").write_text(text)
    (qa_eval.folder / "articles" / "empty.txt").write_text("")
    (qa_eval.folder / "sets").mkdir()
    done = qa_eval("new", "@articles", "--output", "@sets/draft.yaml")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "empty.txt" in done.stderr
    made = qa_eval.folder / "sets" / "draft.yaml"
    assert "articles: ../articles\n" in made.read_text()
    assert read_set(made).articles.samefile(qa_eval.folder / "articles")
    assert qa_eval("new", "@articles", "--output", "@sets/draft.yaml").exit_code == 2
    assert f"articles: {qa_eval.folder / 'articles'}\n" in qa_eval("new", "@articles").stdout
    assert "article: long.txt\n" in made.read_text()
    (qa_eval.folder / "articles" / "empty.txt").unlink()
    moved = shutil.copytree(qa_eval.folder, tmp_path / "elsewhere")
    assert qa_eval(str(moved / "sets" / "draft.yaml"), "--retrieval-only").exit_code == 0


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


def test_what_was_recorded_stays(qa_eval: Shell, openai_server: OpenAIServer) -> None:
    environ = {"QA_LLM": "m", "OPENAI_BASE_URL": openai_server.url}
    file = qa_eval.folder / "said.jsonl"
    words = ("@set.yaml", "--record", "@said.jsonl", "--answers", "@answers.jsonl")
    openai_server.replies = [spoken("It ran aground on Monday night [1].")]
    assert qa_eval(*words, "--tag", "sea", **environ).exit_code == 0
    first = file.read_text()
    openai_server.replies = [spoken("The articles do not say.")]
    assert qa_eval(*words, **environ).exit_code == 0
    assert file.read_text().startswith(first)
    assert len(file.read_text().splitlines()) == 3
    whole = file.read_text()
    gone = environ | {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "QA_DEADLINE_SECONDS": "1"}
    assert qa_eval("@set.yaml", "--record", "@said.jsonl", **gone).exit_code == 3
    assert file.read_text() == whole
    assert qa_eval("@set.yaml", "--replay", "@said.jsonl").exit_code == 0


def test_recordings_of_another_are_not_added_to(qa_eval: Shell) -> None:
    file = qa_eval.folder / "said.jsonl"
    file.write_text('{"recorded_by": "hand", "model": "hand"}\n')
    done = qa_eval("@set.yaml", "--record", "@said.jsonl", QA_LLM="m")
    assert (done.exit_code, "what another one answered" in done.stderr) == (2, True)
    assert len(file.read_text().splitlines()) == 1


def test_a_judge_is_asked_and_named(qa_eval: Shell, openai_server: OpenAIServer) -> None:
    openai_server.replies = [spoken("Partly."), spoken("partly")]
    words = ("@set.yaml", "--tag", "sea", "--judge", "j", "--json")
    (row,) = json.loads(qa_eval(*words, OPENAI_BASE_URL=openai_server.url).stdout)
    found = {name: one["value"] for name, one in row["metrics"].items() if "judge" in name}
    assert found == {
        "judge_citation_recall": 0.0,
        "judge_citation_precision": 0.0,
        "judge_partial_recall": 0.5,
        "judge_relevance": 1.0,
        "judge_correctness": 0.5,
    }
    assert "judged by j, prompts " in row["reader"]
    asked = [request["messages"][-1]["content"] for request in openai_server.requests]
    assert ["Does the source" in asked[0], "Does the answer" in asked[1]] == [True, True]


def test_what_a_judge_does_not_grade_is_unscored(
    qa_eval: Shell, openai_server: OpenAIServer
) -> None:
    prompts = qa_eval.folder / "prompts"
    prompts.mkdir()
    own = '{% chat role="user" %}Mine: {{ statement }} {{ source }}{% endchat %}'
    (prompts / "judge_support.jinja").write_text(own)
    openai_server.replies = [spoken("I cannot tell."), spoken("yes")]
    words = ("@set.yaml", "--tag", "sea", "--judge", "j", "--json")
    environ = {"OPENAI_BASE_URL": openai_server.url, "QA_PROMPTS": str(prompts)}
    (row,) = json.loads(qa_eval(*words, **environ).stdout)
    scores = {n: s for n, s in row["questions"][0]["scores"].items() if n.startswith("judge")}
    assert scores.pop("judge_correctness") == 1.0
    assert set(scores.values()) == {None}
    assert openai_server.requests[0]["messages"][0]["content"].startswith("Mine: ")


def test_a_judge_may_think_aloud(qa_eval: Shell, openai_server: OpenAIServer) -> None:
    said = "<think>No, or is it? Yes.</think>\n\nyes"
    openai_server.replies = [spoken(said), spoken("It may. No.</think> Partly")]
    words = ("@set.yaml", "--tag", "sea", "--judge", "j", "--json")
    (row,) = json.loads(qa_eval(*words, OPENAI_BASE_URL=openai_server.url).stdout)
    found = {name: one["value"] for name, one in row["metrics"].items()}
    assert (found["judge_citation_recall"], found["judge_correctness"]) == (1.0, 0.5)


def test_a_judge_that_fails_leaves_the_run(qa_eval: Shell, openai_server: OpenAIServer) -> None:
    openai_server.replies = [refused(401, "no such key")]
    words = ("@set.yaml", "--judge", "j", "--json", "--answers", "@a.jsonl", "--junit", "@r.xml")
    floors = ("--floor", "judge_correctness=0.5")
    done = qa_eval(*words, *floors, OPENAI_BASE_URL=openai_server.url)
    assert done.exit_code == 3
    assert "error: the judge failed after 0 of 2 answers: " in done.stderr
    (row,) = json.loads(done.stdout)
    assert row["metrics"]["answered"]["value"] == 1.0
    assert len((qa_eval.folder / "a.jsonl").read_text().splitlines()) == 2
    assert red(qa_eval.folder / "r.xml")


@pytest.mark.parametrize(
    ("replies", "recall", "precision"),
    [
        ({"A\nB": "yes", "A": "yes", "B": "no"}, 1.0, 0.5),
        ({"A\nB": "yes", "A": "no", "B": "partly"}, 1.0, 1.0),
        ({"A\nB": "no", "A": "yes", "B": "yes"}, 0.0, 0.0),
        ({"A\nB": "hm", "A": "yes", "B": "yes"}, None, None),
        ({"A\nB": "yes", "A": "hm", "B": "yes"}, 1.0, 1.0),
        ({"A\nB": "yes", "A": "hm", "B": "no"}, 1.0, 1.0),
    ],
)
def test_alce_by_hand(
    replies: dict[str, str], recall: float | None, precision: float | None
) -> None:
    class Said:
        name = "said"

        def stream(self, messages: Messages, ends: float) -> Iterator[str]:
            (source,) = re.findall("==========\n(.*)\n==========", messages[-1]["content"], re.S)
            yield replies[source]

    cited = [
        Citation(n=n, article_id="a", version="v", title="", url="", source="",
                 published_at=None, start=n, end=n + 1, quote=quote)
        for n, quote in enumerate("AB", 1)
    ]  # fmt: skip
    stated = Statement(text="S", start=0, end=1, citations=[1, 2], supported=True, missing=[])
    answer = Answer.model_construct(answer="S", statements=[stated], citations=cited)
    case = Case(id="c", question="Q", answerable=False)
    found = Judge(Said()).scores(Question(case, ()), answer)
    assert found["judge_citation_recall"] == recall
    assert found["judge_citation_precision"] == precision


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


BROKEN = """
import sys
from index.library import Library

found = Library.retrieve
if sys.argv.pop(1) == "broken":  # it finds what another question asks for, in another article
    Library.retrieve = lambda self, question, limit, filters=None: found(
        self, "budget votes", 1, filters
    )
from eval.cli import main

main()
"""


@pytest.mark.parametrize(("state", "code"), [("whole", 0), ("broken", 1)])
def test_a_broken_retriever_turns_the_gate_red(qa_eval: Shell, state: str, code: int) -> None:
    words = ["--retrieval-only", "--floor", "retrieval_recall=0.9"]
    data = ["--data", str(qa_eval.folder / "data" / "library")]
    command = [sys.executable, "-c", BROKEN, state, *data, "eval", str(qa_eval.folder / "set.yaml")]
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "")
    assert ("FAILED retrieval_recall is 0.0000, the floor is 0.9" in done.stdout) == bool(code)


def test_a_broken_retriever_falls_below_the_baseline(samples: Library) -> None:
    """The same over the sample set and its baseline."""
    base = read_baselines(NEWS / "baseline.json")["news"]
    questions = read_set(NEWS).located(samples.catalog.version)

    def failures(library: Library) -> list[str]:
        records = run(questions, library, None, "retrieval only", None, 1, 2, lambda: None)
        held = Articles(samples)
        results = [result(q, r, held) for q, r in zip(questions, records, strict=True)]
        verdict = compare(summaries(results), results, base)
        return [line for line in verdict.failures if "nothing was scored" not in line]

    assert failures(samples) == []
    broken = Broken.__new__(Broken)
    broken.__dict__ = samples.__dict__
    assert any(line.startswith("retrieval_recall is ") for line in failures(broken))


def test_the_wrong_answers_to_the_news_set_are_caught() -> None:
    """What `make gate` replays over all questions of the set."""
    told = yaml.safe_load((NEWS / "hand_answers_news.yaml").read_text(encoding="utf-8"))
    faults = read_baselines(NEWS / "baseline-replayed.json")["news"].faults
    assert faults.keys() == {case.id for case in read_set(NEWS / "questions.yaml").cases}
    for name in (name for name, kind in told["wrong"].items() if kind != "half"):
        assert faults[name], name


class Broken(Library):
    """Finds what another question asks for."""

    def retrieve(self, question: str, limit: int, filters: Filters | None = None) -> Retrieved:
        return super().retrieve("rain in Antarctica", limit, filters)


def test_every_metric_has_its_name_in_the_list(samples: Library) -> None:
    base = read_baselines(NEWS / "baseline.json")
    assert {name for one in base.values() for name in one.metrics} <= set(METRICS)
