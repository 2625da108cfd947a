"""What /why tells of passages that were ordered anew, over the sample articles."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from index.library import Library
from index.model import Filters
from index.search.retriever import Hit
from qa.answer import Answer, Laid
from qa.context.numbered_sentences import Context
from qa.engine import FOUND_TO_RERANK, PASSAGES, Engine
from qa.readers.protocol import DraftStatement
from qa.results import PassageRow
from qa.service import Local
from qa.terminal.chat.chat_commands import SHOWN
from qa.terminal.chat.ranking_report import why_lines

QUESTION = "What conditions did Zelenskyy propose?"


class TakesFive:
    """A reader with room for five passages; it cites the last sentence of the fifth."""

    name = "takes five"

    def fit(self, question: str, context: Context) -> Context:
        return context.best(5)

    def read(self, question: str, context: Context, ends: float) -> Iterator[DraftStatement]:
        last = [row for row in context.sentences if row.rank == 5][-1]
        yield DraftStatement(last.text, (last.number,))


def backwards(question: str, hits: Sequence[Hit]) -> list[Hit]:
    return [replace(hit, rank=rank) for rank, hit in enumerate(reversed(hits), 1)]


@pytest.fixture
def answer(samples: Library) -> Answer:
    return Engine(samples, TakesFive(), rerank=backwards).ask(QUESTION)


@pytest.fixture
def found(samples: Library, answer: Answer) -> list[PassageRow]:
    service = Local(samples, lambda: Engine(samples, TakesFive()))
    return service.search(answer.standalone_question, SHOWN, Filters()).passages


def told(answer: Answer, found: Sequence[PassageRow]) -> list[str]:
    lines = ["".join(text for text, _ in line) for line in why_lines(answer, found, 0)]
    return [line[50:].strip() for line in lines[1 : 1 + 2 * len(found) : 2]]


def test_all_that_is_ordered_anew_is_shown() -> None:
    assert SHOWN == FOUND_TO_RERANK


def test_the_fate_of_a_passage_is_what_became_of_it(
    answer: Answer, found: list[PassageRow]
) -> None:
    left = ["left out: only 5 are read"] * (FOUND_TO_RERANK - 5)
    assert told(answer, found) == [*left, "cited [1]", *["read, not cited"] * 4]
    assert answer.read.found == PASSAGES


def test_what_was_read_is_told_best_first(answer: Answer, found: list[PassageRow]) -> None:
    names = ("article_id", "version", "start", "end")
    best = [tuple(getattr(row, name) for name in names) for row in reversed(found)]
    assert [tuple(place.model_dump().values()) for place in answer.read.places] == best[:5]


def test_an_answer_that_does_not_tell_what_was_read(
    answer: Answer, found: list[PassageRow]
) -> None:
    old = answer.model_copy(update={"read": Laid(passages=5, sentences=9, found=8)})
    assert told(old, found).count("not cited") == FOUND_TO_RERANK - 1
