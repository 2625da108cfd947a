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
_PUNCTUATION = _ENDS + ",;:)»”’"
_LAST_WORD = 60
"""Characters that tell whether a sentence is over."""
_CLOSERS = "\"'”’»)*_"
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "gen", "sen", "rep", "gov", "st", "lt", "col", "no", "vs"}
    | {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)


class Scanner:
    """Feed it a model's text piece by piece; it gives a draft as soon as a statement is over.

    White space inside a statement becomes one blank; a line's end ends the statement.
    """

    def __init__(self, known: int) -> None:
        """`known` is how many numbers are on the table: 1 to `known` are citations."""
        self._known = known
        self._buffer = ""
        self._statement: list[str] = []
        self._numbers: list[int] = []
        self._space = ""
        self._marked = False
        self._before = " "
        self._unknown = 0

    def feed(self, piece: str) -> Iterator[Draft]:
        """The statements that `piece` completes."""
        self._buffer += piece
        yield from self._scan(last=False)

    def end(self) -> Iterator[Draft]:
        """The statements that the end of the text completes."""
        yield from self._scan(last=True)
        yield from self._release()

    def _scan(self, last: bool) -> Iterator[Draft]:
        at = 0
        while at < len(self._buffer):
            char = self._buffer[at]
            length = 1
            if char.isspace():
                self._space = "\n" if char == "\n" else self._space or " "
            elif char in _OPENING:
                length = yield from self._bracket(at, last)
            else:
                yield from self._say(char)
            if not length:
                break
            at += length
        self._buffer = self._buffer[at:]

    def _bracket(self, at: int, last: bool) -> Generator[Draft, None, int]:
        """Take what stands at an opening bracket; its length, 0 if more must be seen."""
        opening = self._buffer[at]
        twice = 2 if self._buffer[at + 1 : at + 2] == opening else 1
        close = self._buffer.find(_OPENING[opening] * twice, at + twice, at + _MARKER_CHARS)
        if close < 0 and not last and len(self._buffer) - at < _MARKER_CHARS:
            return 0
        numbers = None if close < 0 else _numbers(self._buffer[at + twice : close])
        if numbers is None or self._is_index() or self._is_year(numbers):
            yield from self._say(opening)
            return 1
        cited = [n for n in numbers if 0 < n <= self._known]
        self._unknown += len(numbers) - len(cited)
        self._numbers += cited
        self._marked = True
        return close + twice - at

    def _is_year(self, numbers: list[int]) -> bool:
        """Whether a bracket holds a year and no number of the table, as in [2024]."""
        return min(numbers) > self._known and any(1000 <= n < 3000 for n in numbers)

    def _is_index(self) -> bool:
        """Whether a bracket here is an index, as in x[1]."""
        behind = self._end(2)
        return bool(behind) and not self._space and behind[-1].isalnum() and not behind[0].isalnum()

    def _say(self, char: str) -> Iterator[Draft]:
        """Add to the statement, or begin the next one if white space was its end.

        White space that stood before a marker goes with it where punctuation follows.
        """
        if self._space and self._statement:
            if self._space == "\n" or _is_over(self._end(_LAST_WORD)):
                yield from self._release()
            elif not (self._marked and char in _PUNCTUATION):
                self._statement.append(" ")
        self._statement.append(char)
        self._space, self._marked = "", False

    def _end(self, characters: int) -> str:
        return "".join(self._statement[-characters:])

    def _release(self) -> Iterator[Draft]:
        if self._statement:
            numbers = tuple(dict.fromkeys(self._numbers))
            yield Draft("".join(self._statement), numbers, self._before, self._unknown)
            self._before = self._space
        self._statement, self._numbers, self._unknown = [], [], 0


def _is_over(text: str) -> bool:
    """Whether a sentence ends with `text`."""
    words = text.rstrip(_CLOSERS)
    if not words or words[-1] not in _ENDS:
        return False
    last = words.split()[-1].rstrip(_ENDS).casefold() if words.split() else ""
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
