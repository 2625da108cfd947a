"""Conversations that are kept: one SQLite file for all of them, in the user's state folder.

Plain `sqlite3`, as it is one table that must open at once: a turn is there whole or not at all
after `kill -9`, and chats in several terminals do not get in each other's way.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from index.errors import LibraryError, NotFound
from index.model import Filters
from qa.answer import Answer
from qa.terminal.chat.filters import filter_words, parse_filters

_TABLE = """CREATE TABLE IF NOT EXISTS turns (
    id INTEGER PRIMARY KEY,
    chat INTEGER NOT NULL,
    library TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    question TEXT NOT NULL,
    filters TEXT NOT NULL,
    answer TEXT NOT NULL
)"""

_NEXT_CHAT = "(SELECT coalesce(max(chat), 0) + 1 FROM turns)"


@dataclass(frozen=True, slots=True)
class Kept:
    """A turn: the whole answer, which names the versions that it cites, and how it was asked.

    `id` is the turn's, `chat` its conversation's; both count from 1 and are never used twice. 0 is
    that of a turn that could not be kept.
    """

    id: int
    chat: int
    answer: Answer
    filters: Filters


@dataclass(frozen=True, slots=True)
class ChatRow:
    """A conversation in a list: when its last turn was (UTC), and its first question."""

    chat: int
    turns: int
    asked_at: datetime
    question: str


class Chats:
    """The conversations over one library: the path of its folder, or a server's URL.

    Every method raises LibraryError if the file cannot be used: it is full, locked, or broken.
    """

    def __init__(self, file: Path, library: str) -> None:
        """`in_memory` keeps nothing and always works."""
        self._library = library
        self._file = file
        with self._translated():
            if str(file) != ":memory:":
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                file.touch(mode=0o600)
            self._database = sqlite3.connect(file, isolation_level=None)
        self._rows(_TABLE)

    @classmethod
    def in_memory(cls, library: str) -> "Chats":
        """Conversations that go with the process."""
        return cls(Path(":memory:"), library)

    def close(self) -> None:
        """What was appended is on the disk already."""
        self._database.close()

    def append(self, chat: int | None, answer: Answer, filters: Filters) -> Kept:
        """Keep a turn; without `chat` it begins a new conversation."""
        given = "?" if chat else _NEXT_CHAT
        values = (self._library, _now(), answer.question, filter_words(filters))
        ((id_, number),) = self._rows(
            "INSERT INTO turns (chat, library, asked_at, question, filters, answer) "
            f"VALUES ({given}, ?, ?, ?, ?, ?) RETURNING id, chat",
            (*((chat,) if chat else ()), *values, answer.model_dump_json()),
        )
        return Kept(id_, number, answer, filters)

    def replace(self, turn: Kept, answer: Answer, filters: Filters) -> Kept:
        """Put another answer to the same question in place of a turn's."""
        self._rows(
            "UPDATE turns SET asked_at = ?, question = ?, filters = ?, answer = ? WHERE id = ?",
            (_now(), answer.question, filter_words(filters), answer.model_dump_json(), turn.id),
        )
        return Kept(turn.id, turn.chat, answer, filters)

    def turns(self, chat: int) -> list[Kept]:
        """A conversation, oldest turn first. NotFound if this library has none of that number."""
        rows = self._rows(
            "SELECT id, answer, filters FROM turns WHERE chat = ? AND library = ? ORDER BY id",
            (chat, self._library),
        )
        if not rows:
            raise NotFound(f"there is no conversation {chat} over this library", "see /chats")
        try:
            return [
                Kept(id_, chat, Answer.model_validate_json(answer), parse_filters(filters))
                for id_, answer, filters in rows
            ]
        except ValidationError as error:
            raise LibraryError(
                f"conversation {chat} was kept by another version of qa", "begin a new one"
            ) from error

    def last(self) -> int:
        """The conversation with the latest turn. NotFound if there is none."""
        rows = self.listed()
        if not rows:
            raise NotFound("no conversation over this library is kept", "`qa chat` begins one")
        return rows[0].chat

    def listed(self) -> list[ChatRow]:
        """All conversations, the one with the latest turn first."""
        rows = self._rows(
            "SELECT chat, count(*), max(asked_at), (SELECT question FROM turns AS first "
            "WHERE first.chat = turns.chat ORDER BY id LIMIT 1) FROM turns WHERE library = ? "
            "GROUP BY chat ORDER BY max(asked_at) DESC, chat DESC",
            (self._library,),
        )
        return [ChatRow(c, n, datetime.fromisoformat(at), question) for c, n, at, question in rows]

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """What a statement gives, once it is done."""
        with self._translated():
            return self._database.execute(statement, values).fetchall()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the file as LibraryError."""
        try:
            yield
        except OverflowError as error:
            raise NotFound("there is no such conversation", "/chats lists them") from error
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"{self._file} cannot be used: {error}", "set XDG_STATE_HOME"
            ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat()
