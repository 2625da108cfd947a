"""Lines of a printed page -> paragraphs, so that sentences read as sentences.

A page has no paragraphs, only lines: this rejoins words hyphenated at line ends, joins the lines
of a paragraph by spaces and keeps a line break where a paragraph, heading or list item ends.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

FULL_LINE_SHARE = 0.75
"""A line shorter than this share of the page's wide lines may be the last of its paragraph."""

WIDE_QUANTILE = 0.9
RUNNING_HEAD_PAGES = 3
"""A first or last line that so many pages share is their running head, not the article's."""

SHARED_BY_PAGES = 2
"""So many pages have to agree on how their number follows from their place."""

_PAGE_NUMBER = re.compile(
    r"(page\s+)?[-\N{EN DASH}]?\s*(?P<number>\d{1,4})\s*[-\N{EN DASH}]?(\s*(of|/)\s*\d{1,4})?",
    re.IGNORECASE,
)
_BULLET = re.compile(r"([•●▪◦*\N{EN DASH}-]|\(?\d{1,3}[.)])\s")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”\u2019»)\]]*$")
_BROKEN_WORD = re.compile(r"(\w+)[-\N{HYPHEN}\N{SOFT HYPHEN}]$")
_WORD = re.compile(r"\w+")
_COMPOUND = re.compile(r"\b\w++(?:-\w++)+")  # possessive: linear on a word without end

SOFT_HYPHEN = "\N{SOFT HYPHEN}"

WORD_CHARS = 60
"""No word that is broken at a line's end is longer."""


def unwrap(pages: Sequence[str]) -> str:
    """The pages' text as paragraphs, one a line, with an empty line between them."""
    lines = _without_running_heads([_lines(page) for page in pages])
    widths = sorted(len(line) for line in lines if line)
    wide = widths[round(WIDE_QUANTILE * (len(widths) - 1))] if widths else 0
    compounds = {word for page in pages for word in _COMPOUND.findall(page)}
    paragraphs = _paragraphs(lines, FULL_LINE_SHARE * wide)
    return "\n\n".join(_joined(paragraph, compounds) for paragraph in paragraphs)


def _lines(page: str) -> list[str]:
    """The lines of a page, single-spaced, without empty ones at its ends."""
    return "\n".join(" ".join(line.split()) for line in page.splitlines()).strip("\n").split("\n")


def _without_running_heads(pages: Sequence[list[str]]) -> list[str]:
    """All lines but page numbers and running heads at the top and bottom of pages."""
    repeated = Counter(line for page in pages for line in {page[0], page[-1]})
    shifts = Counter(
        shift
        for place, page in enumerate(pages)
        for shift in {_shift(page[0], place), _shift(page[-1], place)}
    )

    def is_head(line: str, place: int) -> bool:
        shift = _shift(line, place)
        is_number = shift is not None and (shift == 1 or shifts[shift] >= SHARED_BY_PAGES)
        return is_number or repeated[line] >= max(RUNNING_HEAD_PAGES, len(pages) / 2)

    kept = []
    for place, page in enumerate(pages):
        has_body = len(page) > 1  # a page of one line is all article
        first = 1 if has_body and is_head(page[0], place) else 0
        last = len(page) - 1 if has_body and is_head(page[-1], place) else len(page)
        kept.extend(page[first:last])
    return kept


def _shift(line: str, place: int) -> int | None:
    """A page number less the page's place, from 0: it is the same on all pages.

    A lone year or sum at the end of a page is shifted otherwise. None if it is no number.
    """
    match = _PAGE_NUMBER.fullmatch(line)
    return int(match["number"]) - place if match else None


def _paragraphs(lines: Sequence[str], full: float) -> Iterator[list[str]]:
    """Runs of lines that belong together; `full` is the width in characters of a full line."""
    paragraph: list[str] = []
    for line in lines:
        if paragraph and (not line or _ends(paragraph[-1], line, full)):
            yield paragraph
            paragraph = []
        if line:
            paragraph.append(line)
    if paragraph:
        yield paragraph


def _ends(line: str, following: str, full: float) -> bool:
    """Whether a paragraph ends with `line`: a new item follows, or the line was left short."""
    if _BULLET.match(following):
        return True
    if len(line) >= full or _BROKEN_WORD.search(line):
        return False
    return _SENTENCE_END.search(line) is not None or not (
        following[0].islower() or line.endswith(",")
    )


def _joined(lines: Sequence[str], compounds: Collection[str]) -> str:
    """The lines as one; `compounds` are the words that the text writes with a hyphen."""
    joints = (_joint(line, following, compounds) for line, following in pairwise(lines))
    return "".join(joints) + lines[-1]


def _joint(line: str, following: str, compounds: Collection[str]) -> str:
    """`line` up to where `following` goes on: with a space, or with its word made whole.

    A hyphen at its end stays before a capital or a figure, and in a word of `compounds`.
    """
    broken = _BROKEN_WORD.search(line[-WORD_CHARS:])
    rest = _WORD.match(following)
    if not broken or not rest:
        return f"{line} "
    stays = not following[0].islower() or f"{broken[1]}-{rest[0]}" in compounds
    return line if stays and not line.endswith(SOFT_HYPHEN) else line[:-1]
