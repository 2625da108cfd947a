"""Follow-ups are made to stand alone, by rules and by a model."""

import time
from pathlib import Path

import pytest

from index.library import Library
from qa.answer import Turn
from qa.build import make_llm_engine
from qa.engine import Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.llm.model_client import ChatModel
from qa.readers.llm.query_rewriting import LLMRewriter
from qa.settings import Settings
from qa.standalone_questions import by_rules
from tests.openai_server import OpenAIServer, Reply, refused, spoken

HISTORY = (
    Turn(question="What did Zelenskyy propose to NATO?", answer="That it shelter Kyiv."),
    Turn(question="Who answered for NATO?", answer="Mark Rutte declined to be drawn."),
)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("And when was that?", "And when was that? (answered, NATO, Zelenskyy, propose)"),
        ("Why?", "Why? (answered, NATO, Zelenskyy, propose)"),
        ("What did he say?", "What did he say? (answered, NATO, Zelenskyy, propose)"),
        ("Who won the 1998 World Cup?", "Who won the 1998 World Cup?"),
        ("How many died in the Derna flood?", "How many died in the Derna flood?"),
        ("Who said there was no consensus in Riga?", "Who said there was no consensus in Riga?"),
        ("Did NATO answer it?", "Did NATO answer it? (Zelenskyy, propose)"),
    ],
)  # fmt: skip
def test_rules_add_what_a_question_leaves_out(question: str, asked: str) -> None:
    assert by_rules(question, HISTORY) == asked


def test_a_topic_ends_where_another_began() -> None:
    turns = (Turn(question="How many people died in the flood of Derna?"),
             Turn(question="Who won the marathon in Paris?"))  # fmt: skip
    assert by_rules("What was her time?", turns) == "What was her time? (won, marathon, Paris)"


def test_without_a_conversation_nothing_changes(samples: Library) -> None:
    answer = Engine(samples, ExtractiveReader(samples.encoder)).ask("And when was that?")
    assert answer.standalone_question == "And when was that?"


def test_a_follow_up_is_answered_from_its_topic(samples: Library) -> None:
    engine = Engine(samples, ExtractiveReader(samples.encoder))
    first = engine.ask("Which airline sued CrowdStrike?")
    turn = Turn(question=first.question, answer=first.answer)
    answer = engine.ask("And what did it say?", history=[turn])
    assert answer.standalone_question == "And what did it say? (airline, sued, CrowdStrike)"
    assert any("crowdstrike" in citation.article_id for citation in answer.citations)


def rewritten(server: OpenAIServer, question: str = "And when was that?") -> str:
    rewriter = LLMRewriter(ChatModel("m", "key", server.url))
    return rewriter(question, HISTORY, time.monotonic() + 10)


def test_a_model_rewrites(openai_server: OpenAIServer) -> None:
    openai_server.replies = [spoken("<think>Hm.</think>“When did Mark Rutte answer?”\n")]
    assert rewritten(openai_server) == "When did Mark Rutte answer?"
    (message,) = openai_server.requests[0]["messages"]
    assert "Mark Rutte declined to be drawn." in message["content"]


@pytest.mark.parametrize(
    "reply",
    [
        refused(401, "no"),
        spoken(" "),
        spoken("word " * 999),
        spoken("x", finish=None),
        spoken("The articles do not say."),
        spoken("Zelenskyy proposed it on 29 November."),
        spoken("When did NATO [1] answer?"),
        spoken("What is the weather like?"),
    ],
)
def test_what_is_no_question_is_left_to_the_rules(
    openai_server: OpenAIServer, reply: Reply
) -> None:
    openai_server.replies = [reply]
    assert rewritten(openai_server) == by_rules("And when was that?", HISTORY)


def test_the_engine_looks_up_what_the_model_made_of_it(
    samples: Library, openai_server: OpenAIServer
) -> None:
    model = ChatModel("m", "key", openai_server.url)
    engine = make_llm_engine(Settings(data=Path()), samples, model, None)
    openai_server.replies = [
        spoken("What conditions did Zelenskyy propose?"),
        spoken("Zelenskyy’s proposal came with conditions."),
    ]
    answer = engine.ask("And which ones?", history=HISTORY)
    assert (answer.question, answer.answerable) == ("And which ones?", True)
    assert answer.standalone_question == "What conditions did Zelenskyy propose?"
    asked = openai_server.requests[1]["messages"][-1]["content"]
    assert asked.endswith("Question: What conditions did Zelenskyy propose?")
