"""What a context holds for a question, however it was found out."""

from dataclasses import dataclass

from index.model import Span
from qa.context.numbered_sentences import SourceSentence


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence, and how likely it is the one that answers; compared within a context."""

    sentence: SourceSentence
    score: float
    short: Span | None = None
    """The words of it that are the answer in short, if they are known."""


@dataclass(frozen=True, slots=True)
class ContextScores:
    """What a context holds for a question: its sentences in order, how likely one of them answers,
    0 to 1, and from where on that counts as an answer.

    `keep`: a further sentence is part of the answer if it has this share of the best one's score;
    `keep_of_list`: the same for a question that asks for several things.
    """

    sentences: list[ScoredSentence]
    answers: float
    answers_at: float
    keep: float = 1.0
    keep_of_list: float = 1.0

    @property
    def answered(self) -> bool:
        """Whether the context is taken to answer."""
        return self.answers >= self.answers_at


def is_sentence(text: str) -> bool:
    """Whether it says something: not a heading, a caption or what is left of a web page."""
    return len(text.split()) >= 4 and text.rstrip("\"'”’»)* ")[-1:] in ".!?…。！？:;"
