"""`qa chat` as a person meets it: over a pipe, and in a real terminal."""

import signal
import threading
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.cli import main
from index.lock import FolderLock
from tests.openai_server import OpenAIServer, held_back, spoken
from tests.qa.terminal.test_server_commands import process as serving
from tests.terminal import terminal

CTRL_C, CTRL_D, UP, TAB, ENTER, ALT_ENTER = "\x03", "\x04", "\x1b[A", "\t", "\r", "\x1b\r"

STORM = """\
---
title: Storm over the harbour
source: Harbour Wire
date: 2024-05-05
---
The storm sank 12 boats in Port Ellis. Nobody was hurt. Mayor Ann Reed asked for help.

{filler}

The harbour opens again on Monday, said the harbour master, who had come back from a long journey.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one article, `storm.md` beside it, and a state folder."""
    folder = tmp_path_factory.mktemp("chat")
    filler = "\n\n".join(f"Street {n} was wet." for n in range(40))
    (folder / "storm.md").write_text(STORM.format(filler=filler))
    done = qa(folder, "add", str(folder / "storm.md"))
    assert done.stdout == "1 added, 0 updated, 0 unchanged, 0 failed\n"
    return folder


def environment(folder: Path, server: OpenAIServer | None = None) -> dict[str, str]:
    model = {"QA_LLM": "m", "OPENAI_BASE_URL": server.url} if server else {}
    return {"QA_DATA": str(folder / "data"), "XDG_STATE_HOME": str(folder), **model}


def qa(
    folder: Path, *words: str, stdin: str | bytes = "", server: OpenAIServer | None = None
) -> Result:
    return CliRunner().invoke(main, words, input=stdin, env=environment(folder, server))


def test_a_pipe_is_answered_line_by_line(folder: Path, openai_server: OpenAIServer) -> None:
    openai_server.replies = [spoken("The storm sank 12 boats [1].")]
    done = qa(folder, "chat", stdin="What sank?\n\n/sources\n", server=openai_server)
    assert (done.exit_code, done.stderr) == (0, "")
    assert (
        done.stdout
        == """\
The storm sank 12 boats. [1]

[1] Storm over the harbour · Harbour Wire · 2024-05-05 “The storm sank 12 boats in Port Ellis.”

1. What sank?
[1] Storm over the harbour · Harbour Wire · 2024-05-05
 “The storm sank 12 boats in Port Ellis.”
"""
    )
    again = qa(folder, "chat", "--continue", stdin="/source 1\n")
    assert again.stdout.startswith(
        "conversation 1\n> What sank?\nThe storm sank 12 boats. [1]\n\n[1] Storm over the harbour"
    )
    assert ">>>The storm sank 12 boats in Port Ellis.<<< Nobody was hurt." in again.stdout
    assert qa(folder, "chat", "--chat", "1", stdin="/chats\n").stdout.count("What sank?") == 2


def test_exit_codes(folder: Path) -> None:
    assert qa(folder, "chat", stdin="What is the boiling point of tungsten?\n").exit_code == 1
    assert qa(folder, "chat", stdin=b"/filter \xff\n").exit_code == 2
    assert qa(folder, "chat", "--chat", "99").exit_code == 3
    assert qa(folder, "--data", str(folder / "storm.md"), "chat", stdin="Who?\n").exit_code == 4
    gone = ("chat", "--server", "http://127.0.0.1:9")
    assert qa(folder, *gone, stdin="Who?\n").exit_code == 6


def test_without_a_place_to_keep_it_the_chat_goes_on(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "qa").touch()
    env = environment(folder) | {"XDG_STATE_HOME": str(tmp_path)}
    done = CliRunner().invoke(main, ["chat"], input="How many boats sank?\n/sources\n", env=env)
    assert "this conversation is not kept" in done.stderr
    assert done.stdout.count("[1] Storm over the harbour") == 2


def test_streaming_resizing_and_stopping(folder: Path, openai_server: OpenAIServer) -> None:
    go_on = threading.Event()
    openai_server.replies = [
        held_back("The storm sank 12 boats [1]. Nobody", " was hurt, as was told [2].", go_on),
        spoken("Who was hurt in Port Ellis?"),
        held_back("Nobody was hurt [2]. The", " rest.", go_on),
        spoken("Who was hurt in Port Ellis?"),
        spoken("Ann Reed asked for help [3]."),
    ]
    with terminal("chat", **environment(folder, openai_server)) as screen:
        try:
            screen.sees("> ")
            screen.type("What sank?" + ENTER)
            screen.sees("The storm sank 12 boats. [1]")
            assert screen.colour("[1]") == "cyan"
            assert not any("Nobody" in line for line in screen.lines)
            screen.resize(48, 24)
            go_on.set()
            screen.sees("[2] Storm over the… · Harbour Wire · 2024-05-05")
            at = next(n for n, line in enumerate(screen.lines) if line.startswith("The storm"))
            assert screen.lines[at : at + 2] == [
                "The storm sank 12 boats. [1] Nobody was hurt, as",
                "was told. [2]",
            ]
            go_on.clear()
            screen.type("Who was hurt?" + ENTER)
            screen.sees("→ Who was hurt in Port Ellis?")
            screen.sees("Nobody was hurt. [1]")
            screen.type(CTRL_C)
            screen.sees("stopped; /retry asks again")
            screen.type("/retry" + ENTER)
            screen.sees("Ann Reed asked for help. [1]")
            screen.hang_up()
            assert screen.end() == 128 + signal.SIGHUP
            assert not (folder / "data" / "owner.json").exists()
        finally:
            go_on.set()


def test_completion_history_lines_and_the_pager(folder: Path) -> None:
    history = folder / "qa" / "history"
    history.write_text("\n# 2024-05-05\n+What was asked before?\n")
    with terminal("chat", PAGER="less -R", **environment(folder)) as screen:
        screen.sees("1 article ")
        screen.type(UP)
        screen.sees("> What was asked before?")
        screen.type(CTRL_C)
        screen.type("What did the\\" + ENTER)
        screen.type("storm" + ALT_ENTER + "sink?")
        screen.sees("  sink?")
        screen.type(ENTER)
        screen.sees("[1] Storm over the harb")
        screen.type("/so")
        screen.sees("open the article behind citation N")
        screen.type(CTRL_C)
        screen.sees_no("/so")
        screen.type('/filter source:"Har')
        screen.sees("Harbour Wire")
        screen.type(TAB)
        screen.sees('/filter source:"Harbour Wire"')
        screen.type(ENTER)
        screen.sees("1 of 1 articles")
        screen.type("When does the harbour open again?" + ENTER)
        screen.sees("on Monday")
        screen.sees("> ")
        screen.type("/source 1" + ENTER)
        screen.sees("Street 39 was wet.")
        assert screen.marked.startswith("The harbour opens again on Monday")
        assert "Storm over the harbour" not in screen.lines[0]
        screen.type("q")
        screen.sees("conversation ")
        screen.type(UP + UP)
        screen.sees("> When does the harbour open again?")
        screen.type(CTRL_C + CTRL_D)
        assert screen.end() == 0
    assert "+What did the\n+storm\n+sink?\n" in history.read_text()


def test_a_dumb_terminal_gets_plain_lines(folder: Path) -> None:
    with terminal("chat", **environment(folder) | {"TERM": "dumb"}) as screen:
        screen.sees("> ")
        screen.type("What did the storm sink?" + ENTER)
        screen.sees("[1] Storm over the harb")
        screen.type("/source 1" + ENTER)
        screen.sees(">>>The storm sank 12 boats in Port Ellis.<<<")
        screen.type(CTRL_D)
        assert screen.end() == 0
    assert "\x1b" not in screen.raw


def test_a_folder_in_use_ends_the_chat_with_the_reason(folder: Path) -> None:
    with (
        closing(FolderLock(folder / "data")),
        terminal("chat", columns=120, **environment(folder)) as screen,
    ):
        screen.sees("is in use by process")
        assert screen.end() == 4


def test_a_server_that_dies_mid_answer(folder: Path, openai_server: OpenAIServer) -> None:
    go_on = threading.Event()
    openai_server.replies = [
        spoken("Ann Reed asked for help [3]."),
        held_back("The storm sank 12 boats [1]. Nobody", " was hurt [2].", go_on),
    ]
    with serving(folder / "data", **environment(folder, openai_server)) as (process, url):
        try:
            with terminal("chat", NO_COLOR="1", **environment(folder)) as screen:
                screen.sees("1 article ")
                screen.type("Who asked for help?" + ENTER)
                screen.sees("[1] Storm over the harb")
                assert screen.colour("[1]") == "default"
                screen.type("/new" + ENTER)
                screen.sees("a new conversation")
                screen.type("What sank?" + ENTER)
                screen.sees("The storm sank 12 boats. [1]")
                process.send_signal(signal.SIGKILL)
                screen.sees(f"error: {url}")
                screen.type("/quit" + ENTER)
                assert screen.end() == 0
        finally:
            go_on.set()
