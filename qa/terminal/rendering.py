"""Answers, citations and articles as text for a terminal. Pure.

Articles are hostile: nothing of them reaches a terminal but printable characters.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import wcwidth

from index.model import Span
from qa.answer import Answer, Citation, DeltaEvent, Nearest, Part, Statement

if TYPE_CHECKING:
    from qa.results import ArticleText, PassageRow

Fragment = tuple[str, str]
"""A piece of a line and the name of its style."""

QUOTE_COLUMNS = 16
"""A quote that has less room says too little to be shown."""


def printable(text: str) -> str:
    """`text` with control and format characters, line breaks apart, as U+FFFD."""
    return "".join(_shown(char) for char in text)


def unwrapped(delta: str) -> str:
    """Line breaks inside a statement, which an article had, as blanks; one before it stays."""
    before = delta[: len(delta) - len(delta.lstrip())]
    return before + " ".join(delta.split())


def emphasised(shown: str, delta: DeltaEvent, style: Callable[[str], str]) -> str:
    """What is shown of a delta, the words of its short answer styled, wherever lines now break."""
    if delta.answer_span is None:
        return shown
    words = delta.text[delta.answer_span.start : delta.answer_span.end]
    pattern = re.compile(r"\s+".join(map(re.escape, printable(words).split())))
    before = len(pattern.findall(printable(delta.text[: delta.answer_span.start])))
    place = next(islice(pattern.finditer(shown), before, None), None)
    if place is None:
        return shown
    return shown[: place.start()] + style(place.group()) + shown[place.end() :]


def parts_of(answer: Answer) -> Iterator[tuple[str, str]]:
    """An answer's text in order: what stands before each statement (white space, markers), and the
    statement on one line; last what is behind them all, and nothing."""
    at = 0
    for statement in answer.statements:
        yield answer.answer[at : statement.start], " ".join(statement.text.split())
        at = statement.end
    yield answer.answer[at:], ""


def pieces_of(answer: Answer) -> Iterator[tuple[str, DeltaEvent]]:
    """The same as pieces to show, with the deltas that they may have come in."""
    for (before, words), statement in zip(
        parts_of(answer), [*answer.statements, None], strict=True
    ):
        yield before, DeltaEvent(text=before)
        if statement:
            span, start = statement.answer_span, statement.start
            short = Part(start=span.start - start, end=span.end - start) if span else None
            yield words, DeltaEvent(text=statement.text, answer_span=short)


def wrapped(text: str, columns: int) -> list[str]:
    """One line as lines of at most `columns` columns, broken between words; 0: as it is."""
    return (wcwidth.wrap(text, columns) if columns else [text]) or [""]


def tail_of(line: str, columns: int) -> str:
    """What a terminal of this width shows on the last row of a line."""
    rows = max(0, wcwidth.width(line) - 1) // columns
    return wcwidth.clip(line, rows * columns) if rows else line


def cut(text: str, columns: int) -> str:
    """`text` on one line of at most `columns` columns, with `…` where it ends early; 0: all."""
    words = printable(" ".join(text.split()))
    if not columns or wcwidth.width(words) <= columns:
        return words
    return wcwidth.clip(words, 0, columns - 1).rstrip() + "…"


def citation_line(citation: Citation, columns: int) -> list[Fragment]:
    """`[1] title · source · date “quote”`, title and quote cut to fit; 0 columns: uncut."""
    number = f"[{citation.n}] "
    room = max(0, columns - len(number))
    origin = "".join(f" · {part}" for part in (citation.source, citation.published_at) if part)
    left = min(max(20, room // 3), room - wcwidth.width(printable(origin)))
    title = cut(citation.title or citation.article_id, max(12, left) if columns else 0)
    return [(number, "number"), *_head_and_quote(title + origin, citation.quote, room)]


def nearest_line(n: int, nearest: Nearest, columns: int) -> list[Fragment]:
    """`~1 title “quote”`, cut to fit; 0 columns: uncut."""
    number = f"~{n} "
    room = max(0, columns - len(number))
    title = nearest.title or nearest.article_id
    head = cut(title, max(20, room // 2) if columns else 0)
    return [(number, "number"), *_head_and_quote(head, nearest.quote, room)]


def passage_lines(row: "PassageRow", columns: int) -> list[list[Fragment]]:
    """`n  title · source · date`, then its ranks and what it says, cut to fit."""
    parts = (row.title or row.article_id, row.source, row.published_at)
    ranks = f"{row.score:.3f}, dense {row.dense_rank or '-'}, lexical {row.lexical_rank or '-'}"
    number, indent = f"{row.rank:>3}  ", " " * 5
    room = max(0, columns - len(indent))
    return [
        [(number, "number"), (cut(" · ".join(part for part in parts if part), room), "title")],
        [(indent + cut(f"{ranks} “{row.text.strip()}”", room), "dim")],
    ]


def unsupported_line(statement: Statement) -> str:
    """That a statement is not supported, and what its citations lack."""
    lacking = ", ".join(statement.missing)
    why = f"its citations lack {lacking}" if lacking else "it cites nothing"
    return f"! not supported, {why}: {' '.join(statement.text.split())}"


def _head_and_quote(head: str, quote: str, room: int) -> list[Fragment]:
    if not room:
        return [(head, "title"), (f" “{cut(quote, 0)}”", "dim")]
    short = cut(head, room)
    left = room - wcwidth.width(short) - 3
    said = [(f" “{cut(quote, left)}”", "dim")] if left >= QUOTE_COLUMNS else []
    return [(short, "title"), *said]


def citation_lines(citation: Citation) -> list[str]:
    """Where it stands, then the quote, then `article start-end`."""
    origin = [citation.title or citation.article_id, citation.source, citation.published_at or ""]
    return [
        printable(f"[{citation.n}] " + " · ".join(part for part in origin if part)),
        printable(f"    “{' '.join(citation.quote.split())}”"),
        printable(f"    {citation.article_id} {citation.start}-{citation.end}"),
    ]


def notes(answer: Answer) -> list[str]:
    """What a reader of the answer has to know besides: doubts, nearest passages, notices."""
    doubts = [
        f"! not supported by its citations: {', '.join(statement.missing) or 'nothing is cited'}: "
        f"{statement.text}"
        for statement in answer.statements
        if not statement.supported
    ]
    near = ["The nearest passages:"] * bool(answer.nearest)
    near += [line for nearest in answer.nearest for line in _nearest_lines(nearest)]
    return [printable(line) for line in (*doubts, *near, *(f"note: {n}" for n in answer.notices))]


def marked(text: str, span: Span | None, start: str, end: str) -> str:
    """An article's text with `start` and `end` around a span; ValueError if it ends outside."""
    if span is None:
        return printable(text)
    span.of(text)
    before, within, after = text[: span.start], text[span.start : span.end], text[span.end :]
    return printable(before) + start + printable(within) + end + printable(after)


def article_head(article: "ArticleText") -> list[str]:
    """The title, then where the article comes from."""
    origin = (article.source, article.author, article.published_at, article.url, article.id)
    shown = (article.title or article.id, " · ".join(part for part in origin if part))
    return [printable(line) for line in shown]


def text_lines(text: str, span: Span | None, columns: int, marks: tuple[str, str]) -> list[str]:
    """An article's text in lines of this width, 0: as they are; marks around each part of `span`.

    ValueError if the span ends outside.
    """
    start, end = marks
    shown = marked(text, span, start, end)
    if span:
        quote = printable(span.of(text))
        shown = shown.replace(start + quote, start + quote.replace("\n", f"{end}\n{start}"), 1)
    return [line for part in shown.split("\n") for line in wrapped(part, columns)]


def neighbourhood(article: "ArticleText", span: Span, neighbours: int) -> Span:
    """The sentences that a span touches, and so many before and behind them."""
    touched = [n for n, (a, b) in enumerate(article.sentences) if a < span.end and span.start < b]
    first, last = max(0, touched[0] - neighbours), touched[-1] + neighbours
    return Span(article.sentences[first][0], article.sentences[: last + 1][-1][1])


def _nearest_lines(nearest: Nearest) -> list[str]:
    words = " ".join(nearest.quote.split())
    short = words if len(words) <= 240 else words[:239].rsplit(" ", 1)[0] + "…"
    place = f"{nearest.article_id} {nearest.start}-{nearest.end}"
    return [f"  {nearest.title or nearest.article_id}", f"    “{short}”", f"    {place}"]


def _shown(char: str) -> str:
    if char in "\n\t" or char in "\u200c\u200d":  # joiners shape letters and emoji
        return char
    return "\ufffd" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char
