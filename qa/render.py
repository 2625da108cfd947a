"""Answers, citations and articles as text for a terminal. Pure.

Articles are hostile: nothing of them reaches a terminal but printable characters.
"""

import unicodedata

from index.model import Span
from qa.answer import Answer, Citation, Nearest


def printable(text: str) -> str:
    """`text` with control and format characters, line breaks apart, as U+FFFD."""
    return "".join(_shown(char) for char in text)


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


def _nearest_lines(nearest: Nearest) -> list[str]:
    words = " ".join(nearest.quote.split())
    short = words if len(words) <= 240 else words[:239].rsplit(" ", 1)[0] + "…"
    place = f"{nearest.article_id} {nearest.start}-{nearest.end}"
    return [f"  {nearest.title or nearest.article_id}", f"    “{short}”", f"    {place}"]


def _shown(char: str) -> str:
    if char in "\n\t" or char in "\u200c\u200d":  # joiners shape letters and emoji
        return char
    return "\ufffd" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char
