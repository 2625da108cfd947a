"""A model's text with [7] markers to drafts of statements. Pure, streaming, linear.

No regular expression reads the text: a published one for this takes seconds on 26 digits. Any
way of cutting a text into pieces gives the same drafts, as nothing is decided before the
characters that decide it are there. The forms are in `qa.readers.llm.marker_patterns`.
"""

from collections.abc import Container, Generator, Iterator
from string import ascii_lowercase

from qa.readers.llm.marker_patterns import ENDS, LAST_WORD, OPENING, heads_sources, is_over, marker
from qa.readers.protocol import DraftStatement

_CODE_CHARS = 200
"""A backtick that is not closed within so many characters, on its line, is a backtick."""

_FENCE = "```"
_PUNCTUATION = ENDS + ",;:)»”’"


class Scanner:
    """Feed it a model's text piece by piece; it gives a draft as soon as a statement is over.

    White space inside a statement becomes one blank; a line's end ends the statement. A list of
    sources at the end is cut off; code is left as it is.
    """

    def __init__(self, known: Container[int]) -> None:
        """`known` are the numbers in the context; others are dropped and counted."""
        self._known = known
        self._buffer = ""
        self._statement: list[str] = []
        self._numbers: list[int] = []
        self._waiting: list[int] = []
        """Numbers between two statements, until what follows tells whose they are."""
        self._leads = False
        """Whether the statement's numbers stood before it."""
        self._space = ""
        self._marked = False
        self._before = " "
        self._unknown = 0
        self._fenced = False
        self._wrapped = False
        """Whether the whole answer stands between fences."""
        self._began = False
        self._cut = False

    def feed(self, piece: str) -> Iterator[DraftStatement]:
        """The statements that `piece` completes."""
        self._buffer += piece
        yield from self._scan(last=False)

    def end(self) -> Iterator[DraftStatement]:
        """The statements that the end of the text completes."""
        yield from self._scan(last=True)
        self._settle()
        yield from self._release()

    def _scan(self, last: bool) -> Iterator[DraftStatement]:
        at = 0
        while at < len(self._buffer) and not self._cut:
            length = yield from self._take(at, last)
            if not length:
                break
            at += length
        self._buffer = self._buffer[at:]

    def _take(self, at: int, last: bool) -> Generator[DraftStatement, None, int]:
        """Take what stands at `at`; its length, 0 if more must be seen."""
        char = self._buffer[at]
        if char.isspace():
            return self._rest(char)
        if char == "`":
            return (yield from self._code(at, last))
        if char == "\\" and (last or at + 1 < len(self._buffer)):
            escapes = self._buffer[at + 1 : at + 2] in ("[", "]")
            return 1 if escapes else (yield from self._say(char))
        if char == "\\":
            return 0
        if self._may_head() and (heads := heads_sources(self._buffer, at, last)) is not False:
            self._cut = heads is True
            return 0
        if char in OPENING and not self._fenced:
            return (yield from self._bracket(at, last))
        return (yield from self._say(char))

    def _may_head(self) -> bool:
        """Whether a list of sources may begin here: on a line of its own, something said before."""
        return not self._fenced and self._space == "\n" and bool(self._statement)

    def _rest(self, char: str) -> int:
        """White space; what stood alone on its line belongs to the statement before."""
        if char == "\n":
            self._settle()
        self._space = "\n" if char == "\n" else self._space or " "
        return 1

    def _code(self, at: int, last: bool) -> Generator[DraftStatement, None, int]:
        """Code as it is: between fences, or between two backticks of a line."""
        if len(self._buffer) - at < len(_FENCE) and not last:
            return 0
        if self._buffer.startswith(_FENCE, at):
            return (yield from self._fence(at, last))
        window = "" if self._fenced else self._buffer[at + 1 : at + _CODE_CHARS]
        line, newline, _ = window.partition("\n")
        close = line.find("`")
        open_end = not (self._fenced or newline or last) and len(window) < _CODE_CHARS - 1
        if close < 0 and open_end:
            return 0
        return (yield from self._say("`" + line[: close + 1]))

    def _fence(self, at: int, last: bool) -> Generator[DraftStatement, None, int]:
        """A fence on a line of its own; one around the whole answer goes, with its language."""
        if self._space != "\n" and (self._statement or self._began):
            return (yield from self._say(_FENCE))
        if not self._began and not self._statement:
            line, newline, _ = self._buffer[at : at + _CODE_CHARS].partition("\n")
            if not (newline or last or len(line) == _CODE_CHARS):
                return 0
            self._wrapped = True
            return len(line)
        if self._wrapped:
            self._wrapped = False
            return len(_FENCE)
        self._fenced = not self._fenced
        return (yield from self._say(_FENCE))

    def _bracket(self, at: int, last: bool) -> Generator[DraftStatement, None, int]:
        """Take what stands at an opening bracket; its length, 0 if more must be seen."""
        found = marker(self._buffer, at, last)
        if found is None:
            return 0
        numbers, length = found
        if not length or self._is_index() or self._is_year(numbers):
            return (yield from self._say(self._buffer[at]))
        self._cite(numbers)
        return length

    def _cite(self, numbers: list[int]) -> None:
        cited = [n for n in numbers if n in self._known]
        self._unknown += len(numbers) - len(cited)
        self._leads = self._leads or not self._statement
        between = self._space == "\n" or (self._leads and bool(self._space) and self._is_over())
        if self._statement and (self._waiting or between):
            self._waiting += cited
        else:
            self._numbers += cited
        self._marked = True

    def _settle(self) -> None:
        """Numbers that are waiting are the statement's."""
        self._numbers += self._waiting
        self._waiting = []

    def _is_over(self) -> bool:
        return is_over(self._end(LAST_WORD))

    def _is_year(self, numbers: list[int]) -> bool:
        """Whether a bracket holds a year and no number of the context, as in [2024]."""
        return any(1000 <= n < 3000 for n in numbers) and not any(n in self._known for n in numbers)

    def _is_index(self) -> bool:
        """Whether a bracket here is an index, as in x[1]: behind a small letter by itself."""
        behind = self._end(2)
        if self._space or not behind or behind[-1] not in ascii_lowercase:
            return False
        return len(behind) == 1 or not behind[0].isalnum()

    def _say(self, text: str) -> Generator[DraftStatement, None, int]:
        """Add to the statement, or begin the next one if white space was its end.

        White space that stood before a marker goes with it where punctuation follows.
        """
        joins = self._marked and text in _PUNCTUATION
        if joins:
            self._settle()
        if self._space and self._statement:
            if (self._space == "\n" and not joins) or self._is_over():
                yield from self._release()
            elif not joins:
                self._statement.append(" ")
        self._settle()
        self._began = True
        self._statement += text
        self._space, self._marked = "", False
        return len(text)

    def _end(self, characters: int) -> str:
        return "".join(self._statement[-characters:])

    def _release(self) -> Iterator[DraftStatement]:
        if self._statement:
            numbers = tuple(dict.fromkeys(self._numbers))
            yield DraftStatement("".join(self._statement), numbers, self._before, self._unknown)
            self._before = self._space
        self._statement, self._numbers, self._unknown = [], [], 0
        self._leads = bool(self._waiting)
