"""Recorded model answers, by the hash of the prompt that they answer.

A file of JSON lines. The first says who made the recordings: `recorded_by` is `model` or `hand`;
what was written by hand is never a model's. Each other line has `prompt`, the hash, and `answer`;
of two with the same hash the later one counts.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from eval.lines import add, lines, mend
from index.errors import InputError
from qa.chat_model import Messages
from qa.readers.llm import Model


class ReplayModel:
    """Answers from a file and calls nobody."""

    def __init__(self, file: Path) -> None:
        """InputError names the line that is wrong."""
        head, *rows = _rows(file)
        if head.get("recorded_by") not in ("hand", "model"):
            raise InputError(f"{file}:1: `recorded_by` has to say `hand` or `model`")
        self.name = f"replay of {head.get('model') or head['recorded_by']}"
        self._file = file
        self._answers = {row["prompt"]: row["answer"] for row in rows}

    def stream(self, messages: Messages, ends: float) -> Iterator[str]:
        """The recorded answer in pieces of 16 characters. InputError if there is none."""
        answer = self._answers.get(prompt_hash(messages))
        if answer is None:
            raise InputError(f"{self._file} has no answer to this prompt", "record it again")
        yield from (answer[at : at + 16] for at in range(0, len(answer), 16))


class RecordingModel:
    """Passes a model's answers on and adds each that is whole to a file. What is there stays."""

    def __init__(self, model: Model, file: Path, recorded_by: str = "model") -> None:
        """InputError if the file holds something else, or what another one answered."""
        self.name = model.name
        self._model = model
        self._file = file
        self._lock = threading.Lock()
        self._head = {"recorded_by": recorded_by, "model": model.name}
        self._rows = []
        if file.exists() and file.stat().st_size:
            mend(file)
            self._rows = _rows(file)
            if self._rows[0] != self._head:
                raise InputError(f"{file} holds what another one answered: {self._rows[0]}", _OTHER)

    def stream(self, messages: Messages, ends: float) -> Iterator[str]:
        """See `qa.readers.llm.Model`."""
        pieces = []
        for piece in self._model.stream(messages, ends):
            pieces.append(piece)
            yield piece
        self._keep({"prompt": prompt_hash(messages), "answer": "".join(pieces)})

    def _keep(self, row: dict[str, str]) -> None:
        with self._lock:
            for new in [row] if self._rows else [self._head, row]:
                add(self._file, json.dumps(new, ensure_ascii=False))
                self._rows.append(new)


_OTHER = "name another file with --record"


def prompt_hash(messages: Messages) -> str:
    """The sha256 of the messages as JSON, 16 hex digits."""
    told = json.dumps(list(messages), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _rows(file: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    try:
        for number, line in lines(file):
            row = json.loads(line)
            if not isinstance(row, dict) or (rows and not {"prompt", "answer"} <= row.keys()):
                raise InputError(f"{file}:{number}: has no `prompt` and `answer`")
            rows.append(row)
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}", "record answers with --record") from error
    except ValueError as error:
        raise InputError(f"{file}:{number}: not JSON: {error}") from error
    if not rows:
        raise InputError(f"{file}: is empty")
    return rows
