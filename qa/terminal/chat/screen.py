"""Where the chat writes: a terminal of any width, with colour or without, or a pipe.

All text passes through `printable` here, so nothing else of an article or a model gets out.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import click

from index.model import Span
from qa.answer import (
    Answer,
    Citation,
    CitationEvent,
    DeltaEvent,
    ErrorEvent,
    Event,
    FinalEvent,
    MetaEvent,
)
from qa.terminal.chat.pager import page, pager
from qa.terminal.output import colour
from qa.terminal.rendering import (
    Fragment,
    article_head,
    citation_line,
    emphasised,
    nearest_line,
    neighbourhood,
    pieces_of,
    printable,
    tail_of,
    text_lines,
    unsupported_line,
    unwrapped,
    wrapped,
)

if TYPE_CHECKING:
    from qa.results import ArticleText

STYLES: dict[str, dict[str, Any]] = {
    "": {},
    "dim": {"dim": True},
    "title": {"bold": True},
    "number": {"fg": "cyan", "bold": True},
    "warning": {"fg": "yellow"},
    "error": {"fg": "red", "bold": True},
}

LINES_BEFORE = 5
"""Lines of an article above the first marked one, where a pager opens it."""

NEIGHBOURS = 2
"""Sentences before and behind a citation that are printed where there is no pager."""

_MARKER = re.compile(r"\[(\d{1,4})\]")


class Screen:
    """Standard output; an answer flows onto it word by word, everything else line by line."""

    def __init__(self) -> None:
        self._line = ""
        self._cited: set[int] = set()

    @property
    def columns(self) -> int:
        """How wide the terminal is at this moment; 0 if there is none."""
        if not sys.stdout.isatty():
            return 0
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80

    @property
    def rows(self) -> int:
        """How high the terminal is at this moment; 0 if there is none."""
        return os.get_terminal_size(sys.stdout.fileno()).lines if self.columns else 0

    def line(self, *fragments: Fragment) -> None:
        """One line of fragments (text, style), wrapped by the terminal if it is too long."""
        click.echo("".join(_styled(*fragment) for fragment in fragments), color=colour())

    def lines(self, text: str, style: str = "") -> None:
        """Lines of one style, wrapped between words."""
        for part in text.split("\n"):
            for line in wrapped(printable(part), self.columns):
                self.line((line, style))

    def error(self, text: str, hint: str = "") -> None:
        """What went wrong and what to do next, on standard error."""
        click.echo(_styled("error: ", "error") + printable(text), err=True, color=colour())
        if hint:
            click.echo(_styled(f"hint: {hint}", "dim"), err=True, color=colour())

    def end(self) -> None:
        """End a line that an answer left open."""
        if self._line:
            click.echo()
        self._line = ""

    def waiting(self, text: str) -> AbstractContextManager[object]:
        """A sign of life while the block runs; only where standard error is a terminal."""
        if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            return nullcontext()
        from rich.console import Console

        return Console(stderr=True).status(text, spinner_style="")

    def answer(self, events: Iterable[Event]) -> Answer | None:
        """Print an answer as it comes, then what it rests on.

        Raises what an error event tells; None if the events end without an answer.
        """
        answer = None
        self._cited = set()
        for event in self._awaited(iter(events)):
            match event:
                case MetaEvent():
                    self._tell_question(event)
                case CitationEvent():
                    self._cited.add(event.citation.n)
                case DeltaEvent():
                    self._flow(unwrapped(event.text), event)
                case FinalEvent():
                    answer = event.answer
                case ErrorEvent():
                    raise event.error()
        self.end()
        if answer:
            self.evidence(answer)
        return answer

    def replay(self, answer: Answer) -> None:
        """Print an answer that was given before."""
        self._cited = {citation.n for citation in answer.citations}
        for shown, delta in pieces_of(answer):
            self._flow(shown, delta)
        self.end()
        self.evidence(answer)

    def evidence(self, answer: Answer) -> None:
        """What an answer rests on, and what it lacks: a line each."""
        if answer.citations:
            self.line()
        for citation in answer.citations:
            self.line(*citation_line(citation, self.columns))
        for statement in answer.statements:
            if not statement.supported:
                self.lines(unsupported_line(statement), "warning")
        if answer.nearest:
            self.line(("The nearest passages:", "dim"))
        for n, nearest in enumerate(answer.nearest, 1):
            self.line(*nearest_line(n, nearest, self.columns))
        for notice in answer.notices:
            self.lines(f"note: {notice}", "warning")

    def citation(self, citation: Citation, before: str) -> None:
        """A citation with its whole quote; `before` stands before its number."""
        where, *rest = citation_line(citation, 0)[1:]
        self.line((f"[{before}{citation.n}] ", "number"), where)
        for text, style in rest:
            self.lines(text, style)

    def article(self, article: "ArticleText", span: Span | None, *remarks: str) -> None:
        """An article, its span marked: in a pager, else the span with its neighbours."""
        marks = ("\x1b[7m", "\x1b[0m") if colour() else (">>>", "<<<")
        head = [*article_head(article), *remarks]
        if words := pager():
            lines = [*head, "", *text_lines(article.text, span, self.columns, marks)]
            first = next((n for n, line in enumerate(lines, 1) if marks[0] in line), 1)
            page(words, "\n".join(lines), max(1, first - LINES_BEFORE))
            return
        self.line((head[0], "title"))
        self.lines("\n".join(head[1:]), "dim")
        near = neighbourhood(article, span, NEIGHBOURS) if span else Span(0, len(article.text))
        here = span and Span(span.start - near.start, span.end - near.start)
        lines = text_lines(near.of(article.text), here, self.columns, marks)
        click.echo("\n".join(lines), color=colour())

    def paged(self, lines: Sequence[str]) -> None:
        """Lines, in a pager if they are more than the terminal has."""
        shown = [row for line in lines for row in wrapped(printable(line), self.columns)]
        words = pager()
        if words and len(shown) >= self.rows:
            page(words, "\n".join(shown))
            return
        for row in shown:
            self.line((row, ""))

    def _awaited(self, events: Iterator[Event]) -> Iterator[Event]:
        """The events, with a sign of life until the answer flows."""
        flows = False
        while True:
            with nullcontext() if flows else self.waiting("reading…"):
                event = next(events, None)
            if event is None:
                return
            flows = flows or isinstance(event, DeltaEvent)
            yield event

    def _tell_question(self, event: MetaEvent) -> None:
        if event.standalone_question != event.question:
            self.lines(f"→ {event.standalone_question}", "dim")

    def _flow(self, text: str, delta: DeltaEvent) -> None:
        """More of an answer, the text of `delta`, wrapped to the width of this moment, its markers
        coloured and its short answer strong."""
        shown = printable(text)
        if columns := self.columns:
            self._line = tail_of(self._line, columns)  # the terminal may have become narrower
            shown = self._continued(shown, columns)
        else:
            self._line += shown
        strong = emphasised(shown, delta, lambda words: click.style(words, bold=True))
        click.echo(_MARKER.sub(self._coloured, strong), nl=False, color=colour())

    def _continued(self, text: str, columns: int) -> str:
        """`text` with a line break wherever it would cross the edge, from where the line is."""
        said = []
        for n, part in enumerate(text.split("\n")):
            before = "" if n else self._line
            lines = wrapped(before + part, columns)
            said.append("\n".join(lines)[len(before) :])
            self._line = lines[-1]
        return "\n".join(said)

    def _coloured(self, marker: re.Match[str]) -> str:
        known = int(marker[1]) in self._cited
        return click.style(marker[0], **STYLES["number"]) if known else marker[0]


def _styled(text: str, style: str) -> str:
    return click.style(printable(text), **STYLES[style]) if style else printable(text)


@contextmanager
def keys_unseen() -> Iterator[None]:
    """Keys typed while the block runs do not show; they are there for the next prompt."""
    if not sys.stdin.isatty():
        yield
        return
    import termios

    before = termios.tcgetattr(sys.stdin)
    unseen = list(before)
    unseen[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, unseen)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
