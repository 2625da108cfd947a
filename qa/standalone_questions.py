"""A follow-up and the conversation before it to a question that stands alone.

With a language model it is rewritten; without one, and when that fails, rules add what it leaves
to the conversation: "And when was that?" becomes "And when was that? (conditions, Zelenskyy)".
Measured by `eval/bench/search/followups.py`.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError
from qa.answer import Turn
from qa.readers import lexical_features
from qa.readers.llm.prompt_templates import PROMPTS, filled, template
from qa.readers.llm.reasoning_tags import without_reasoning
from qa.readers.llm.sanitise import sanitise

if TYPE_CHECKING:
    from qa.readers.llm.llm_reader import Model

Rewrite = Callable[[str, Sequence[Turn], float], str]
"""(question, history, ends) to a question that stands alone, before `ends` on the monotonic
clock; the history is not empty."""

TURNS = 2
"""Earlier questions that a topic is taken from."""

TOPIC_WORDS = 12

_FEW_WORDS = 4
"""A question of so few words that names nothing new is taken to go on."""

_TOLD_TURNS = 6
_TOLD_CHARS = 1_000
"""Of each turn, what a language model is told."""

_LONGEST = 500
_SHARE_OF_TIME = 3

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


class LLMRewriter:
    """Has a language model rewrite follow-ups; a `Rewrite`."""

    def __init__(self, model: "Model", prompts: Path = PROMPTS) -> None:
        """`prompts` is a folder with a `standalone.jinja` in place of ours."""
        self._model = model
        self._template = template(prompts, "standalone")

    def __call__(self, question: str, history: Sequence[Turn], ends: float) -> str:
        """The model's question, or that of the rules if it has none within a third of the time."""
        now = time.monotonic()
        try:
            told = without_reasoning(
                self._model.stream(self.messages(question, history), _part(now, ends))
            )
        except ModelError:
            return by_rules(question, history)
        rewritten = sanitise(" ".join(told.split())).strip('"“” ')
        is_one = _may_be(rewritten, question, history)
        return rewritten if is_one else by_rules(question, history)

    def messages(self, question: str, history: Sequence[Turn]) -> Sequence[dict[str, str]]:
        """The prompt: what was said, the last question, what to write."""
        turns = [
            {"question": turn.question[:_TOLD_CHARS], "answer": turn.answer[:_TOLD_CHARS]}
            for turn in history[-_TOLD_TURNS:]
        ]
        return filled(self._template, question=question, turns=turns)


def _may_be(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether it is a question of this conversation: no answer, excuse or remark of the model."""
    if not 0 < len(rewritten) <= _LONGEST or "[" in rewritten:
        return False
    if "?" in question and not rewritten.endswith("?"):
        return False
    told = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)])
    return bool(lexical_features.words(rewritten) & lexical_features.words(told))


def _part(now: float, ends: float) -> float:
    return now + (ends - now) / _SHARE_OF_TIME
