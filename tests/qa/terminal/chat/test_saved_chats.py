"""Conversations that are kept, over a real file."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from index.errors import LibraryError, NotFound
from index.model import Filters
from qa.answer import Answer, Laid
from qa.terminal.chat.saved_chats import Chats

WIRE = Filters(sources=("The Wire",))


def answer(question: str) -> Answer:
    return Answer(
        question=question,
        standalone_question=question,
        answerable=False,
        answer="The articles do not say.",
        statements=[],
        citations=[],
        nearest=[],
        reader="extractive",
        unknown_markers=0,
        notices=[],
        read=Laid(passages=0, sentences=0, found=0),
        timings_ms={},
    )


def broken(file: Path) -> None:
    """As a full or locked file is: SQLite refuses whatever it is told."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("ALTER TABLE turns RENAME TO aside")


def mended(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("ALTER TABLE aside RENAME TO turns")


def test_a_conversation_comes_back_whole(tmp_path: Path) -> None:
    chats = Chats(tmp_path / "state" / "chats.sqlite", "here")
    first = chats.append(None, answer("Who?"), WIRE)
    second = chats.append(first.chat, answer("And when?"), Filters())
    assert chats.turns(first.chat) == [first, second]
    again = chats.replace(second, answer("When?"), WIRE)
    chats.close()
    reopened = Chats(tmp_path / "state" / "chats.sqlite", "here")
    assert reopened.turns(first.chat) == [first, again]
    (row,) = reopened.listed()
    assert (row.chat, row.turns, row.question) == (first.chat, 2, "Who?")
    reopened.close()


def test_chats_at_once_get_numbers_of_their_own(tmp_path: Path) -> None:
    one, two = (Chats(tmp_path / "chats.sqlite", "here") for _ in range(2))
    numbers = [chats.append(None, answer("Who?"), Filters()).chat for chats in (one, two, one)]
    assert numbers == [1, 2, 3]
    two.append(1, answer("And when?"), Filters())
    assert one.last() == 1
    one.close()
    two.close()


def test_libraries_do_not_see_each_others(tmp_path: Path) -> None:
    here, there = (Chats(tmp_path / "chats.sqlite", name) for name in ("here", "there"))
    kept = here.append(None, answer("Who?"), Filters())
    assert there.listed() == []
    with pytest.raises(NotFound):
        there.last()
    with pytest.raises(NotFound):
        there.turns(kept.chat)
    here.close()
    there.close()


def test_a_turn_survives_kill_9(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from index.model import Filters;"
        "from qa.terminal.chat.saved_chats import Chats;"
        "from tests.qa.terminal.chat.test_saved_chats import answer;"
        "Chats(Path(sys.argv[1]), 'here').append(None, answer('Who?'), Filters());"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "chats.sqlite")]
    root = Path(__file__).parents[4]
    assert subprocess.run(command, cwd=root).returncode == -signal.SIGKILL
    chats = Chats(tmp_path / "chats.sqlite", "here")
    assert [kept.answer.question for kept in chats.turns(chats.last())] == ["Who?"]
    chats.close()


def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    Chats(tmp_path / "state" / "chats.sqlite", "here").close()
    assert os.stat(tmp_path / "state").st_mode & 0o077 == 0
    assert os.stat(tmp_path / "state" / "chats.sqlite").st_mode & 0o077 == 0


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "chats.sqlite").write_bytes(b"no database" * 100)
    for file in (tmp_path / "file" / "chats.sqlite", tmp_path / "chats.sqlite"):
        with pytest.raises(LibraryError, match=r"chats\.sqlite cannot be used"):
            Chats(file, "here")


def test_a_file_that_cannot_be_used_any_more_is_named(tmp_path: Path) -> None:
    chats = Chats(tmp_path / "chats.sqlite", "here")
    kept = chats.append(None, answer("Who?"), Filters())
    broken(tmp_path / "chats.sqlite")
    for use in (
        lambda: chats.append(None, answer("Who?"), Filters()),
        lambda: chats.replace(kept, answer("Who?"), Filters()),
        lambda: chats.turns(kept.chat),
        chats.last,
        chats.listed,
    ):
        with pytest.raises(LibraryError, match=r"chats\.sqlite cannot be used: no such table"):
            use()
    chats.close()


def test_turns_of_another_version_are_refused_not_misread(tmp_path: Path) -> None:
    chats = Chats(tmp_path / "chats.sqlite", "here")
    kept = chats.append(None, answer("Who?"), Filters())
    with sqlite3.connect(tmp_path / "chats.sqlite") as database:
        database.execute("UPDATE turns SET answer = '{}'")
    database.close()
    with pytest.raises(LibraryError, match="another version"):
        chats.turns(kept.chat)
    assert [row.question for row in chats.listed()] == ["Who?"]
    chats.close()
