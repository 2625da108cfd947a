"""Recorded model answers, by the prompt that they answer.

A file of JSON lines. The first says who made the recordings: `recorded_by` is `model` or `hand`;
what was written by hand is never a model's. Each other line has `prompt`, a hash of the whole
prompt, `question`, a hash of the prompt without its sentences, the `answer`, and `cited`, the
sentences behind the numbers of the answer. Where retrieval lays other sentences before the model
than it did then, an answer to the same question is taken, the one of which most sentences are there
(a question may have been asked with several filters), and its numbers are set anew. Of two that
are as good the later one counts.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.json_lines import add, lines, mend
from index.errors import InputError
from qa.readers.llm.llm_reader import Model
from qa.readers.llm.model_client import Messages


class ReplayModel:
    """Answers from a file and calls nobody."""

    def __init__(self, file: Path) -> None:
        """InputError names the line that is wrong."""
        head, *rows = _rows(file)
        if head.get("recorded_by") not in ("hand", "model"):
            raise InputError(f"{file}:1: `recorded_by` has to say `hand` or `model`")
        self.name = f"replay of {head.get('model') or head['recorded_by']}"
        self._file = file
        self._by_prompt: dict[str, str] = {row["prompt"]: row["answer"] for row in rows}
        self._by_question: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            self._by_question.setdefault(row.get("question", ""), []).append(row)

    def stream(self, messages: Messages, ends: float) -> Iterator[str]:
        """The recorded answer in pieces of 16 characters. InputError if there is none."""
        answer = self._answer(messages)
        yield from (answer[at : at + 16] for at in range(0, len(answer), 16))

    def _answer(self, messages: Messages) -> str:
        if (same := self._by_prompt.get(prompt_hash(messages))) is not None:
            return same
        rows = self._by_question.get(question_hash(messages))
        if not rows:
            raise InputError(f"{self._file} has no answer to this prompt", "record it again")
        shown = _sentences(messages)
        row = max(reversed(rows), key=lambda row: _share(row["cited"], shown))
        return renumbered(row["answer"], row["cited"], shown)


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
        """See `qa.readers.llm.llm_reader.Model`."""
        pieces = []
        for piece in self._model.stream(messages, ends):
            pieces.append(piece)
            yield piece
        answer, shown = "".join(pieces), _sentences(messages)
        cited = {number: shown[number] for number in _numbers(answer) if number in shown}
        hashes = {"prompt": prompt_hash(messages), "question": question_hash(messages)}
        self._keep({**hashes, "answer": answer, "cited": cited})

    def _keep(self, row: dict[str, Any]) -> None:
        with self._lock:
            for new in [row] if self._rows else [self._head, row]:
                add(self._file, json.dumps(new, ensure_ascii=False))
                self._rows.append(new)


_OTHER = "name another file with --record"


def prompt_hash(messages: Messages) -> str:
    """The sha256 of the messages as JSON, 16 hex digits."""
    told = json.dumps(list(messages), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def question_hash(messages: Messages) -> str:
    """The same without the sentences and the headings of their articles, so that it does not
    depend on what was retrieved: equal for the same question, history and rules."""
    return prompt_hash(
        [{**message, "content": _SENTENCES.sub("\n", message["content"])} for message in messages]
    )


def renumbered(answer: str, cited: Mapping[str, str], sentences: Mapping[str, str]) -> str:
    """The answer with each number that `cited` names as that of the same sentence in `sentences`;
    one whose sentence is not there is left out."""
    now = {text: number for number, text in sentences.items()}

    def marker(found: re.Match[str]) -> str:
        told = [number if number not in cited else now.get(cited[number])
                for number in re.findall(r"\d+", found[0])]  # fmt: skip
        kept = ", ".join(number for number in told if number)
        return f"[{kept}]" if kept else ""

    return _MARKER.sub(marker, answer)


def _share(cited: Mapping[str, str], sentences: Mapping[str, str]) -> float:
    """The share of the cited sentences that are there; 1 where nothing is cited."""
    held = {*sentences.values()}
    return sum(text in held for text in cited.values()) / len(cited) if cited else 1.0


def _numbers(answer: str) -> list[str]:
    return [number for found in _MARKER.findall(answer) for number in re.findall(r"\d+", found)]


def _sentences(messages: Messages) -> dict[str, str]:
    """The numbered sentences of a prompt: number to text."""
    return dict(_NUMBERED.findall("\n".join(message["content"] for message in messages)))


_NUMBERED = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_SENTENCES = re.compile(r"(?:^(?:\[\d+\] .*|Article: .*|[ \t]*)\n)+", re.MULTILINE)
_MARKER = re.compile(r"\[\s*\d+(?:\s*,\s*\d+)*\s*\]")


def _rows(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
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
