"""How a command ends that met an error which nobody foresaw: one line, a log, a code of its own."""

import os
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from qa.settings import state_folder
from qa.terminal.output import printable

FAULT = 70
"""EX_SOFTWARE of sysexits.h: the program is at fault, not what it was asked."""

MOST_CHARS = 200
"""Of the error's own words on the line; the log has all of them."""


def tell_fault(error: BaseException) -> int:
    """Say on one line that it is a fault of the program and where the traceback is: in the state
    folder's log, or on standard error if that cannot be written. Returns the exit code."""
    found = "".join(traceback.format_exception(error))
    words = " ".join(f"{type(error).__name__}: {error}".split())[:MOST_CHARS]
    told = f"error: this is a fault of qa itself ({printable(words)}); the traceback"
    with suppress(OSError):  # nobody reads standard error
        try:
            file = _logged(found)
        except OSError:
            click.echo(f"{told} follows, as no log can be written\n{printable(found)}", err=True)
        else:
            click.echo(f"{told} is at the end of {printable(str(file))}", err=True)
    return FAULT


def _logged(found: str) -> Path:
    """The log with a traceback added. It may quote articles, so only its owner may read it."""
    file = state_folder(os.environ) / "faults.log"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8", errors="backslashreplace") as log:
        log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{found}\n")
    return file
