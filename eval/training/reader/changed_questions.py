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
    "accepted": "rejected",
    "accept": "reject",
    "supported": "opposed",
    "support": "oppose",
    "rose": "fell",
    "rise": "fall",
    "joined": "left",
    "join": "leave",
    "bought": "sold",
    "buy": "sell",
    "created": "destroyed",
    "built": "demolished",
    "appointed": "dismissed",
    "born": "buried",
    "arrived": "departed",
    "gained": "lost",
    "good": "bad",
    "strong": "weak",
    "rich": "poor",
    "old": "new",
    "higher": "lower",
    "larger": "smaller",
    "earlier": "later",
    "earliest": "latest",
    "maximum": "minimum",
    "majority": "minority",
    "always": "never",
    "inside": "outside",
    "above": "below",
    "advantage": "disadvantage",
    "legal": "illegal",
    "possible": "impossible",
    "similar": "different",
    "famous": "unknown",
    "children": "parents",
    "men": "women",
    "sons": "daughters",
    "father": "mother",
}
_BOTH = _OPPOSITES | {other: word for word, other in _OPPOSITES.items()}
_OPPOSED = re.compile(rf"\b({'|'.join(_BOTH)})\b", re.IGNORECASE)
_DENIABLE = re.compile(r"\b(did|does|do|was|were|is|are|can|could|has|had|have|will)\b", re.I)


MOST = 5
"""Questions made of one."""


def changed(
    question: str, context: str, answers: Sequence[str], draw: random.Random
) -> Sequence[str]:
    """The question with one thing changed so that the context should not answer it, in at most
    `MOST` ways. A denial is the last resort, and only sometimes taken."""
    told = " ".join(answers).casefold()
    made = [*_swaps(question, context, told, draw)]
    made += _opposed(question)
    others = [*_others_of_a_kind(question, context, told, draw)]
    made += draw.sample(others, min(1, len(others)))
    if not made and draw.random() < 0.3:
        made += [*_denied(question)]
    return draw.sample(made, min(MOST, len(made)))


def _swaps(question: str, context: str, told: str, draw: random.Random) -> Iterator[str]:
    """A name of the question for another one of the context, a number for another number."""
    for kind in (_NAME, _NUMBER):
        known = list(dict.fromkeys(match.group() for match in kind.finditer(context)))
        others = [one for one in known if not _in(one, question) and one.casefold() not in told]
        for match in (_place(one).search(question) for one in known if len(one) > 2):
            if match and others:
                yield question[: match.start()] + draw.choice(others) + question[match.end() :]


_ENDINGS = re.compile(r"\b[a-z]{3,}(tions?|ments?|ity|ness|ism|ists?|ors?|ed|ous|ive)\b")


def _others_of_a_kind(question: str, context: str, told: str, draw: random.Random) -> Iterator[str]:
    """A word of the question that the context has for another of its with the same ending: "what
    translation" for "what institution"."""
    kinds: dict[str, list[str]] = {}
    for match in _ENDINGS.finditer(context):
        kinds.setdefault(match[1], []).append(match.group())
    for match in _ENDINGS.finditer(question):
        held = kinds.get(match[1], [])
        others = [one for one in held if one not in question and one not in told]
        if match.group() in held and others:
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
