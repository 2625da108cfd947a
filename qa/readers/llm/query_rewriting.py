"""A language model rewrites a follow-up to a question that stands alone."""

import time
from collections.abc import Sequence
from pathlib import Path

from index.errors import ModelError
from qa.answer import Turn
from qa.readers import lexical_features
from qa.readers.llm.llm_reader import Model
from qa.readers.llm.prompt_templates import PROMPTS, filled, template
from qa.readers.llm.reasoning_tags import without_reasoning
from qa.readers.llm.sanitise import sanitise
from qa.standalone_questions import by_rules

_TOLD_TURNS = 6
_TOLD_CHARS = 1_000
"""Of each turn, what a language model is told."""

_LONGEST = 500
_SHARE_OF_TIME = 3


class LLMRewriter:
    """Has a language model rewrite follow-ups; a `qa.standalone_questions.Rewrite`."""

    def __init__(self, model: Model, prompts: Path = PROMPTS) -> None:
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
