"""One straight path from a question to the events of its answer; every way in uses it."""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

from index.errors import InputError, ModelError, QAError
from index.library import Library
from index.model import Filters
from index.retrieve import Hit
from qa.answer import (
    Answer,
    CitationEvent,
    DeltaEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    FinalEvent,
    MetaEvent,
    Nearest,
    Statement,
    Turn,
)
from qa.cite import Citer
from qa.conversation import standalone
from qa.readers import Draft, Reader
from qa.support import missing
from qa.table import Row, Table, lay

PASSAGES = 8
"""Passages laid on the table."""

MAX_QUESTION_CHARS = 4_000

DO_NOT_SAY = "The articles do not say."

_NEAREST = 3


@dataclass
class _Draft:
    """The answer while it is written."""

    citer: Citer
    text: str = ""
    statements: list[Statement] = field(default_factory=list)
    unknown_markers: int = 0
    notices: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)


class Engine:
    """Answers questions from one library with one reader and, if that fails, another."""

    def __init__(self, library: Library, reader: Reader, fallback: Reader | None = None) -> None:
        """`fallback` reads when `reader` fails before its first statement."""
        self._library = library
        self._reader = reader
        self._fallback = fallback

    @property
    def readers(self) -> list[str]:
        """The names of those who can read; the first does unless another is asked for."""
        return [one.name for one in (self._reader, self._fallback) if one]

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        reader: str = "",
    ) -> Answer:
        """The whole answer. Raises what `stream` tells in an error event."""
        answer = None
        for event in self._answer(question, filters or Filters(), history, reader):
            if isinstance(event, FinalEvent):
                answer = event.answer
        assert answer is not None
        return answer

    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        reader: str = "",
    ) -> Iterator[Event]:
        """meta, then citation and delta as they come, final or error, and done.

        `history` is the conversation so far, oldest first; `reader` one of `readers`.
        """
        try:
            yield from self._answer(question, filters or Filters(), history, reader)
        except QAError as error:
            kind = type(error).__name__
            yield ErrorEvent(kind=kind, message=error.message, hint=error.hint, status=error.status)
        yield DoneEvent()

    def _answer(
        self, question: str, filters: Filters, history: Sequence[Turn], name: str
    ) -> Iterator[Event]:
        started = time.perf_counter()
        question = _checked(question)
        readers = self._chosen(name)
        asked = standalone(question, history)
        yield MetaEvent(question=question, standalone_question=asked, reader=readers[0].name)
        retrieved = self._library.retrieve(asked, PASSAGES, filters)
        table = lay(retrieved.hits, self._library.catalog.version)
        draft = _Draft(Citer(table), notices=list(retrieved.notices))
        draft.timings["retrieve"] = _since(started)
        reading = time.perf_counter()
        reader = yield from _read(readers, asked, table, draft)
        draft.timings["read"] = _since(reading)
        if not draft.statements:
            draft.text = DO_NOT_SAY
            yield DeltaEvent(text=DO_NOT_SAY)
        draft.timings["total"] = _since(started)
        final = _final(question, asked, reader.name, draft, retrieved.hits)
        yield FinalEvent(answer=final)

    def _chosen(self, name: str) -> list[Reader]:
        """The readers to try in turn. InputError if there is none of this name."""
        known = [one for one in (self._reader, self._fallback) if one]
        if not name:
            return known
        chosen = [one for one in known if one.name == name]
        if not chosen:
            raise InputError(f"there is no reader {name!r}", f"name one of {self.readers}")
        return chosen


def _read(
    readers: Sequence[Reader], question: str, table: Table, draft: _Draft
) -> Generator[Event, None, Reader]:
    """Turn a reader's drafts into events; returns the reader that wrote the answer.

    The next one reads when one fails before its first statement.
    """
    reader, *others = readers
    try:
        for item in reader.read(question, table):
            yield from _state(item, table, draft)
    except ModelError as error:
        if draft.statements:
            draft.notices.append(f"the answer was cut short: {error.message}")
        elif not others:
            raise
        else:
            draft.notices.append(f"answered without the language model: {error.message}")
            return (yield from _read(others, question, table, draft))
    return reader


def _state(item: Draft, table: Table, draft: _Draft) -> Iterator[Event]:
    """One statement: its new citations, then its text."""
    known = len(draft.citer.citations)
    cited = draft.citer.cite(item.numbers)
    yield from (CitationEvent(citation=citation) for citation in draft.citer.citations[known:])
    draft.unknown_markers += item.unknown + sum(table.row(n) is None for n in item.numbers)
    lost = missing(item.text, _evidence(item.numbers, table))
    before = item.before if draft.text else ""
    start = len(draft.text) + len(before)
    numbers = [citation.n for citation in cited]
    delta = before + item.text + (" " if numbers else "") + "".join(f"[{n}]" for n in numbers)
    draft.text += delta
    draft.statements.append(
        Statement(
            text=item.text,
            start=start,
            end=start + len(item.text),
            citations=numbers,
            supported=bool(numbers) and not lost,
            missing=lost,
        )
    )
    yield DeltaEvent(text=delta)


def _evidence(numbers: tuple[int, ...], table: Table) -> list[str]:
    """The cited sentences, their neighbours on the table, their titles and dates."""
    cited = [row for number in numbers if (row := table.row(number))]
    near = [row for row in table.rows if any(_adjacent(row, other) for other in cited)]
    return [text for row in near for text in (row.text, row.article.title, _date(row))]


def _adjacent(row: Row, other: Row) -> bool:
    same = (row.article.id, row.version) == (other.article.id, other.version)
    return same and abs(row.place - other.place) <= 1


def _date(row: Row) -> str:
    moment = row.article.published_at
    return "" if moment is None else f"{moment:%d %B %Y} {moment.day} {moment.month}"


def _final(question: str, asked: str, reader: str, draft: _Draft, hits: tuple[Hit, ...]) -> Answer:
    answerable = bool(draft.statements)
    return Answer(
        question=question,
        standalone_question=asked,
        answerable=answerable,
        answer=draft.text,
        statements=draft.statements,
        citations=draft.citer.citations,
        nearest=[] if answerable else [_nearest(hit) for hit in hits[:_NEAREST]],
        reader=reader,
        unknown_markers=draft.unknown_markers,
        notices=draft.notices,
        timings_ms=draft.timings,
    )


def _nearest(hit: Hit) -> Nearest:
    found = hit.found
    stripped = found.text.strip()
    start = found.passage.span.start + found.text.index(stripped)
    return Nearest(
        article_id=found.article.id,
        title=found.article.title,
        start=start,
        end=start + len(stripped),
        quote=stripped,
    )


def _checked(question: str) -> str:
    words = " ".join(question.split())
    if not words:
        raise InputError("the question is empty", "ask something")
    if len(words) > MAX_QUESTION_CHARS:
        raise InputError(
            f"the question has {len(words)} characters, the most is {MAX_QUESTION_CHARS}",
            "ask a shorter one",
        )
    return words


def _since(moment: float) -> float:
    return round((time.perf_counter() - moment) * 1000, 1)
