"""The commands as a person types them, in one process and on one data folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa.cli import main
from tests.conftest import SAMPLES

QUESTION = "What conditions did Zelenskyy propose?"


class Shell:
    """Runs `qa` over one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *words: str, stdin: bytes = b"") -> Result:
        return CliRunner().invoke(main, ["--data", str(self.data), *words], input=stdin)


@pytest.fixture(scope="module")
def qa(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("data"))
    done = shell("add", str(SAMPLES))
    assert done.stdout == "32 added, 0 updated, 0 unchanged, 0 failed\n"
    return shell


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


def test_adding_the_same_again_changes_nothing(qa: Shell) -> None:
    done = qa("add", str(SAMPLES))
    assert (done.exit_code, done.stdout) == (0, "0 added, 0 updated, 32 unchanged, 0 failed\n")


def test_an_answer_in_text_and_in_json_is_the_same(qa: Shell) -> None:
    told, row = qa("ask", QUESTION), qa("ask", "--json", QUESTION)
    assert told.exit_code == row.exit_code == 0
    answer = json.loads(row.stdout)
    assert told.stdout.startswith(answer["answer"] + "\n\n[1] ")
    for citation in answer["citations"]:
        place = f"{citation['article_id']} {citation['start']}-{citation['end']}"
        assert place in told.stdout


def test_a_citation_resolves_with_show(qa: Shell) -> None:
    citation = json.loads(qa("ask", "--json", QUESTION).stdout)["citations"][0]
    span = f"{citation['start']}:{citation['end']}"
    words = ("show", citation["article_id"], "--version", citation["version"], "--span", span)
    assert json.loads(qa(*words, "--json").stdout)["quote"] == citation["quote"]
    assert f">>>{citation['quote']}<<<" in qa(*words).stdout


def test_no_answer_is_exit_code_1(qa: Shell) -> None:
    done = qa("ask", "What is the boiling point of tungsten?")
    assert done.exit_code == 1
    assert done.stdout.startswith("The articles do not say.\n")


def test_search_shows_ranks_and_spans(qa: Shell) -> None:
    rows = json.loads(qa("search", "--json", "--limit", "3", "Key Bridge").stdout)
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert all(row["dense_rank"] or row["lexical_rank"] for row in rows)
    assert all(1 <= row["fused_rank"] <= 100 for row in rows)
    told = qa("search", "Key Bridge").stdout
    assert f"dense {rows[0]['dense_rank']}, lexical {rows[0]['lexical_rank']}, fused " in told


def test_filters_narrow_the_search(qa: Shell) -> None:
    rows = json.loads(qa("search", "--json", "--after", "2024-11-01", "Zelenskyy").stdout)
    assert {row["article_id"] for row in rows} == {
        "nato-letter-2024-12",
        "nato-brussels-outcome-2024-12",
    }
    assert qa("search", "--after", "yesterdayish", "x").exit_code == 2


def test_list_info_check_rebuild(qa: Shell) -> None:
    rows = [json.loads(line) for line in qa("list", "--json").stdout.splitlines()]
    assert len(rows) == 32
    dates = [row["published_at"] for row in rows]
    assert dates == sorted(dates, reverse=True)
    assert json.loads(qa("info", "--json").stdout)["backlog"] == 0
    assert qa("check").stdout.startswith("32 articles")
    assert qa("rebuild").exit_code == 0
    assert qa("check").exit_code == 0


def test_bad_files_are_named_and_the_rest_goes_on(empty: Shell, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("A headline of some words\n\nIt is a good article.\n")
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02" * 99)
    (tmp_path / "latin.txt").write_bytes(b"line one\nCaf\xe9 is open.\n")
    (tmp_path / "rows.jsonl").write_text('{"id": "a", "text": "Fine."}\n{"id": \n')
    paths = [str(tmp_path / name) for name in ("good.txt", "empty.txt", "binary.txt", "latin.txt")]
    done = empty("add", *paths, str(tmp_path / "rows.jsonl"), str(tmp_path / "none.txt"))
    assert done.exit_code == 2
    assert done.stdout == "2 added, 0 updated, 0 unchanged, 5 failed\n"
    for named in ("empty.txt", "binary.txt", "latin.txt:2", "rows.jsonl:2", "none.txt"):
        assert named in done.stderr


def test_what_is_left_out_of_an_article_is_said(empty: Shell, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "a", "text": "It sank."}\n{"id": "b", "text": "x", "date": "Soon"}\n')
    notice = f"{path}:2: left out: date: 'Soon' is not a date; write it as 2024-12-31"
    done = empty("add", str(path))
    assert done.stdout == "2 added, 0 updated, 0 unchanged, 0 failed\n"
    assert done.stderr.startswith(f"note: {notice}")
    first, second = map(json.loads, empty("add", "--json", str(path)).stdout.splitlines())
    assert "notices" not in first
    assert second["outcome"] == "unchanged"
    assert second["notices"][0].startswith(notice)


def test_standard_input_and_remove(empty: Shell) -> None:
    row = json.loads(empty("add", "--json", "-", stdin=b"The ship sank. All were saved.").stdout)
    assert row["outcome"] == "added"
    assert empty("remove", row["article"]).exit_code == 0
    assert empty("list").stdout == ""
    assert empty("remove", row["article"]).exit_code == 3


def test_remove_is_all_or_none(empty: Shell, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("---\nid: good\n---\nIt is a good article.\n")
    empty("add", str(tmp_path / "good.txt"))
    assert empty("remove", "good", "nosuch").exit_code == 3
    assert json.loads(empty("list", "--json").stdout)["id"] == "good"
    assert empty("remove", "good", "good").stdout == "removed good\n"
    assert empty("check").exit_code == 0


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        ("{qa} list | true; exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{qa} ask --json Zelenskyy | true; exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{qa} list > /dev/full", 4, "error: the output: No space left on device\n"),
    ],
)
def test_an_output_that_nobody_takes(qa: Shell, command: str, code: int, told: str) -> None:
    words = f"{sys.executable} -c 'from qa.cli import main; main()' --data {qa.data}"
    done = subprocess.run(
        ["bash", "-c", command.format(qa=words)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr[: len(told) or None]) == (code, told)


def test_an_unknown_version_is_told_with_those_that_are(qa: Shell) -> None:
    row = json.loads(qa("show", "nato-letter-2024-12", "--json").stdout)
    done = qa("show", "nato-letter-2024-12", "--version", "xyz")
    assert done.exit_code == 3
    assert f"its versions are {row['version'][:12]}\n" in done.stderr


def test_an_empty_library_says_what_to_do(empty: Shell) -> None:
    done = empty("ask", QUESTION)
    assert done.exit_code == 1
    assert "qa add" in done.stderr


def test_errors_are_sentences(qa: Shell) -> None:
    done = qa("show", "no-such-article")
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("error: there is no article 'no-such-article'\nhint: ")
    assert qa("show", "nato-letter-2024-12", "--span", "5:999999").exit_code == 2
