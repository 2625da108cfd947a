"""Readers turn a question and the sentences on the table into drafts of statements."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from qa.table import Table


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence of an answer and the numbers of the sentences that it rests on.

    `before` is the white space between it and the draft before; `unknown` counts the numbers that
    were cited with it and are not on the table.
    """

    text: str
    numbers: tuple[int, ...]
    before: str = " "
    unknown: int = 0


class Reader(Protocol):
    """Answers from the table alone; no drafts means that the articles do not say."""

    name: str

    def read(self, question: str, table: Table) -> Iterator[Draft]:
        """Drafts in the order in which they are to be read. ModelError if the reader fails."""
