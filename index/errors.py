"""Every error that the project raises on purpose.

    QAError
    +-- InputError              400  exit 2  the caller can mend it
    |   +-- ArticleError        422  exit 2  a file or row that is no article
    |   +-- InvalidRequest      422  exit 2  a request without what it needs
    |   +-- MethodNotAllowed    405  exit 2  an address that does not take this method
    |   +-- TooLarge            413  exit 2  a body over the limit
    +-- Unauthorized            401  exit 4  no key, or an unknown one
    +-- Forbidden               403  exit 4  a key, host or origin that may not do this
    +-- NotFound                404  exit 3  no such article, version or span
    |   +-- UnknownFilter       404  exit 3  a filter for a source or article that is not there
    +-- LibraryError            500  exit 4  the data folder cannot be used
    |   +-- LibraryBusy         409  exit 4  another process owns it
    |   +-- EncoderMismatch     409  exit 4  it was made with another encoder
    +-- IndexUnavailable        503  exit 5  an index is lost; it can be rebuilt
    +-- EncoderError            503  exit 6  the embedding service failed
    +-- ModelError              502  exit 6  the language model failed
    |   +-- ModelTimeout        504  exit 6  it did not answer within the deadline
    |   +-- ContextOverflow     502  exit 6  the prompt does not fit its window
    +-- ServiceUnavailable      503  exit 6  a server cannot be reached, or broke off
    +-- Passing                 503  exit 6  the same again, a little later, works
        +-- TooManyRequests     429  exit 6  more than one caller may send
        +-- Overloaded          503  exit 6  as much as the server can do is being done
        +-- Overtaken           503  exit 6  an article went while it was being read

`status` is the HTTP status and `exit_code` the way a command ends. The message is one
sentence that says what happened; `hint` says what to do next.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar


class QAError(Exception):
    """Something failed that ought to work.

    The root of all errors: a sentence for people, a hint, an HTTP status and an exit code.
    """

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 4

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(QAError):
    """The request is wrong and the caller can mend it."""

    status = 400
    exit_code = 2


class ArticleError(InputError):
    """`path` (a file, a URL, `-`, an article id) holds no readable article.

    `line` counts from 1 where the fault has a line; `reason` is the sentence's end.
    """

    status = 422

    def __init__(self, path: str, reason: str, line: int | None = None, hint: str = "") -> None:
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {reason}", hint)
        self.path = path
        self.reason = reason
        self.line = line


class InvalidRequest(InputError):
    """The request lacks what it needs, or has what nobody knows.

    `faults` are (where, what).
    """

    status = 422
    faults: Sequence[tuple[str, str]] = ()

    def __init__(self, message: str, hint: str, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(message, hint)
        self.faults = faults


class MethodNotAllowed(InputError):
    """The address does not take this method."""

    status = 405


class TooLarge(InputError):
    """The body of the request is over the limit."""

    status = 413


class Unauthorized(QAError):
    """A key is needed, and none came or an unknown one."""

    status = 401


class Forbidden(QAError):
    """This key, or this host or origin, may not do this."""

    status = 403


class NotFound(QAError):
    """There is no such article, version or span."""

    status = 404
    exit_code = 3


class UnknownFilter(NotFound):
    """A filter names a source or an article that is not there."""


class LibraryError(QAError):
    """The data folder cannot be used."""


class LibraryBusy(LibraryError):
    """Another process owns the data folder; `url` is where it can be asked, if it can."""

    status = 409
    url = ""


class EncoderMismatch(LibraryError):
    """The data folder was made with another encoder or other passage settings."""

    status = 409


class IndexUnavailable(QAError):
    """An index cannot be read or written; the catalog still has everything in it."""

    status = 503
    exit_code = 5


@contextmanager
def unavailable(index: str, *kinds: type[Exception]) -> Iterator[None]:
    """What a library says of its index, an error of these kinds or a panic of its Rust code, as
    IndexUnavailable."""
    try:
        yield
    except BaseException as error:
        # A panic is no Exception and its class cannot be imported.
        if isinstance(error, kinds) or type(error).__module__ == "pyo3_runtime":
            raise IndexUnavailable(f"{index} failed: {error}", "run `qa rebuild`") from error
        raise


class EncoderError(QAError):
    """The embedding service did not return usable vectors."""

    status = 503
    exit_code = 6


class ModelError(QAError):
    """The language model or its server did not do its part."""

    status = 502
    exit_code = 6


class ModelTimeout(ModelError):
    """The language model did not finish within the deadline."""

    status = 504


class ContextOverflow(ModelError):
    """The prompt is longer than the language model's window."""


class ServiceUnavailable(QAError):
    """The server cannot be reached, or broke off."""

    status = 503
    exit_code = 6


class Passing(QAError):
    """The same request works later, after `retry_seconds`."""

    status = 503
    exit_code = 6
    retry_seconds = 1


class TooManyRequests(Passing):
    """More requests than one caller may send."""

    status = 429


class Overloaded(Passing):
    """As much as the server can do at once is being done."""


class Overtaken(Passing):
    """An article was removed while a request was reading it."""


def error_named(name: str, message: str, hint: str) -> QAError:
    """An error of the class with this name, from another process or a stream; else a QAError."""
    known: list[type[QAError]] = [QAError]
    for kind in known:
        known += kind.__subclasses__()
    found = next((kind for kind in known if kind.__name__ == name), QAError)
    error = found.__new__(found)
    QAError.__init__(error, message, hint)
    return error
