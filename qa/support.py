"""Does the cited text carry what a statement says? No judge model. Pure.

Only hard facts are compared: numbers, quotations and proper names. A statement whose facts all
stand in its evidence is called supported; that it says the same is for its reader to see.
"""

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"\d[\d,.\u202f\u00a0]*\d|\d")
_QUOTATION = re.compile(r"[“\"«]([^“”\"«»]{3,}?)[”\"»]")
_NAME = re.compile(r"(?<![.!?…“\"«]\s)(?<!^)(?<![“\"«])\b[^\W\d_a-zà-ÿ][\w’'-]*[^\W\d_]")
_GROUPING = re.compile(r"[,\u202f\u00a0](?=\d{3})")


def missing(statement: str, evidence: Iterable[str]) -> list[str]:
    """The numbers, quotations and names of `statement` that stand in no text of `evidence`."""
    joined = "\n".join(evidence)
    numbers = set(_numbers(joined))
    folded = _folded(joined)
    return [
        *(number for number in _numbers(statement) if number not in numbers),
        *(quoted for quoted in _QUOTATION.findall(statement) if _folded(quoted) not in folded),
        *(name for name in _names(statement) if _folded(name) not in folded),
    ]


def _numbers(text: str) -> Iterable[str]:
    """Numbers as plain digits: 1,000 as 1000, without a full stop that ends the sentence."""
    for match in _NUMBER.finditer(text):
        yield _GROUPING.sub("", match.group()).strip(".,")


def _names(text: str) -> Iterable[str]:
    return dict.fromkeys(_NAME.findall(text))


def _folded(text: str) -> str:
    """Case, curly apostrophes and white space do not tell one name from another."""
    return " ".join(text.casefold().replace("’", "'").split())
