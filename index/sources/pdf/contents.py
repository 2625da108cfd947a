"""PDF files -> the text of their pages and what they say of themselves, in a child process."""

from typing import TypedDict

LENGTH_BYTES = 8
"""How many bytes, big-endian, say how long the file or the answer is that follows them."""


COLUMN, ACROSS = "\f", "\v"
"""What stands before the text of a column, and before what is below all columns."""


class Contents(TypedDict):
    """What is in a file: the text of each page, in lines, with COLUMN and ACROSS in it, and the
    fields of Info and XMP."""

    pages: list[str]
    fields: dict[str, list[str]]


class Unreadable(Exception):
    """The file cannot be read; `reason` is the end of a sentence about it."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
