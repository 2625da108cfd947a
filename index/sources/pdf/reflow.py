"""Lines of a printed page -> paragraphs, so that sentences read as sentences.

A page has no paragraphs, only lines: this rejoins words hyphenated at line ends, joins the lines
of a paragraph by spaces and keeps a line break where a paragraph, heading or list item ends.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count, pairwise
from typing import NamedTuple

from index.sources.pdf.contents import ACROSS, COLUMN

FULL_LINE_SHARE = 0.75
"""A line shorter than this share of the page's wide lines may be the last of its paragraph."""

WIDE_QUANTILE = 0.9
RUNNING_HEAD_PAGES = 3
"""A first or last line that so many pages share is their running head, not the article's."""

SHARED_BY_PAGES = 2
"""So many pages have to agree on how their number follows from their place."""

_PART_START = re.compile(f"(?=[{COLUMN}{ACROSS}])")
_PAGE_NUMBER = re.compile(
    r"(page )?[-\N{EN DASH}]? ?(?P<number>\d{1,4}) ?[-\N{EN DASH}]?( ?(of|/) ?\d{1,4})?",
    re.IGNORECASE,
)
_BULLET = re.compile(r"([•●▪◦*\N{EN DASH}-]|\(?\d{1,3}[.)])\s")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”\u2019»)\]]*$")
_BROKEN_WORD = re.compile(r"(?<!\w)(\w++)[-\N{HYPHEN}\N{SOFT HYPHEN}]$")
_WORD = re.compile(r"\w+")
_COMPOUND = re.compile(r"\b\w++(?:-\w++)+")  # possessive: linear on a word without end

SOFT_HYPHEN = "\N{SOFT HYPHEN}"

WORD_CHARS = 60
"""No word that is broken at a line's end is longer."""


class _Line(NamedTuple):
    """A single-spaced line, and the number of the column that it is in, 0 outside of columns."""

    text: str
    column: int


def unwrap(pages: Sequence[str]) -> str:
    """The pages' text as paragraphs, one a line, with an empty line between them.

    COLUMN stands before a column of a page, and ACROSS before what is below its columns.
    """
    columns = count(1)
    lines = _without_running_heads([_trimmed(list(_lines(page, columns))) for page in pages])
    compounds = {word for page in pages for word in _COMPOUND.findall(page)}
    paragraphs = _paragraphs(lines, _full_widths(lines))
    return "\n\n".join(_joined(paragraph, compounds) for paragraph in paragraphs)


def _full_widths(lines: Sequence[_Line]) -> dict[int, float]:
    """How many characters make a line full, in each column and outside of columns."""
    widths: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        widths[line.column].append(len(line.text))
    return {column: _full_width(found) for column, found in widths.items()}


def _full_width(found: Sequence[int]) -> float:
    widths = sorted(filter(None, found)) or [0]
    return FULL_LINE_SHARE * widths[round(WIDE_QUANTILE * (len(widths) - 1))]


def _lines(page: str, columns: Iterator[int]) -> Iterator[_Line]:
    """The lines of a page; `columns` gives the next column's number."""
    for part in _PART_START.split(page):
        column = next(columns) if part.startswith(COLUMN) else 0
        for line in part.lstrip(COLUMN + ACROSS).splitlines():
            yield _Line(" ".join(line.split()), column)


def _trimmed(lines: Sequence[_Line]) -> Sequence[_Line]:
    """The lines without empty ones at their ends; one line at least."""
    filled = [number for number, line in enumerate(lines) if line.text]
    return lines[filled[0] : filled[-1] + 1] if filled else [_Line("", 0)]


def _without_running_heads(pages: Sequence[Sequence[_Line]]) -> list[_Line]:
    """All lines but page numbers and running heads at the top and bottom of pages."""
    ends = [{page[0].text, page[-1].text} for page in pages]
    repeated = Counter(line for lines in ends for line in lines)
    shifts = Counter(
        shift
        for place, lines in enumerate(ends)
        for shift in {_shift(line, place) for line in lines}
    )

    def is_head(line: str, place: int) -> bool:
        shift = _shift(line, place)
        is_number = shift is not None and (shift == 1 or shifts[shift] >= SHARED_BY_PAGES)
        return is_number or repeated[line] >= max(RUNNING_HEAD_PAGES, len(pages) / 2)

    kept: list[_Line] = []
    for place, page in enumerate(pages):
        has_body = len(page) > 1  # a page of one line is all article
        first = 1 if has_body and is_head(page[0].text, place) else 0
        last = len(page) - 1 if has_body and is_head(page[-1].text, place) else len(page)
        kept.extend(page[first:last])
    return kept


def _shift(line: str, place: int) -> int | None:
    """A page number less the page's place, from 0: it is the same on all pages.

    A lone year or sum at the end of a page is shifted otherwise. None if it is no number.
    """
    match = _PAGE_NUMBER.fullmatch(line)
    return int(match["number"]) - place if match else None


def _paragraphs(lines: Sequence[_Line], full: Mapping[int, float]) -> Iterator[list[str]]:
    """Runs of lines that belong together; `full` is how many characters make a line full."""
    paragraph: list[str] = []
    column = 0
    for line in lines:
        leaves = bool(column) != bool(line.column)  # from columns to what is across them, or back
        if paragraph and (not line.text or leaves or _ends(paragraph[-1], line.text, full[column])):
            yield paragraph
            paragraph = []
        if line.text:
            paragraph.append(line.text)
            column = line.column
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
