"""From a file to its text: bytes within bounds, decoded by what the file declares.

Nothing is guessed. A text is UTF-8 (a byte order mark is taken off) or UTF-16 with a byte
order mark; only HTML may declare another character set. A wrong guess would be cited.
"""

import codecs
import os
import stat
import unicodedata
from pathlib import Path

from index.errors import ArticleError

MAX_FILE_BYTES = 64 * 2**20
"""The largest file, and the longest line of JSON lines, that is read."""

SAMPLE = 8_000
"""How much of a file's beginning (bytes or code points) shows whether it is text."""

MAX_CONTROL_SHARE = 0.05
"""A sample with a larger share of control characters is not text."""

LAYOUT = "\t\n\v\f\r\x1b\x85"
"""Control characters that texts do have: line and page ends, terminal colours."""

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def display(path: Path) -> str:
    """The path for people and for ids: undecodable bytes of a file name are written `\\xe9`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def too_large(size: int, limit: int, unit: str) -> str:
    """The end of an error's sentence, with both numbers."""
    return f"is too large: {size:,} {unit}, and {limit:,} are allowed"


def unreadable(path: Path, error: OSError | ValueError) -> ArticleError:
    """The operating system's reason as an ArticleError. ValueError: a NUL in the file's name."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ArticleError(display(path), f"cannot be read: {reason or error}")


def check_is_file(path: Path) -> int:
    """The size of a regular file, in bytes. ArticleError if it is anything else.

    A pipe or a device is refused before it is opened: opening it could wait for ever.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise ArticleError(display(path), "cannot be read: it is not a regular file")
    return status.st_size


def read_bytes(path: Path) -> bytes:
    """All bytes of a regular file of at most MAX_FILE_BYTES, not empty, else ArticleError."""
    size = check_is_file(path)
    data = b""
    if size <= MAX_FILE_BYTES:
        try:
            with path.open("rb") as file:
                data = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise unreadable(path, error) from error
    check_size(max(size, len(data)), display(path))
    if not data:
        raise ArticleError(display(path), "is empty")
    return data


def check_size(size: int, name: str) -> None:
    """ArticleError if `size` bytes are more than MAX_FILE_BYTES."""
    if size > MAX_FILE_BYTES:
        raise ArticleError(name, too_large(size, MAX_FILE_BYTES, "bytes"))


def decode(data: bytes, name: str, charset: str = "utf-8") -> str:
    """The text without a byte order mark, which outranks `charset` (a codec's name).

    ArticleError if the bytes are empty, binary or undecodable; the latter with line and column.
    """
    if data.startswith(UTF16_MARKS):
        charset = "utf-16"
    elif b"\0" in data[:SAMPLE]:
        raise ArticleError(name, "is binary, not text")
    elif data.startswith(codecs.BOM_UTF8):
        data, charset = data.removeprefix(codecs.BOM_UTF8), "utf-8"
    try:
        text = data.decode(charset)
    except UnicodeDecodeError as error:
        raise _undecodable(error, name, charset) from error
    _check_is_text(text, name)
    return text


def _undecodable(error: UnicodeDecodeError, name: str, charset: str) -> ArticleError:
    """Where the first undecodable byte stands: line and column from 1, in code points."""
    before = error.object[: error.start].decode(charset, "ignore")
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    byte = error.object[error.start]
    reason = f"not {charset.upper()}: byte 0x{byte:02x} in column {column}"
    return ArticleError(name, reason, line, hint="save it as UTF-8")


def _check_is_text(text: str, name: str) -> None:
    """ArticleError if the text is white, or its beginning has NULs or many control characters."""
    if not text or text.isspace():
        raise ArticleError(name, "is empty")
    sample = text[:SAMPLE]
    controls = sum(unicodedata.category(char) == "Cc" for char in sample if char not in LAYOUT)
    if "\0" in sample or controls > MAX_CONTROL_SHARE * len(sample):
        raise ArticleError(name, "is binary, not text")
