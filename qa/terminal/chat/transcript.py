"""A conversation as a document to keep: Markdown with footnotes, or JSON. Pure."""

import json
import re
from collections.abc import Sequence

from qa.answer import Answer, Citation
from qa.terminal.rendering import parts_of, printable, unsupported_line

_SYNTAX = re.compile(r"([\\`*_\[\]<>#|~!&])")
_MARKER = re.compile(r"\[(\d+)\]")


def to_json(answers: Sequence[Answer]) -> str:
    """The whole answers, oldest first, as `qa ask --json` prints them."""
    return json.dumps([answer.model_dump() for answer in answers], indent=2, ensure_ascii=False)


def to_markdown(answers: Sequence[Answer]) -> str:
    """A heading and an answer for each turn, then the citations of all as footnotes."""
    turns = [_turn(t, answer) for t, answer in enumerate(answers, 1)]
    notes = [_note(t, c) for t, answer in enumerate(answers, 1) for c in answer.citations]
    return "\n\n".join((*turns, *notes)) + "\n"


def _turn(number: int, answer: Answer) -> str:
    doubts = [unsupported_line(s) for s in answer.statements if not s.supported]
    notes = [f"> {_escaped(line)}" for line in (*doubts, *(f"note: {n}" for n in answer.notices))]
    return "\n\n".join((f"## {_escaped(answer.question)}", _answer(number, answer), *notes))


def _answer(turn: int, answer: Answer) -> str:
    """The statements, escaped, and between them the markers, as footnotes."""
    if not answer.statements:
        return _escaped(answer.answer)
    parts = parts_of(answer)
    return "".join(_footnoted(turn, between) + _escaped(said) for between, said in parts)


def _footnoted(turn: int, markers: str) -> str:
    return _MARKER.sub(rf"[^{turn}-\1]", markers)


def _note(turn: int, citation: Citation) -> str:
    origin = (citation.title, citation.source, citation.published_at, citation.url)
    place = f"{citation.article_id} {citation.start}-{citation.end}"
    said = " · ".join(_escaped(part) for part in (*origin, place) if part)
    return f"[^{turn}-{citation.n}]: “{_escaped(citation.quote)}” {said}"


def _escaped(text: str) -> str:
    """Words on one line that Markdown shows as they are."""
    return _SYNTAX.sub(r"\\\1", printable(" ".join(text.split())))
