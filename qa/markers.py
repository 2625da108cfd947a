"""A model's text with [7] markers to drafts of statements. Pure, streaming, linear.

No regular expression reads the text: a published one for this takes seconds on 26 digits. Any
way of cutting a text into pieces gives the same drafts, as nothing is decided before the
characters that decide it are there.
"""

import unicodedata
from collections.abc import Generator, Iterator

from qa.readers import Draft

_OPENING = {"[": "]", "【": "】", "［": "］"}
_MARKER_CHARS = 64
"""A bracket that is not closed within so many characters is no marker."""

_MOST_NUMBERS = 16
_LONGEST_RANGE = 10
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_WORDS = ("source", "sources", "sentence", "sentences", "s", "^")
_ENDS = ".!?…。！？"
_CLOSERS = "\"'”’»)*_"
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "gen", "sen", "rep", "gov", "st", "lt", "col", "no", "vs"}
    | {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)


class Scanner:
    """Feed it a model's text piece by piece; it gives a draft as soon as a statement is over."""

    def __init__(self, known: int) -> None:
        """`known` is how many numbers are on the table: 1 to `known` are citations."""
        self._known = known
        self._buffer = ""
        self._text = ""
        self._numbers: list[int] = []
        self._before = ""
        self._gap = ""
        self.dropped = 0
        """Numbers that were cited and are not on the table."""

    def feed(self, piece: str) -> Iterator[Draft]:
        """The statements that `piece` completes."""
        self._buffer += piece
        yield from self._scan(last=False)

    def end(self) -> Iterator[Draft]:
        """The statements that the end of the text completes."""
        yield from self._scan(last=True)
        yield from self._release("")

    def _scan(self, last: bool) -> Iterator[Draft]:
        at = 0
        while at < len(self._buffer):
            if self._buffer[at] in _OPENING:
                length = self._marker(at, last)
            elif self._buffer[at].isspace():
                length = yield from self._space(at, last)
            else:
                length = 1
                self._write(self._buffer[at])
            if not length:
                break
            at += length
        self._buffer = self._buffer[at:]

    def _marker(self, at: int, last: bool) -> int:
        """Take what stands at an opening bracket; its length, 0 if more must be seen."""
        opening = self._buffer[at]
        close = self._buffer.find(_OPENING[opening], at + 1, at + _MARKER_CHARS)
        if close < 0 and not last and len(self._buffer) - at < _MARKER_CHARS:
            return 0
        numbers = None if close < 0 else _numbers(self._buffer[at + 1 : close])
        if numbers is None or (not self._gap and _is_index(self._text)):
            self._write(opening)
            return 1
        cited = [n for n in numbers if 0 < n <= self._known]
        if not cited and any(1000 <= n < 3000 for n in numbers):  # a year: [2024]
            self._write(self._buffer[at : close + 1])
            return close + 1 - at
        self.dropped += len(numbers) - len(cited)
        self._numbers += cited
        return close + 1 - at

    def _space(self, at: int, last: bool) -> Generator[Draft, None, int]:
        """Take white space: a statement ends here unless a marker follows; its length or 0."""
        stop = at
        while stop < len(self._buffer) and self._buffer[stop].isspace():
            stop += 1
        if stop == len(self._buffer) and not last:
            return 0
        space = self._buffer[at:stop]
        follows = self._buffer[stop : stop + 1]
        if follows in _OPENING:
            self._gap = space
            return stop - at
        if self._text and ("\n" in space or _is_over(self._text)):
            yield from self._release(space)
        else:
            self._gap = space
        return stop - at

    def _write(self, text: str) -> None:
        """Add to the statement, with the white space that was held back before it."""
        self._text += (self._gap if self._text else "") + text
        self._gap = ""

    def _release(self, space: str) -> Iterator[Draft]:
        text = self._text.strip()
        if text:
            yield Draft(text, tuple(dict.fromkeys(self._numbers)), self._before or " ")
            self._text, self._numbers, self._gap = "", [], ""
        self._before = "\n" if "\n" in space else " "


def _is_index(text: str) -> bool:
    """Whether a bracket behind `text` is an index, as in x[1]."""
    return bool(text) and text[-1].isalnum() and not text[-2:-1].isalnum()


def _is_over(text: str) -> bool:
    """Whether a sentence ends with `text`."""
    words = text.rstrip(_CLOSERS)
    if not words or words[-1] not in _ENDS:
        return False
    last = words[-40:].split()[-1].rstrip(_ENDS).casefold() if words.split() else ""
    return words[-1] != "." or not (
        last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()) or _is_initials(last)
    )


def _is_initials(word: str) -> bool:
    """u.s, e.g and the like."""
    parts = word.split(".")
    return len(parts) > 1 and all(len(part) == 1 and part.isalpha() for part in parts)


def _numbers(inside: str) -> list[int] | None:
    """The numbers in a marker: `7`, `7, 9`, `7-9`, `S7`, `Source 7`; None if it is no marker."""
    words = inside.strip(" []^").casefold()
    for word in sorted(_WORDS, key=len, reverse=True):
        words = words.removeprefix(word).strip() if words.startswith(word) else words
    numbers: list[int] = []
    for part in words.replace(";", ",").split(","):
        found = _range(part.strip())
        if found is None:
            return None
        numbers += found
    return numbers[:_MOST_NUMBERS]


def _range(part: str) -> list[int] | None:
    for dash in _DASHES:
        first, separator, second = part.partition(dash)
        if separator:
            start, stop = _digits(first.strip()), _digits(second.strip())
            if start is None or stop is None or not start <= stop:
                return None
            return list(range(start, min(stop, start + _LONGEST_RANGE - 1) + 1))
    number = _digits(part)
    return None if number is None else [number]


def _digits(text: str) -> int | None:
    """A number of at most nine digits, in any script."""
    if not 0 < len(text) <= 9:
        return None
    values = [unicodedata.decimal(char, None) for char in text]
    if None in values:
        return None
    return int("".join(str(value) for value in values))
