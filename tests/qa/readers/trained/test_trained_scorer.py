"""The trained network in the extractive reader, over the sample articles."""

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from index.library import Library
from index.model import Article
from qa.answer import DeltaEvent
from qa.engine import Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.trained.cross_encoder import CrossEncoder
from qa.readers.trained.trained_scorer import relevance, reranked, score_by_network
from qa.terminal.commands import main
from tests.conftest import SAMPLES

QUESTION = "How many people were killed by the earthquakes in Turkey?"


@pytest.fixture(scope="module")
def network() -> CrossEncoder:
    return CrossEncoder()


@pytest.fixture(scope="module")
def engine(samples: Library, network: CrossEncoder) -> Engine:
    return Engine(samples, ExtractiveReader(samples.encoder, partial(score_by_network, network)))


def test_the_short_answer_is_marked_where_it_stands(engine: Engine) -> None:
    events = list(engine.stream(QUESTION))
    answer = engine.ask(QUESTION)
    short = [
        answer.answer[s.answer_span.start : s.answer_span.end]
        for s in answer.statements
        if s.answer_span
    ]
    assert any("53,537" in words for words in short)
    for statement in answer.statements:
        if span := statement.answer_span:
            assert statement.start <= span.start < span.end <= statement.end
    deltas = [event for event in events if isinstance(event, DeltaEvent)]
    told = [d.text[d.answer_span.start : d.answer_span.end] for d in deltas if d.answer_span]
    assert told == short


def test_it_quotes_verbatim_and_knows_when_not_to(engine: Engine) -> None:
    answer = engine.ask("What conditions did Zelenskyy propose?")
    assert all(statement.supported for statement in answer.statements)
    quotes = [citation.quote for citation in answer.citations]
    assert all(statement.text in quotes for statement in answer.statements)
    assert not engine.ask("What is the boiling point of tungsten?").answerable
    assert not engine.ask("?!").answerable


def test_who_it_was_is_quoted_with_what_is_told_of_them(
    library: Library, network: CrossEncoder
) -> None:
    told = ["Nina Dobrev is an actress.", "She plays Elena in the series The Vampire Diaries."]
    text = " ".join([*told, "Her house has a garden."])
    list(library.add([Article("nina", text, "Nina Dobrev")]))
    engine = Engine(library, ExtractiveReader(library.encoder, partial(score_by_network, network)))
    answer = engine.ask("Who plays Elena in Vampire Diaries?")
    assert [statement.text for statement in answer.statements] == told


@pytest.mark.parametrize("question", ["ship-" * 300, "戦争はいつ終わるのですか" * 30])
def test_of_a_question_without_blanks_the_beginning_is_read(
    samples: Library, network: CrossEncoder, question: str
) -> None:
    hits = samples.retrieve(QUESTION, 2).hits
    assert relevance(network, question, hits) == relevance(network, question[:200], hits)


def test_relevance_puts_the_asked_passage_over_a_strange_one(
    samples: Library, network: CrossEncoder
) -> None:
    right = samples.retrieve(QUESTION, 1).hits
    strange = samples.retrieve("Which airline sued CrowdStrike?", 1).hits
    first, second = relevance(network, QUESTION, [*right, *strange])
    assert 0 <= second < first <= 1


def test_passages_are_ordered_anew_by_relevance_and_match(
    samples: Library, network: CrossEncoder
) -> None:
    hits = samples.retrieve(QUESTION, 16).hits
    same = reranked(hits, [0.5] * 16)
    assert [hit.match.score for hit in same] == sorted((h.match.score for h in hits), reverse=True)
    lifted = reranked(hits, [*[0.0] * 15, 1.0 + hits[0].match.score])
    assert lifted[0].record == hits[15].record
    assert [hit.rank for hit in lifted] == [*range(1, 17)]
    best = reranked(hits, relevance(network, QUESTION, hits))[0]
    assert "53,537" in best.record.text


def test_a_setting_turns_it_off(tmp_path: Path) -> None:
    def qa(*words: str, trained: str) -> str:
        env = {"QA_TRAINED_READER": trained}
        return CliRunner().invoke(main, ["--data", str(tmp_path), *words], env=env).stdout

    qa("add", str(SAMPLES), trained="off")

    def relevance_shown(trained: str) -> float | None:
        found = json.loads(qa("search", "--json", "--limit", "1", QUESTION, trained=trained))
        (row,) = found["passages"]
        return row["relevance"]

    assert relevance_shown("off") is None
    assert relevance_shown("on")
    answer = json.loads(qa("ask", "--json", QUESTION, trained="off"))
    assert answer["answerable"]
    assert all(statement["answer_span"] is None for statement in answer["statements"])
