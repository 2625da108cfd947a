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

from eval.question_sets import Question
from qa.answer import Answer
from qa.readers.llm.llm_reader import Model
from qa.readers.llm.prompt_templates import PROMPTS, filled, template
from qa.readers.llm.reasoning_tags import without_reasoning

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
        """ModelError if the model does not judge. What it does not grade is left out.

        judge_citation_recall, judge_citation_precision: ALCE's (Gao et al., 2023), in which a
        statement is carried by its citations as a whole or not at all.
        judge_partial_recall, judge_relevance: LongBench-Cite's citation recall, half for a
        statement that is carried in part, and precision, the share of citations that carry at
        least a part of their statement (Zhang et al., 2024). A statement without a citation
        counts 0; whether it needs one is not asked.
        judge_correctness: LongBench-Cite's, against the reference.
        """
        quotes = {citation.n: citation.quote for citation in answer.citations}
        stated = [(s.text, [quotes[n] for n in s.citations]) for s in answer.statements]
        grades = [self._carried(text, cited) for text, cited in stated]
        alone = [self._carried(text, [quote]) for text, cited in stated for quote in cited]
        precise = [mark for text, cited in stated for mark in self._precise(text, cited)]
        return {
            "judge_citation_recall": _mean([_wholly(grade) for grade in grades]),
            "judge_citation_precision": _mean(precise),
            "judge_partial_recall": _mean(grades),
            "judge_relevance": _mean([None if grade is None else grade > 0 for grade in alone]),
            "judge_correctness": self._correctness(question, answer),
        }

    def _carried(self, statement: str, cited: Sequence[str]) -> float | None:
        """How much of a statement all citations together carry; None if that was not graded."""
        return self._supported(statement, "\n".join(cited)) if cited else 0.0

    def _precise(self, statement: str, cited: Sequence[str]) -> Iterator[bool | None]:
        """For each citation: the statement is carried, and this one carries it or is needed."""
        carried = _wholly(self._carried(statement, cited))
        for at, quote in enumerate(cited):
            alone = _wholly(self._carried(statement, [quote])) if carried else None
            others = [*cited[:at], *cited[at + 1 :]]
            if not carried or alone:
                yield carried
            elif (rest := _wholly(self._carried(statement, others))) is False:
                yield True
            else:
                yield None if alone is None or rest is None else False

    def _correctness(self, question: Question, answer: Answer) -> float | None:
        case = question.case
        reference = case.answer[:1] or [evidence.quote for evidence in case.evidence]
        if not reference:
            return None
        words = {"question": case.question, "reference": " ".join(reference)}
        return self._grade(self._correct, answer=answer.answer, **words)

    def _ask_support(self, statement: str, source: str) -> float | None:
        return self._grade(self._support, statement=statement, source=source)

    def _grade(self, prompt: "RichPromptTemplate", **values: str) -> float | None:
        """None for an answer that is no grade."""
        ends = time.monotonic() + SECONDS
        said = (
            without_reasoning(self._model.stream(filled(prompt, **values), ends)).strip().casefold()
        )
        return _GRADES.get(said.split()[0].strip(".,!*\"'") if said else "")


def _wholly(grade: float | None) -> bool | None:
    return None if grade is None else grade == 1.0


def _mean(grades: Sequence[float | None]) -> float | None:
    """Of those that there are."""
    given = [grade for grade in grades if grade is not None]
    return fmean(given) if given else None
