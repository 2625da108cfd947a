"""Readers turn a question and the sentences in the context into drafts of statements."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from index.model import Span
from qa.context.numbered_sentences import Context


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """One sentence of an answer and the numbers of the sentences that it rests on.

    `before` is the white space between it and the draft before; `unknown` counts the numbers that
    were cited with it and are not in the context; `answer` is where in the text the words stand
    that are the answer in short.
    """

    text: str
    numbers: tuple[int, ...]
    before: str = " "
    unknown: int = 0
    answer: Span | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What the one who asked has to know of the reading, a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a reader is that its answer is right, 0 to 1; it comes before any draft.

    `ranks` are those of the passages that it read, likeliest first.
    """

    probability: float
    ranks: tuple[int, ...]


ReaderOutput = DraftStatement | Notice | Confidence
"""What a reader yields."""


class Reader(Protocol):
    """Answers from the context alone; no drafts means that the articles do not say."""

    name: str

    def fit(self, question: str, context: Context) -> Context:
        """As much of the context as the reader can take in, the best passages."""

    def read(self, question: str, context: Context, ends: float) -> Iterator[ReaderOutput]:
        """Drafts in the order in which they are to be read, all before `ends` on the monotonic
        clock. Those of a reader that tells its confidence count only if that is high enough.
        ModelError if the reader fails, ContextOverflow if the context is too long for it."""
