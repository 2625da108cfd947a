"""The child process that parses PDF files, from the parent's side.

pdfium is C++ and not thread-safe, and a file is anybody's: a crash or an endless loop has to be
that file's error and nothing more. Starting a child takes longer than reading a short file, so one
is kept for the next.
"""

import atexit
import json
import signal
import subprocess
from typing import cast

from index.child_process import SAFE_FOLDER, command
from index.sources.pdf.contents import LENGTH_BYTES, Contents, Unreadable

SECONDS = 60
"""How long a child may take for one file; 1,000 pages take a few."""

KEPT = 1
"""How many idle children wait for the next file. As many as there are files at a time do run."""

_HINT = "save it anew, in parts if it is long"


class _Child:
    """One process of `index.sources.pdf.parser_process`."""

    def __init__(self, max_chars: int, seconds: int) -> None:
        self.limits = max_chars, seconds
        self._process = subprocess.Popen(
            command("index.sources.pdf.parser_process", str(max_chars), str(seconds)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=SAFE_FOLDER,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, data: bytes) -> bytes:
        """The answer to a file. Unreadable if the process ends over it."""
        try:
            self._to.write(len(data).to_bytes(LENGTH_BYTES, "big"))
            self._to.write(data)
            self._to.flush()
        except BrokenPipeError:
            return self._died()
        length = int.from_bytes(self._from.read(LENGTH_BYTES), "big")
        answer = self._from.read(length)
        return answer if answer and len(answer) == length else self._died()

    def _died(self) -> bytes:
        code = self._process.wait()
        if code == -signal.SIGALRM:
            raise Unreadable(f"takes longer than {self.limits[1]} s to read", _HINT)
        reason = f"the process that reads PDFs ended over it (status {code})"
        raise Unreadable(f"cannot be read: {reason}", _HINT)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


_idle: list[_Child] = []


def read(data: bytes, max_chars: int, seconds: int = SECONDS) -> Contents:
    """What is in a PDF file. Unreadable if it is broken or locked, if its text is longer than
    `max_chars` code points, or if it takes longer than `seconds`."""
    child = _take(max_chars, seconds)
    try:
        answer = json.loads(child.ask(data))
    except BaseException:
        child.close()
        raise
    _give_back(child)
    if "reason" in answer:
        raise Unreadable(**answer)
    return cast(Contents, answer)


def _take(max_chars: int, seconds: int) -> _Child:
    """A child with these limits: one that waits, else a new one."""
    while _idle:
        try:
            child = _idle.pop()
        except IndexError:  # another thread took it
            break
        if child.is_alive() and child.limits == (max_chars, seconds):
            return child
        child.close()
    return _Child(max_chars, seconds)


def _give_back(child: _Child) -> None:
    if len(_idle) < KEPT:
        _idle.append(child)
    else:
        child.close()


@atexit.register
def close() -> None:
    """End the children that wait."""
    while _idle:
        _idle.pop().close()
