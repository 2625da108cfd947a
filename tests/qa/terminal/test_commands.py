"""The commands as a person types them, in one process and on one data folder."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from index.encoder import SUCCEEDS
from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article
from qa.terminal.commands import main
from tests.api_server import Serve
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
    rows = json.loads(qa("search", "--json", "--limit", "3", "Key Bridge").stdout)["passages"]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert all(row["dense_rank"] or row["lexical_rank"] for row in rows)
    assert all(1 <= row["fused_rank"] <= 100 for row in rows)
    told = qa("search", "Key Bridge").stdout
    assert f"dense {rows[0]['dense_rank']}, lexical {rows[0]['lexical_rank']}, fused " in told


def test_filters_narrow_the_search(qa: Shell) -> None:
    found = json.loads(qa("search", "--json", "--after", "2024-11-01", "Zelenskyy").stdout)
    assert {row["article_id"] for row in found["passages"]} == {
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


def test_a_library_of_the_former_encoder_is_told_and_made_anew(
    empty: Shell, encoder: MiniLM
) -> None:
    class Former(MiniLM):
        name = SUCCEEDS[encoder.name]

    library = Library(empty.data, Former())
    list(library.add([Article("ferry", "The ferry sank in March. Nobody was hurt.", "Ferry")]))
    list(library.embed())
    library.close()
    facts = json.loads(empty("info", "--json").stdout)
    assert (facts["encoder"], facts["backlog"]) == (encoder.name, 0)
    assert (facts["former_encoder"], facts["former_vectors"]) == (Former.name, 1)
    assert "sank in March" in empty("ask", "When did the ferry sink?").stdout
    assert empty("rebuild").exit_code == 0
    assert json.loads(empty("info", "--json").stdout)["former_vectors"] is None
    assert empty("check").exit_code == 0


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


def test_what_is_skipped_is_told(empty: Shell, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("a.txt", "b.docx", "c.docx", "NOTES", ".hidden"):
        (docs / name).write_text("It is a good article.\n")
    (tmp_path / "out.txt").write_text("It is a secret.\n")
    (docs / "d.txt").symlink_to(tmp_path / "out.txt")
    done = empty("add", str(docs))
    assert (done.exit_code, done.stdout[:8]) == (0, "1 added,")
    assert "skipped: 1 without suffix, 2 .docx; these are read: .txt" in done.stderr
    assert f"skipped: {docs}/d.txt is a link that leads out of the folder\n" in done.stderr
    *_, row = map(json.loads, empty("add", "--json", str(docs)).stdout.splitlines())
    kinds = {"without suffix": 1, ".docx": 2}
    assert row == {"outcome": "skipped", "kinds": kinds, "links": [f"{docs}/d.txt"]}
    assert "skipped" not in empty("add", "--quiet", str(docs)).stderr


def test_a_library_is_read_while_another_process_adds_to_it(empty: Shell) -> None:
    program = "from qa.terminal.commands import main; main()"
    words = [sys.executable, "-c", program, "--data", str(empty.data), "add", "--json"]
    with subprocess.Popen(
        [*words, str(SAMPLES), "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as adding:
        assert adding.stdout
        assert [b"added" in adding.stdout.readline() for _ in range(32)] == [True] * 32
        assert len(empty("list").stdout.splitlines()) == 32
        facts = json.loads(empty("info", "--json").stdout)
        assert facts["backlog"] == facts["passages"] > 32
        found = json.loads(empty("search", "--json", "Zelenskyy").stdout)
        assert found["passages"][0]["lexical_rank"]
        assert "answered without dense retrieval: " in found["notices"][0]
        assert empty("show", "nato-letter-2024-12").exit_code == 0
        assert empty("ask", QUESTION).exit_code == 0
        refused = empty("remove", "nato-letter-2024-12")
        assert (refused.exit_code, "is in use by process" in refused.stderr) == (4, True)
        adding.communicate(b"The ship sank. All were saved.")
    assert adding.returncode == 0
    assert json.loads(empty("info", "--json").stdout)["articles"] == 33
    assert json.loads(empty("info", "--json").stdout)["backlog"] == 0


def test_a_backlog_that_is_worked_off_is_told(
    empty: Shell, encoder: MiniLM, tmp_path: Path
) -> None:
    library = Library(empty.data, encoder)
    list(library.add([Article("a", "The ship sank."), Article("b", "All were saved.")]))
    library.close()
    done = empty("add", "-", stdin=b"---\nid: a\n---\nThe ship sank.")
    assert done.stdout == "0 added, 0 updated, 1 unchanged, 0 failed\n"
    assert done.stderr == "2 passages embedded\n"


def test_a_failure_says_what_to_do(empty: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("It rained.")
    done = empty("add", str(tmp_path / "a.docx"))
    told = f"failed: {tmp_path}/a.docx: .docx files are not read\nhint: these are read: .txt"
    assert done.stderr.startswith(told)
    row = json.loads(empty("add", "--json", str(tmp_path / "a.docx")).stdout)
    assert row["hint"].startswith("these are read: .txt")


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
    assert empty("remove", row["article_id"]).exit_code == 0
    assert empty("list").stdout == ""
    assert empty("remove", row["article_id"]).exit_code == 3


def test_json_of_commands_is_that_of_the_routes(library: Library, serve: Serve) -> None:
    http, shell = (served := serve(library=library)).http, CliRunner()

    def said(*words: str, stdin: bytes = b"") -> list[Any]:
        done = shell.invoke(main, ["--server", served.url, *words, "--json"], input=stdin)
        return [json.loads(one) for one in re.split(r"\n(?=\{)", done.stdout.strip())]

    (added,) = said("add", "-", stdin=b"---\nid: a\n---\nThe ship sank. All were saved.")
    (again,) = http.post("/articles", json={"id": "a", "text": "Nobody sank."}).json()["articles"]
    assert added.items() <= (again | {"outcome": "added", "version": added["version"]}).items()
    assert said("search", "sank") == [http.get("/search", params={"q": "sank"}).json()]
    assert said("show", "a") == [http.get("/articles/a").json()]
    assert said("list") == http.get("/articles").json()["articles"]
    assert http.get("/info").json().items() <= said("info")[0].items()
    assert said("remove", "a") == [{"article_id": "a", "outcome": "removed"}]
    assert added["article_id"] == again["article_id"] == again["article"] == "a"


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
    words = f"{sys.executable} -c 'from qa.terminal.commands import main; main()' --data {qa.data}"
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
    empty("add", "-", stdin=b" ")
    done = empty("ask", QUESTION)
    assert done.exit_code == 1
    assert "qa add" in done.stderr


@pytest.mark.parametrize(
    "words",
    [("ask", "x"), ("search", "x"), ("chat",), ("show", "x"), ("list",), ("info",), ("remove", "x"),
     ("check",), ("rebuild",)],
)  # fmt: skip
def test_a_folder_without_a_library_stays_so(empty: Shell, words: tuple[str, ...]) -> None:
    done = empty(*words, stdin=b"Who?\n")
    assert (done.exit_code, done.stdout) == (4, "")
    assert f"error: there is no library in {empty.data}\nhint: `qa add PATH` makes" in done.stderr
    assert not empty.data.exists()


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("--source=Harbor wire", "did you mean 'Harbour Wire'?"),
        ("--source=Nobody's", "`qa info` shows them"),
        ("--article=nato-leter-2024-12", "did you mean 'nato-letter-2024-12'"),
        ("--article=uk-election-2024-07.html", "did you mean 'articles/uk-election-2024-07.html'?"),
        ("--article=x", "`qa list` shows the ids"),
    ],
)
def test_a_filter_for_what_is_not_there_is_an_error(qa: Shell, option: str, hint: str) -> None:
    for command in ("ask", "search"):
        done = qa(command, option, QUESTION)
        assert done.exit_code == 3
        assert f"\nhint: {hint}" in done.stderr


def test_errors_are_sentences(qa: Shell) -> None:
    done = qa("show", "no-such-article")
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("error: there is no article 'no-such-article'\nhint: ")
    assert qa("show", "nato-letter-2024-12", "--span", "5:999999").exit_code == 2
