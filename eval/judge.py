"""An optional judge: a language model says what each citation carries.

Its scores name it and the hash of its prompts, as another judge or prompt is another metric.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from eval.cases import Question
from qa.answer import Answer
from qa.prompts import PROMPTS, filled, template
from qa.readers.llm import Model

if TYPE_CHECKING:
    from llama_index.core.prompts import RichPromptTemplate

SECONDS = 60.0
"""How long one judgement may take."""

_GRADES = {"yes": 1.0, "partly": 0.5, "no": 0.0}


class Judge:
    """Asks a model; the same question only once."""

    def __init__(self, model: Model, prompts: Path = PROMPTS) -> None:
        self._support, self._correct = (
            template(prompts, name) for name in ("judge_support", "judge_correct")
        )
        self._model = model
        texts = f"{self._support.template_str}{self._correct.template_str}"
        self.name = f"{model.name}, prompts {hashlib.sha256(texts.encode()).hexdigest()[:8]}"
        self._supported = cache(self._ask_support)

    def scores(self, question: Question, answer: Answer) -> dict[str, float | None]:
        """judge_citation_recall, judge_citation_precision (ALCE; Gao et al., 2023), and
        judge_correctness (LongBench-Cite; Zhang et al., 2024). ModelError if it does not judge."""
        quotes = {citation.n: citation.quote for citation in answer.citations}
        stated = [(s.text, [quotes[n] for n in s.citations]) for s in answer.statements]
        kept = [self._carried(text, cited) for text, cited in stated]
        precise = [mark for text, cited in stated for mark in self._precise(text, cited)]
        return {
            "judge_citation_recall": fmean(kept) if kept else None,
            "judge_citation_precision": fmean(precise) if precise else None,
            "judge_correctness": self._correctness(question, answer),
        }

    def _carried(self, statement: str, cited: Sequence[str]) -> bool:
        """Whether all citations together carry a statement."""
        return bool(cited) and self._supported(statement, "\n".join(cited))

    def _precise(self, statement: str, cited: Sequence[str]) -> Iterator[bool]:
        """For each citation: the statement is carried, and this one carries it or is needed."""
        carried = self._carried(statement, cited)
        for at, quote in enumerate(cited):
            others = [*cited[:at], *cited[at + 1 :]]
            yield carried and (
                self._carried(statement, [quote]) or not self._carried(statement, others)
            )

    def _correctness(self, question: Question, answer: Answer) -> float | None:
        case = question.case
        reference = case.answer[:1] or [evidence.quote for evidence in case.evidence]
        if not reference:
            return None
        words = {"question": case.question, "reference": " ".join(reference)}
        return self._grade(self._correct, answer=answer.answer, **words)

    def _ask_support(self, statement: str, source: str) -> bool:
        return self._grade(self._support, statement=statement, source=source) == 1.0

    def _grade(self, prompt: "RichPromptTemplate", **values: str) -> float | None:
        """None for an answer that is no grade."""
        ends = time.monotonic() + SECONDS
        said = "".join(self._model.stream(filled(prompt, **values), ends)).strip().casefold()
        return _GRADES.get(said.split()[0].strip(".,!*\"'") if said else "")
