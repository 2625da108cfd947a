"""Canonical text to sentence spans.

`sentencex` finds the boundaries and gives offsets in code points. It is not enough by itself:
its segments do not always tile the text, white space becomes a segment of its own, some inputs
take it quadratic time, and a sentence may be longer than the encoder's window.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import sentencex  # type: ignore[import-untyped]

from index.abbreviations import settled
from index.model import Span

_PARAGRAPH_END = re.compile(r"\n\s*\n\s*")

_BLOCK_CHARS = 8_000
"""How much of the text is segmented at a time, to bound the time."""


def sentences(text: str, language: str, fits: Callable[[str], bool]) -> tuple[Span, ...]:
    """The sentences of `text`: spans that tile it, none of which `fits` refuses.

    White space belongs to the sentence before it. A sentence that does not fit is halved at the
    white space nearest its middle until it does; a single character is taken to fit.
    """
    starts = [
        0,
        *(
            start
            for start in settled(text, _starts(text, language), language)
            if 0 < start < len(text)
        ),
        len(text),
    ]
    whole = [Span(start, end) for start, end in pairwise(sorted(set(starts)))]
    return tuple(part for span in whole for part in _halved(span, text, fits))


def _starts(text: str, language: str) -> Iterator[int]:
    """Where sentences start, in order; a start may come twice."""
    at = 0
    while at < len(text):
        end, whole = _block(text, at)
        starts = [
            at + boundary["start_index"]
            for boundary in sentencex.get_sentence_boundaries(language, text[at:end])
            if boundary["text"].strip()
        ]
        yield from starts
        # The last sentence of a block may go on behind it, so the next block starts with it.
        at = end if whole or not starts or starts[-1] == at else starts[-1]


def _block(text: str, at: int) -> tuple[int, bool]:
    """The end of the block at `at`, and whether a paragraph or the text ends there; else it ends
    behind white space, if there is some."""
    limit = at + _BLOCK_CHARS
    if paragraph := _PARAGRAPH_END.search(text, at, limit):
        return paragraph.end(), True
    if limit >= len(text):
        return len(text), True
    return max(text.rfind(space, at, limit) for space in " \n\t") + 1 or limit, False


def _halved(span: Span, text: str, fits: Callable[[str], bool]) -> Iterator[Span]:
    if len(span) <= 1 or fits(span.of(text)):
        yield span
        return
    middle = _cut(span, text)
    yield from _halved(Span(span.start, middle), text, fits)
    yield from _halved(Span(middle, span.end), text, fits)


def _cut(span: Span, text: str) -> int:
    """Where to halve: behind the white space nearest the middle, or in the middle."""
    middle = (span.start + span.end) // 2
    left = max(text.rfind(space, span.start, middle) for space in " \n\t")
    right = min((at for space in " \n\t" if (at := text.find(space, middle, span.end - 1)) >= 0),
                default=-1)  # fmt: skip
    near = [at + 1 for at in (left, right) if at >= 0]
    return min(near, key=lambda at: abs(at - middle), default=middle)
