"""One line of JSON for each request and each fault; never a question, a text or a key."""

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog

Log = structlog.typing.FilteringBoundLogger


def make_log(stream: TextIO = sys.stderr) -> Log:
    """A log that writes to a stream; nothing is set up for the whole process."""
    log: Log = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
    )
    return log


def fault(error: BaseException) -> dict[str, Any]:
    """An exception without its message, which may quote an article: its kind, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(error).__name__, "frames": places}


class Forwarder(logging.Handler):
    """What libraries log, as lines of ours: who and where, but not the words, which may quote."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        error = record.exc_info[1] if record.exc_info else None
        told = fault(error) if error else {}
        place = f"{record.pathname}:{record.lineno} {record.funcName}"
        self._log.warning("library", logger=record.name, place=place, **told)
