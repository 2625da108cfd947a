"""What a context holds for a question, however it was found out."""

from dataclasses import dataclass
from math import exp, log

from index.model import Span
from qa.context.numbered_sentences import SourceSentence


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence, and how likely it is the one that answers; compared within a context."""

    sentence: SourceSentence
    score: float
    short: Span | None = None
    """The words of it that are the answer in short, if they are known."""


STRICTNESS = 0.6
"""How likely an answer has to be right to be given, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class ContextScores:
    """What a context holds for a question: its sentences in order, and how likely the best of them
    answers, 0 to 1.

    `keep`: a further sentence is part of the answer if it has this share of the best one's score;
    `keep_of_list`: the same for a question that asks for several things.
    """

    sentences: list[ScoredSentence]
    probability: float
    keep: float = 1.0
    keep_of_list: float = 1.0

    @property
    def answered(self) -> bool:
        """Whether the context is taken to answer."""
        return self.probability >= STRICTNESS


def strict_at(probability: float, level: float) -> float:
    """A probability as one that is `STRICTNESS` where the given one is `level`: both in log odds,
    moved by the same. For readers whose probabilities are of another kind of question."""
    shift = _logit(STRICTNESS) - _logit(level)
    return 1 / (1 + exp(-_logit(probability) - shift))


def _logit(probability: float) -> float:
    kept = min(max(probability, 1e-9), 1 - 1e-9)
    return log(kept / (1 - kept))


def is_sentence(text: str) -> bool:
    """Whether it says something: not a heading, a caption or what is left of a web page."""
    return len(text.split()) >= 4 and text.rstrip("\"'”’»)* ")[-1:] in ".!?…。！？:;"
