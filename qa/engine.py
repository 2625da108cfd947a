"""One straight path from a question to the events of its answer; every way in uses it."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.errors import ContextOverflow, InputError, ModelError, QAError
from index.library import Library
from index.model import Filters, Span
from index.search.retriever import Hit, Retrieved
from qa.answer import (
    Answer,
    Certainty,
    CitationEvent,
    DeltaEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    FinalEvent,
    MetaEvent,
    Part,
    Statement,
    Turn,
)
from qa.checks.disagreement import disagreements
from qa.checks.support_check import Checker, Verdict
from qa.context.citation_builder import CitationBuilder
from qa.context.numbered_sentences import Context, number_sentences
from qa.context.passages_read import nearest, passages_read
from qa.readers.protocol import Confidence, DraftStatement, Notice, Reader
from qa.readers.scores import STRICTNESS
from qa.standalone_questions import Rewrite, by_rules

PASSAGES = 8
"""Passages in the context."""

FOUND_TO_RERANK = 16
"""Passages found if they are ordered anew; the first `PASSAGES` make the context."""

Rerank = Callable[[str, Sequence[Hit]], Sequence[Hit]]
"""(question, passages found) to the same, best first."""

DEADLINE_SECONDS = 60.0
"""How long a language model may take where nobody says otherwise (QA_DEADLINE_SECONDS)."""

MAX_QUESTION_CHARS = 4_000

DO_NOT_SAY = "The articles do not say."

ONLY_CLOSE = "No article clearly says; the nearest passages may."

CLOSE_AT = 0.3
"""From this probability on passages that do not surely answer are close."""

_NEAREST = 3


@dataclass
class _AnswerInProgress:
    """The answer while it is written."""

    citation_builder: CitationBuilder
    checker: Checker
    whole_context: Context
    """All that was found."""
    context: Context
    """What of it the reader takes in."""
    text: str = ""
    statements: list[Statement] = field(default_factory=list)
    strictness: float = STRICTNESS
    confidence: Confidence | None = None
    waiting: list[DraftStatement] = field(default_factory=list)
    """Unsupported ones at the head: nothing is shown before the first that is supported."""
    unknown_markers: int = 0
    known_markers: int = 0
    notices: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def certainty(self) -> Certainty:
        """What is known once a reader is done."""
        if self.statements:
            return "answered"
        sure = self.confidence.probability if self.confidence else 0.0
        return "close" if sure >= min(CLOSE_AT, self.strictness) else "none"


class Engine:
    """Answers questions from one library with one reader and, if that fails, another."""

    def __init__(
        self,
        library: Library,
        reader: Reader,
        fallback: Reader | None = None,
        rewrite: Rewrite = by_rules,
        deadline_seconds: float = DEADLINE_SECONDS,
        rerank: Rerank | None = None,
        strictness: float = STRICTNESS,
    ) -> None:
        """`fallback` reads when `reader` fails before its first statement; `rewrite` makes a
        follow-up stand alone; `rerank` chooses among more passages than are read. A model's
        part ends with the deadline; readers without one take a fraction of a second."""
        self._library = library
        self._reader = reader
        self._fallback = fallback
        self._rewrite = rewrite
        self._deadline = deadline_seconds
        self._rerank = rerank
        self._strictness = strictness

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
        strictness: float | None = None,
    ) -> Answer:
        """The whole answer. Raises what `stream` tells in an error event."""
        answer = None
        asked = question, filters or Filters(), history, reader, strictness
        for event in self._answer(*asked):
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
        strictness: float | None = None,
    ) -> Iterator[Event]:
        """meta, then citation and delta as they come, final or error, and done.

        `history` is the conversation so far, oldest first; `reader` one of `readers`; `strictness`
        how likely an answer has to be right to be given, 0 to 1, the engine's own by default.
        """
        try:
            yield from self._answer(question, filters or Filters(), history, reader, strictness)
        except QAError as error:
            yield ErrorEvent.of(error)
        yield DoneEvent()

    def _answer(
        self,
        question: str,
        filters: Filters,
        history: Sequence[Turn],
        name: str,
        strictness: float | None,
    ) -> Iterator[Event]:
        started = time.perf_counter()
        ends = time.monotonic() + self._deadline
        question = _checked(question)
        readers = self._chosen(name)
        asked, timings = question, dict[str, float]()
        if history:
            asked = self._rewrite(question, history, ends)
            timings["rewrite"] = _since(started)
        yield MetaEvent(question=question, standalone_question=asked, reader=readers[0].name)
        searching = time.perf_counter()
        retrieved = self._retrieved(asked, filters)
        context = number_sentences(retrieved.hits, self._library.catalog.version)
        progress = _AnswerInProgress(
            CitationBuilder(context),
            Checker(context),
            context,
            context,
            strictness=self._strictness if strictness is None else strictness,
            timings=timings,
        )
        progress.notices += retrieved.notices
        progress.timings["retrieve"] = _since(searching)
        reading = time.perf_counter()
        reader = yield from _read(readers, asked, progress, ends)
        progress.timings["read"] = _since(reading)
        if not progress.statements:
            yield from _say_nothing(progress)
        progress.notices += disagreements(progress.citation_builder.citations)
        progress.timings["total"] = _since(started)
        yield FinalEvent(answer=_final(question, asked, reader.name, progress, retrieved.hits))

    def _retrieved(self, question: str, filters: Filters) -> Retrieved:
        if not self._rerank:
            return self._library.retrieve(question, PASSAGES, filters)
        found = self._library.retrieve(question, FOUND_TO_RERANK, filters)
        return replace(found, hits=tuple(self._rerank(question, found.hits)[:PASSAGES]))

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
    readers: Sequence[Reader], question: str, progress: _AnswerInProgress, ends: float
) -> Generator[Event, None, Reader]:
    """Turn a reader's drafts into events; returns the reader that wrote the answer.

    The next one reads when one fails before its first statement.
    """
    reader, *others = readers
    _begin_anew(progress)
    try:
        yield from _read_fitting(reader, question, progress, ends)
    except ModelError as error:
        if progress.statements:
            progress.notices.append(f"the answer was cut short: {error.message}")
        elif not others:
            raise
        else:
            progress.notices.append(f"answered without the language model: {error.message}")
            return (yield from _read(others, question, progress, ends))
    return reader


def _read_fitting(
    reader: Reader, question: str, progress: _AnswerInProgress, ends: float
) -> Iterator[Event]:
    """Read as much of the context as the reader takes in, and half of it if that was too much."""
    progress.context = reader.fit(question, progress.whole_context)
    try:
        yield from _drafted(reader, question, progress, ends)
    except ContextOverflow:
        if progress.statements or progress.context.passages < 2:
            raise
        _begin_anew(progress)
        progress.context = progress.context.best(progress.context.passages // 2)
        yield from _drafted(reader, question, progress, ends)


def _begin_anew(progress: _AnswerInProgress) -> None:
    """Nothing is left of a reader that failed before its first statement."""
    progress.waiting.clear()
    progress.confidence = None
    progress.unknown_markers = progress.known_markers = 0


def _drafted(
    reader: Reader, question: str, progress: _AnswerInProgress, ends: float
) -> Iterator[Event]:
    for item in reader.read(question, progress.context, ends):
        if isinstance(item, Notice):
            progress.notices.append(item.text)
        elif isinstance(item, Confidence):
            progress.confidence = item
            if item.probability < progress.strictness:
                return
        else:
            yield from _checked_and_said(item, progress)


def _checked_and_said(item: DraftStatement, progress: _AnswerInProgress) -> Iterator[Event]:
    """One statement, once something is supported; until then it waits."""
    known = sum(number in progress.context.by_number for number in item.numbers)
    progress.known_markers += known
    progress.unknown_markers += item.unknown + len(item.numbers) - known
    verdict = progress.checker.check(item.text, item.numbers)
    if not progress.statements and not verdict.supported:
        progress.waiting.append(item)
        return
    for one in progress.waiting:
        yield from _said(one, progress.checker.check(one.text, one.numbers), progress)
    progress.waiting.clear()
    yield from _said(item, verdict, progress)


def _said(item: DraftStatement, verdict: Verdict, progress: _AnswerInProgress) -> Iterator[Event]:
    """One statement: its new citations, then its text."""
    known = len(progress.citation_builder.citations)
    cited = progress.citation_builder.cite(verdict.numbers)
    yield from (
        CitationEvent(citation=citation) for citation in progress.citation_builder.citations[known:]
    )
    before = item.before if progress.text else ""
    start = len(progress.text) + len(before)
    numbers = [citation.n for citation in cited]
    delta = before + item.text + (" " if numbers else "") + "".join(f"[{n}]" for n in numbers)
    progress.text += delta
    progress.statements.append(
        Statement(
            text=item.text,
            start=start,
            end=start + len(item.text),
            citations=numbers,
            supported=verdict.supported,
            missing=list(verdict.missing),
            answer_span=_moved(item.answer, start),
        )
    )
    yield DeltaEvent(text=delta, answer_span=_moved(item.answer, len(before)))


def _moved(span: Span | None, start: int) -> Part | None:
    return Part(start=start + span.start, end=start + span.end) if span else None


def _say_nothing(progress: _AnswerInProgress) -> Iterator[Event]:
    if progress.waiting:
        progress.notices.append("what the language model wrote does not stand in the articles")
    progress.text = ONLY_CLOSE if progress.certainty == "close" else DO_NOT_SAY
    yield DeltaEvent(text=progress.text)


def _likeliest(progress: _AnswerInProgress, hits: Sequence[Hit]) -> Sequence[Hit]:
    """The passages that the reader found likeliest to answer, then the others as found."""
    ranks = progress.confidence.ranks if progress.confidence else ()
    places = {rank: place for place, rank in enumerate(ranks)}
    return sorted(hits, key=lambda hit: places.get(hit.rank, len(places)))


def _final(
    question: str, asked: str, reader: str, progress: _AnswerInProgress, hits: tuple[Hit, ...]
) -> Answer:
    answerable = bool(progress.statements)
    close = [] if answerable else _likeliest(progress, hits)[:_NEAREST]
    return Answer(
        question=question,
        standalone_question=asked,
        answerable=answerable,
        certainty=progress.certainty,
        confidence=round(progress.confidence.probability, 3) if progress.confidence else None,
        answer=progress.text,
        statements=progress.statements,
        citations=progress.citation_builder.citations,
        nearest=[nearest(hit) for hit in close],
        reader=reader,
        unknown_markers=progress.unknown_markers,
        known_markers=progress.known_markers,
        notices=progress.notices,
        read=passages_read(progress.context, hits),
        timings_ms=progress.timings,
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
