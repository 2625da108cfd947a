"""Rows with an answer that are made of rows: a sentence that states a fact of a person is told of
"he" or "she" after one that has only the name. Pure."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from eval.training.reader.labelled_rows import Row, title

_PERSON = re.compile(
    r" (?:\([^)]{0,120}\) )?(?:is|was) an? [^.;]{0,60}\b(?:actor|actress|singer|songwriter|player"
    r"|politician|writer|author|lawyer|scientist|general|director|comedian|rapper|artist|composer"
    r"|king|queen|model)\b[^.]{0,120}\."
)
_WHO = re.compile(r"\bwho\b", re.IGNORECASE)
_TELLS = re.compile(r" (?!as |and |of |or |is an? |was an? |\()[a-z]")
_KNOWN = re.compile(r" ?, (?:who (?:is )?)?(?=(?:best )?known (?:for|as) )")


def with_pronoun(asked: Sequence[Row]) -> Iterator[Row]:
    """Rows that ask who, with the fact in a sentence that speaks of "he" or "she", after one that
    says who that is."""
    introductions = list(_introductions(asked))
    for row in asked:
        draw = random.Random(row["id"])
        if row["answers"] and row["sentence"] and _WHO.search(row["question"]):
            yield from _told_of(row, introductions, draw)


def _introductions(asked: Iterable[Row]) -> Iterator[str]:
    """What passages say after their title, as " is an actress."."""
    for row in asked:
        name = title(row).partition(" (")[0]
        match = _PERSON.match(row["context"], len(name))
        if name and match and row["context"].startswith(name):
            yield match.group()


def _told_of(row: Row, introductions: Sequence[str], draw: random.Random) -> Iterator[Row]:
    text, (start, end) = row["context"], row["sentence"]
    name = next((one["text"] for one in row["answers"] if one["start"] == start), "")
    told = text[start + len(name) : end]
    known = _KNOWN.search(told)
    if not name:
        return
    if known and _PERSON.match(f"{told[: known.start()]} ."):
        who, fact = f"{told[: known.start()]} .", f" is {told[known.end() :]}"
    elif _TELLS.match(told) and introductions:
        who, fact = draw.choice(introductions), told
    else:
        return
    pronoun = "She" if "actress" in who else draw.choice(["He", "She"])
    yield _rewritten(row, f"{name}{who} ", f"{pronoun}{fact}")


def _mentions(name: str, text: str) -> list[dict[str, Any]]:
    found = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return [{"start": one.start(), "end": one.end(), "text": name} for one in found]


def _rewritten(row: Row, introduction: str, fact: str) -> Row:
    """The row with these in place of its sentence, the second one marked."""
    text, (start, end) = row["context"], row["sentence"]
    name = next(one["text"] for one in row["answers"] if one["start"] == start)
    context = text[:start] + introduction + fact + text[end:]
    marked = [start + len(introduction), start + len(introduction) + len(fact)]
    made = {"context": context, "answers": _mentions(name, context), "sentence": marked}
    return {**row, **made}
