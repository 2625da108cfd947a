"""A page of pdfium's -> its lines, in pieces where a line has wide gaps, with their places."""

import ctypes
import re
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2.raw as pdfium

HYPHEN = "\ufffe"
"""What pdfium writes for a hyphen at a line's end, and the line's end with it."""

GAP_SHARE = 0.7
"""A gap between words as wide as this share of the line's height may be one between columns."""

_LINE = re.compile(rf"[^\r\n{HYPHEN}]+")
_BLANKS = re.compile(r"\s++")


class Box(NamedTuple):
    """A place on the page as it is seen, whichever way it is turned: points, from below left."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def is_level_with(self, other: "Box") -> bool:
        """Whether they stand in the same row: half of the lower one's height is beside the other"""
        beside = min(self.top, other.top) - max(self.bottom, other.bottom)
        return beside > min(self.height, other.height) / 2


class Piece(NamedTuple):
    """Text that stands in one place of a line."""

    text: str
    box: Box


Line = list[Piece]


def lines_of(text_page: pdfium.FPDF_TEXTPAGE, rotation: int) -> Iterator[Line]:
    """The lines in the order in which the file draws them; `rotation` is in quarters of a turn."""
    text = _all_text(text_page)
    boxes = _Boxes(text_page, text, rotation)
    for match in _LINE.finditer(text):
        hyphen = "-" if text[match.end() : match.end() + 1] == HYPHEN else ""
        if match[0].strip():
            yield _pieces(text, *match.span(), boxes, hyphen)


class _Boxes:
    """The places of the characters at offsets of a page's text."""

    def __init__(self, text_page: pdfium.FPDF_TEXTPAGE, text: str, rotation: int) -> None:
        self._page, self._rotation = text_page, rotation
        self._is_plain = len(text) == pdfium.FPDFText_CountChars(text_page)
        self._rect = pdfium.FS_RECTF()

    def __getitem__(self, at: int) -> Box:
        rect = self._at(at)
        return rotated(Box(rect.left, rect.bottom, rect.right, rect.top), self._rotation)

    def gap(self, before: int, after: int) -> float:
        """How many points are between two characters of a line. Asked for at every blank."""
        if self._rotation:
            return self[after].left - self[before].right
        right = float(self._at(before).right)
        return float(self._at(after).left) - right

    def _at(self, at: int) -> pdfium.FS_RECTF:
        page, rect = self._page, self._rect
        index = at if self._is_plain else pdfium.FPDFText_GetCharIndexFromTextIndex(page, at)
        pdfium.FPDFText_GetLooseCharBox(page, index, rect)
        return rect


def rotated(box: Box, rotation: int) -> Box:
    """The box after so many quarters of a turn clockwise around the origin."""
    left, bottom, right, top = box
    match rotation:
        case 1:
            return Box(bottom, -right, top, -left)
        case 2:
            return Box(-right, -top, -left, -bottom)
        case 3:
            return Box(-top, left, -bottom, right)
    return box


def _all_text(text_page: pdfium.FPDF_TEXTPAGE) -> str:
    count = pdfium.FPDFText_CountChars(text_page)
    buffer = (ctypes.c_ushort * (2 * count + 1))()  # a character may take two
    size = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    return bytes(buffer)[: 2 * max(0, size - 1)].decode("utf-16-le", "replace")


def _pieces(text: str, start: int, end: int, boxes: _Boxes, hyphen: str) -> Line:
    """The line text[start:end], cut at its wide gaps, with the hyphen that it ends in."""
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    pieces = []
    first, last = boxes[start], boxes[end - 1]
    widest = GAP_SHARE * first.height
    for blanks in _BLANKS.finditer(text, start, end):
        before, after = blanks.start() - 1, blanks.end()
        if boxes.gap(before, after) >= widest:
            pieces.append(Piece(text[start : before + 1], _around(first, boxes[before])))
            start, first = after, boxes[after]
    pieces.append(Piece(text[start:end] + hyphen, _around(first, last)))
    return pieces


def _around(first: Box, last: Box) -> Box:
    return Box(
        min(first.left, last.left),
        min(first.bottom, last.bottom),
        max(first.right, last.right),
        max(first.top, last.top),
    )
