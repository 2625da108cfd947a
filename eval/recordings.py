"""Recorded model answers, by the hash of the prompt that they answer.

A file of JSON lines. The first says who made the recordings: `recorded_by` is `model` or `hand`;
what was written by hand is never a model's. Each other line has `prompt`, the hash, and `answer`.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

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
    """Passes a model's answers on and writes down each that is whole."""

    def __init__(self, model: Model, file: Path, recorded_by: str = "model") -> None:
        self.name = model.name
        self._model = model
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_line({"recorded_by": recorded_by, "model": model.name}), encoding="utf-8")

    def stream(self, messages: Messages, ends: float) -> Iterator[str]:
        """See `qa.readers.llm.Model`."""
        pieces = []
        for piece in self._model.stream(messages, ends):
            pieces.append(piece)
            yield piece
        with self._file.open("a", encoding="utf-8") as file:
            file.write(_line({"prompt": prompt_hash(messages), "answer": "".join(pieces)}))


def prompt_hash(messages: Messages) -> str:
    """The sha256 of the messages as JSON, 16 hex digits."""
    told = json.dumps(list(messages), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _rows(file: Path) -> list[dict[str, str]]:
    rows = []
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: {error}", "record answers with --record") from error
    for number, line in enumerate(text.split("\n"), 1):
        try:
            row = json.loads(line) if line.strip() else None
        except json.JSONDecodeError as error:
            raise InputError(f"{file}:{number}: not JSON: {error.msg}") from error
        if row is not None and (number == 1 or {"prompt", "answer"} <= row.keys()):
            rows.append(row)
        elif row is not None:
            raise InputError(f"{file}:{number}: has no `prompt` and `answer`")
    if not rows:
        raise InputError(f"{file}: is empty")
    return rows


def _line(row: dict[str, str]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
