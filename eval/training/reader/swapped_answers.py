"""Rows made of rows by putting another name or number into the passage. Pure.

With another answer in its place a passage still answers, with that; with another name for one that
the question has, it does not any more. Neither can be learned by heart.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from eval.training.reader.labelled_rows import Row, title

_NAME = re.compile(r"[A-Z][\w’'-]+(?: (?:of |the |de )?[A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"\d[\d,.]*")
_INNER_NAME = re.compile(r"(?<=[a-z\d,;] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
"""Not at the beginning of a sentence, where any word has a capital."""

Pool = Mapping[str, Sequence[str]]
"""Names and numbers by their kind."""

_TRIES = 5


def with_other_answer(answered: Sequence[Row]) -> Iterator[Row]:
    """Rows whose answer, a name or a number, is another one wherever the passage has it."""
    pool = _pool(answer["text"] for row in answered for answer in row["answers"])
    for row in answered:
        texts = [answer["text"] for answer in row["answers"]]
        longest = max(texts, key=len)
        new = _another(longest, row, pool, random.Random(f"answer {row['id']}"))
        if new and all(text in longest for text in texts):
            yield _replaced(row, longest, new)


def with_other_name(answered: Sequence[Row]) -> Iterator[Row]:
    """Rows with another name or number in the passage for one that the question has: it does not
    answer any more."""
    texts = dict.fromkeys(row["context"] for row in answered)
    pool = _pool(match.group() for text in texts for match in _INNER_NAME.finditer(text))
    for row in answered:
        draw = random.Random(f"name {row['id']}")
        asked = _asked(row)
        if asked and (new := _another(old := draw.choice(asked), row, pool, draw)):
            yield {**_replaced(row, old, new), "answers": [], "sentence": None}


def _asked(row: Row) -> list[str]:
    """Names and numbers of the passage that the question has, but for those of its answer and its
    title."""
    told = " ".join([title(row), *(answer["text"] for answer in row["answers"])]).casefold()
    found = (m.group() for kind in (_INNER_NAME, _NUMBER) for m in kind.finditer(row["context"]))
    names = [name for name in dict.fromkeys(found) if len(name) > 1 and _kind(name)]
    return [
        name
        for name in names
        if name.casefold() not in told and _place(name, re.IGNORECASE).search(row["question"])
    ]


def _kind(text: str) -> str:
    """What may take its place: as many words, or as many digits; "" if it is neither."""
    if _NUMBER.fullmatch(text):
        return f"{len(text)} digits"
    return f"{len(text.split())} words" if _NAME.fullmatch(text) else ""


def _pool(names: Iterable[str]) -> Pool:
    pool: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        pool[_kind(name)].append(name)
    return pool


def _another(old: str, row: Row, pool: Pool, draw: random.Random) -> str:
    """One of its kind that the row does not have; "" if none is found in a few tries."""
    held = pool.get(_kind(old), ()) if _kind(old) else ()
    known = f"{row['context']} {row['question']} {title(row)}".casefold()
    drawn = (draw.choice(held) for _ in range(_TRIES if held else 0))
    return next((new for new in drawn if new.casefold() not in known), "")


def _replaced(row: Row, old: str, new: str) -> Row:
    """The row with `new` for `old` in its passage; an answer that was `old`, or a part of it, is
    `new`."""
    places = [match.start() for match in _place(old).finditer(row["context"])]

    def moved(at: int) -> int:
        return at + (len(new) - len(old)) * sum(place + len(old) <= at for place in places)

    starts = {
        place
        for place in places
        for answer in row["answers"]
        if place <= answer["start"] < place + len(old)
    }
    answers: list[dict[str, Any]] = [
        {"start": moved(at), "end": moved(at) + len(new), "text": new} for at in sorted(starts)
    ]
    return {
        **row,
        "context": _place(old).sub(lambda _: new, row["context"]),
        "answers": answers,
        "sentence": row["sentence"] and [moved(at) for at in row["sentence"]],
    }


def _place(name: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", flags)
