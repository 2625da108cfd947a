"""A real program in a pseudo-terminal, and the screen that a person in front of it sees."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pexpect
import pyte

PATIENCE_SECONDS = 30.0

QA = [sys.executable, "-c", "from eval.cli import main; main()"]
"""The command `qa`, run by the interpreter of the tests."""


class Terminal:
    """Types, looks, and changes its size."""

    def __init__(
        self, words: Sequence[str], env: Mapping[str, str], columns: int, rows: int
    ) -> None:
        self.raw = ""
        """All that the program wrote."""
        self._screen = _Answering(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._program: Any = pexpect.spawn(
            words[0], list(words[1:]), env=dict(env), dimensions=(rows, columns), encoding="utf-8"
        )
        self._screen.answer = self._program.send

    @property
    def lines(self) -> list[str]:
        """What is on the screen, without the white space at the ends, top to bottom."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def marked(self) -> str:
        """The characters in reverse video on the screen."""
        cells = (self._screen.buffer[y][x] for y in range(self._screen.lines)
                 for x in range(self._screen.columns))  # fmt: skip
        return "".join(cell.data for cell in cells if cell.reverse).strip()

    def colour(self, text: str) -> str:
        """The colour of the first character of `text` on the screen."""
        y = next(n for n, line in enumerate(self._screen.display) if text in line)
        return str(self._screen.buffer[y][self._screen.display[y].index(text)].fg)

    def type(self, keys: str) -> None:
        self._program.send(keys)

    def sees(self, text: str) -> None:
        """Wait until `text` is on the screen."""
        while not any(text in line for line in self._screen.display):
            self._read()

    def sees_no(self, text: str) -> None:
        """Wait until `text` is not on the screen any more."""
        while any(text in line for line in self._screen.display):
            self._read()

    def resize(self, columns: int, rows: int) -> None:
        self._program.setwinsize(rows, columns)
        self._screen.resize(rows, columns)

    def hang_up(self) -> None:
        """Close the window."""
        self._program.kill(signal.SIGHUP)

    def end(self) -> int:
        """Wait for the program's end; its exit code."""
        self._program.expect(pexpect.EOF, timeout=PATIENCE_SECONDS)
        self.raw += self._program.before
        self._program.close()
        return int(self._program.exitstatus)

    def kill(self) -> None:
        self._program.close(force=True)

    def _read(self) -> None:
        try:
            said = self._program.read_nonblocking(4096, PATIENCE_SECONDS)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            raise AssertionError("the screen is\n" + "\n".join(self.lines)) from error
        self.raw += said
        self._stream.feed(said)


class _Answering(pyte.Screen):
    """A screen that tells a program where the cursor is, as terminals do."""

    def write_process_input(self, data: str) -> None:
        self.answer(data)


@contextmanager
def terminal(*words: str, columns: int = 80, rows: int = 24, **env: str) -> Iterator[Terminal]:
    """`qa` with these words, in a terminal of this size, with only this environment besides."""
    given = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", **env}
    made = Terminal([*QA, *words], given, columns, rows)
    try:
        yield made
    finally:
        made.kill()
