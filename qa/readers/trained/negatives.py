"""Questions that their passage does not answer any more, made of questions that it does. Pure.

What people write to be unanswerable (Rajpurkar et al., 2018) is mostly a true question with one
thing changed: a name, a number, a word for its opposite, a denial.
"""

import random
import re
from collections.abc import Iterator, Sequence

_NAME = re.compile(r"(?<=[a-z\d,;] )[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)*")
"""Not at the beginning of a sentence, where any word has a capital."""

_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")

_OPPOSITES = {
    "first": "last",
    "before": "after",
    "largest": "smallest",
    "biggest": "smallest",
    "highest": "lowest",
    "most": "least",
    "more": "less",
    "oldest": "youngest",
    "longest": "shortest",
    "increase": "decrease",
    "increased": "decreased",
    "began": "ended",
    "begin": "end",
    "start": "end",
    "started": "ended",
    "north": "south",
    "northern": "southern",
    "east": "west",
    "eastern": "western",
    "won": "lost",
    "win": "lose",
    "opened": "closed",
    "allowed": "forbidden",
    "male": "female",
    "early": "late",
    "major": "minor",
    "common": "rare",
    "positive": "negative",
    "public": "private",
}
_BOTH = _OPPOSITES | {other: word for word, other in _OPPOSITES.items()}
_OPPOSED = re.compile(rf"\b({'|'.join(_BOTH)})\b", re.IGNORECASE)
_DENIABLE = re.compile(r"\b(did|does|do|was|were|is|are|can|could|has|had|have|will)\b", re.I)


def changed(question: str, context: str, answers: Sequence[str], draw: random.Random) -> str:
    """The question with one thing changed so that the context should not answer it; "" if there is
    nothing to change. A denial is the last resort, and only sometimes taken."""
    made = [*_swaps(question, context, answers, draw)]
    made += [*_opposed(question)]
    if not made and draw.random() < 0.3:
        made += [*_denied(question)]
    return draw.choice(made) if made else ""


def _swaps(
    question: str, context: str, answers: Sequence[str], draw: random.Random
) -> Iterator[str]:
    """A name of the question for another one of the context, a number for another number."""
    told = " ".join(answers).casefold()
    for kind in (_NAME, _NUMBER):
        known = list(dict.fromkeys(match.group() for match in kind.finditer(context)))
        others = [one for one in known if not _in(one, question) and one.casefold() not in told]
        for match in (_place(one).search(question) for one in known if len(one) > 2):
            if match and others:
                yield question[: match.start()] + draw.choice(others) + question[match.end() :]


def _opposed(question: str) -> Iterator[str]:
    for match in _OPPOSED.finditer(question):
        yield question[: match.start()] + _BOTH[match[1].casefold()] + question[match.end() :]


def _denied(question: str) -> Iterator[str]:
    if match := _DENIABLE.search(question):
        yield f"{question[: match.end()]} not{question[match.end() :]}"


def _in(name: str, question: str) -> bool:
    return bool(_place(name).search(question))


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
