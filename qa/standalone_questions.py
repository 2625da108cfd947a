"""A follow-up and the conversation before it to a question that stands alone.

With a language model it is rewritten (`qa.readers.llm.query_rewriting`); without one, and when that
fails, rules add what it leaves to the conversation: "And when was that?" becomes "And when was
that? (conditions, Zelenskyy)". Measured by `eval/bench/search/followups.py`.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from qa.answer import Turn
from qa.readers import lexical_features

Rewrite = Callable[[str, Sequence[Turn], float], str]
"""(question, history, ends) to a question that stands alone, before `ends` on the monotonic
clock; the history is not empty."""

TURNS = 2
"""Earlier questions that a topic is taken from."""

TOPIC_WORDS = 12

_FEW_WORDS = 4
"""A question of so few words that names nothing new is taken to go on."""

_BACK = re.compile(
    r"\b(it|its|they|them|their|he|him|his|she|her|hers|this|that|these|those|ones?|such|"
    r"same|both|either|else|former|latter)\b|\bthere\W*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^\W*(and|but|so|or|then|also|what about|how about|why\W*$|why not|i mean|ok|okay|yes|no)\b",
    re.IGNORECASE,
)
_ASKING = frozenset({"many", "much", "happened", "happen", "tell", "give", "know", "find", "long"})
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_NAME = re.compile(r"(?<=\s)[A-ZÀ-ÞА-Я]\w+|\d{2,}")


def by_rules(question: str, history: Sequence[Turn], ends: float = 0.0) -> str:
    """The question, with the topic of the last turns in parentheses where it leaves that out."""
    topic = list(_topic(question, history)) if leans_back(question, history) else []
    return f"{question} ({', '.join(topic)})" if topic else question


def leans_back(question: str, history: Sequence[Turn]) -> bool:
    """Whether it points at something said before, goes on, or is short and names nothing new."""
    if _BACK.search(question) or _GOES_ON.search(question):
        return True
    told = " ".join(f"{turn.question} {turn.answer}" for turn in history).casefold()
    is_new = any(name.casefold() not in told for name in _NAME.findall(question))
    return not is_new and len(list(_content(question))) <= _FEW_WORDS


def _topic(question: str, history: Sequence[Turn]) -> Iterator[str]:
    """Words of the last questions that it does not have itself, the latest question's first."""
    known = {lexical_features.stem(word) for word in _content(question)}
    left = TOPIC_WORDS
    for at in reversed(range(max(0, len(history) - TURNS), len(history))):
        asked = history[at].question
        for word in _content(asked):
            if lexical_features.stem(word) not in known and word.casefold() not in _ASKING and left:
                known.add(lexical_features.stem(word))
                left -= 1
                yield word
        if not leans_back(asked, history[:at]):  # its topic begins there
            return


def _content(text: str) -> Iterator[str]:
    return (word for word in _WORD.findall(text) if lexical_features.carries_meaning(word))
