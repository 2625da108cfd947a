"""A question and a passage as the cross-encoder reads them; training and reading share this.

One input is `[CLS] question [SEP] title : passage [SEP]`. A passage that does not fit goes in
several windows that overlap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.model import Span

WINDOW = 320
"""Tokens of one input, all included: a passage of the library, its title and a long question."""

OVERLAP = 64
"""Tokens that two windows of one passage share."""

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text. ids: shape (tokens,); offsets: shape (tokens, 2), start and end
    (exclusive) of each in the text, in code points."""

    ids: Ids
    offsets: Ids

    def __len__(self) -> int:
        return len(self.ids)

    def ranges(self, spans: Sequence[Span]) -> list[tuple[int, int]]:
        """For each span, ascending, the half-open range of tokens that share characters with it."""
        first = np.searchsorted(self.offsets[:, 1], [span.start for span in spans], side="right")
        last = np.searchsorted(self.offsets[:, 0], [span.end for span in spans], side="left")
        pairs = zip(first.tolist(), last.tolist(), strict=True)
        return [(start, max(start, end)) for start, end in pairs]


@dataclass(frozen=True, slots=True)
class Form:
    """How a network wants its input.

    question_tokens, title_tokens: what is kept of each; the rest is not read.
    types: whether it takes token types, 0 for the question's part and 1 behind it.
    """

    tokenizer: Path
    first: str
    separator: str
    question_tokens: int
    title_tokens: int
    types: bool


SMALL = Form(
    Path(__file__).parents[3] / "index" / "encoder" / "tokenizer.json",
    "[CLS]",
    "[SEP]",
    48,
    16,
    True,
)
"""Of the small reader, whose tokenizer is the encoder's own."""

LARGE = Form(Path(__file__).with_name("large-tokenizer.json"), "<s>", "</s>", 64, 24, False)
"""Of the large one."""


class Layout:
    """Texts to tokens, and tokens to inputs. Safe to share between threads."""

    def __init__(self, form: Form = SMALL) -> None:
        self.form = form
        self._tokenizer = Tokenizer.from_file(str(form.tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._cls, self._sep, self._colon = map(
            self._tokenizer.token_to_id, (form.first, form.separator, ":")
        )

    def tokens(self, text: str) -> Tokens:
        """All tokens of the text; a lone surrogate, which UTF-8 cannot hold, counts as "?"."""
        encodable = text.encode("utf-8", "replace").decode("utf-8")
        found = self._tokenizer.encode(encodable, add_special_tokens=False)
        offsets = np.array(found.offsets, dtype=np.int64).reshape(-1, 2)
        return Tokens(np.array(found.ids, dtype=np.int64), offsets)

    def head(self, question: str, title: str) -> tuple[Ids, int]:
        """What stands before the passage, and how many tokens of it are the question's part."""
        asked = [self._cls, *self.tokens(question).ids[: self.form.question_tokens], self._sep]
        named = self.tokens(title).ids[: self.form.title_tokens]
        about = [*named, self._colon] if len(named) else []
        return np.array([*asked, *about], dtype=np.int64), len(asked)

    def input(self, head: Ids, passage: Ids) -> Ids:
        """The ids of one input."""
        return np.concatenate([head, passage, [self._sep]])


def windows(tokens: int, room: int) -> Iterator[tuple[int, int]]:
    """Ranges of at most `room` tokens that cover all of them; at least one, even if empty.

    room: more than `OVERLAP`.
    """
    start = 0
    while start + room < tokens:
        yield start, start + room
        start += room - OVERLAP
    yield max(0, tokens - room), tokens
