"""The child process that parses PDF files: see `index.sources.pdf.parser_client`, which starts it.

Its standard input has files, its standard output an answer to each: eight bytes for the length,
then the file's bytes or JSON. It imports little, as it is waited for.
"""

import json
import resource
import signal
import sys

from index.sources.pdf.contents import LENGTH_BYTES, Contents, Unreadable
from index.sources.pdf.document import read

MEMORY_BYTES = 2**30
"""A file that needs more ends the process."""


def main() -> None:
    """Answer files until there are no more; the arguments are the most code points of text, and the
    seconds for each file."""
    max_chars, seconds = map(int, sys.argv[1:])
    _limit_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal: the parent's to deal with
    while header := sys.stdin.buffer.read(LENGTH_BYTES):
        data = sys.stdin.buffer.read(int.from_bytes(header, "big"))
        signal.alarm(seconds)  # ends the process, wherever it is
        answer = json.dumps(_answer(data, max_chars)).encode()
        signal.alarm(0)
        sys.stdout.buffer.write(len(answer).to_bytes(LENGTH_BYTES, "big") + answer)
        sys.stdout.buffer.flush()


def _limit_memory() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _answer(data: bytes, max_chars: int) -> Contents | dict[str, str]:
    try:
        return read(data, max_chars)
    except Unreadable as error:
        return {"reason": error.reason, "hint": error.hint}
