"""Canonical text to sentence spans.

`sentencex` finds the boundaries and gives offsets in code points. It is not enough by itself:
its segments do not always tile the text, white space becomes a segment of its own, some inputs
take it quadratic time, it does not know Khmer's full stops, and a sentence may be longer than the
encoder's window. Scripts without spaces are cut between words by ICU (`icu4py`), which has
dictionaries for Thai, Lao, Khmer, Burmese, Chinese and Japanese, and never inside a character
(grapheme cluster).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, pairwise

import sentencex  # type: ignore[import-untyped]
from icu4py.breakers import BaseBreaker, CharacterBreaker, WordBreaker

from index.abbreviations import settled
from index.model import Span

_PARAGRAPH_END = re.compile(r"\n[^\S\n]*+\n\s*+")

_KHMER_END = re.compile(r"[\u17d4\u17d5]+[»”’)\]]*\s*")
"""Khan and bariyoosan, what closes a quotation, and white space."""

_BLOCK_CHARS = 8_000
"""How much of the text is segmented at a time, to bound the time."""

_AHEAD_CHARS = 100
"""What is looked at behind a place, so that the word there is seen whole."""


def sentences(text: str, language: str, fits: Callable[[str], bool]) -> tuple[Span, ...]:
    """The sentences of `text`: spans that tile it, none of which `fits` refuses.

    White space belongs to the sentence before it. A sentence that does not fit is halved at the
    white space nearest its middle until it does, without any between two words, and in a single
    word between two characters; a single code point is taken to fit.
    """
    found = settled(text, _starts(text, language), language)
    found += [end.end() for end in _KHMER_END.finditer(text)]
    inside = _between_characters(text, (start for start in found if 0 < start < len(text)))
    starts = [0, *inside, len(text)]
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
    behind white space or, without any, between two words."""
    limit = at + _BLOCK_CHARS
    if paragraph := _PARAGRAPH_END.search(text, at, limit):
        return paragraph.end(), True
    if limit >= len(text):
        return len(text), True
    space = max(text.rfind(space, at, limit) for space in " \n\t")
    return (space + 1 if space >= 0 else _gap(Span(at, limit), text, limit)), False


def _halved(span: Span, text: str, fits: Callable[[str], bool]) -> Iterator[Span]:
    if len(span) <= 1 or fits(span.of(text)):
        yield span
        return
    middle = _cut(span, text)
    yield from _halved(Span(span.start, middle), text, fits)
    yield from _halved(Span(middle, span.end), text, fits)


def _cut(span: Span, text: str) -> int:
    """Where to halve: behind the white space nearest the middle, or else between two words."""
    words = span.trimmed(text)
    within = words if len(words) > 1 else span
    middle = (span.start + span.end) // 2
    if not within.start < middle < within.end:  # most of it is white space
        middle = (within.start + within.end) // 2
    left = max(text.rfind(space, within.start, middle) for space in " \n\t")
    right = min((at for space in " \n\t" if (at := text.find(space, middle, within.end)) >= 0),
                default=-1)  # fmt: skip
    spaces = (_behind_space(text, at) for at in (left, right) if at >= 0)
    near = _between_characters(text, (at for at in spaces if at < within.end))
    return min(near, key=lambda at: abs(at - middle), default=0) or _gap(within, text, middle)


def _behind_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _gap(span: Span, text: str, near: int) -> int:
    """The gap between two words of a span that is nearest to a place; in a single word, between
    two characters; in a single character, the place itself."""
    inside = _gaps(WordBreaker, span, text)
    if not inside and not text[near - 1 : near + 1].isascii():
        inside = _gaps(CharacterBreaker, span, text)
    return min(inside, key=lambda gap: abs(gap - near), default=near)


def _gaps(breaker: type[BaseBreaker], span: Span, text: str) -> list[int]:
    """Where the span may be cut, its ends not counted."""
    parts = breaker(text[span.start : span.end + _AHEAD_CHARS], "root")
    # Not by the breaker's offsets: they count UTF-16 code units.
    gaps = accumulate(map(len, parts), initial=span.start)
    return [gap for gap in gaps if span.start < gap < span.end]


def _between_characters(text: str, places: Iterable[int]) -> list[int]:
    """Those of the places inside a text where no character (grapheme cluster) goes on, such as a
    letter with its accents."""
    listed = list(places)
    pairs = "\n".join(text[at - 1 : at + 1] for at in listed)  # of all at once, as that is quicker
    gaps = set(accumulate(map(len, CharacterBreaker(pairs, "root"))))
    return [at for i, at in enumerate(listed) if 3 * i + 1 in gaps]
