"""The language model reader and the guarded client, against a real server on loopback."""

from pathlib import Path

import pytest

from index.errors import InputError
from index.library import Library
from qa.answer import DeltaEvent, FinalEvent
from qa.context.numbered_sentences import number_sentences
from qa.engine import DO_NOT_SAY, Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.llm.llm_reader import LLMReader
from qa.readers.llm.model_client import ChatModel
from tests.openai_server import OpenAIServer, refused, spoken

QUESTION = "What conditions did Zelenskyy propose?"


def model(server: OpenAIServer) -> ChatModel:
    return ChatModel("m", "key", server.url)


@pytest.fixture
def engine(samples: Library, openai_server: OpenAIServer) -> Engine:
    extractive = ExtractiveReader(samples.encoder)
    return Engine(samples, LLMReader(model(openai_server)), extractive)


def number_of(words: str, samples: Library) -> int:
    """The number in the context of the sentence with these words."""
    context = number_sentences(samples.retrieve(QUESTION, 8).hits, samples.catalog.version)
    return next(row.number for row in context.sentences if words in row.text)


def test_the_models_numbers_become_exact_citations(
    samples: Library, openai_server: OpenAIServer, engine: Engine
) -> None:
    n = number_of("came with conditions", samples)
    openai_server.replies = [spoken(f"He named conditions [{n}]. The moon is full [999].")]
    events = list(engine.stream(QUESTION))
    (answer,) = [event.answer for event in events if isinstance(event, FinalEvent)]
    assert answer.answer == "He named conditions. [1] The moon is full."
    assert "".join(e.text for e in events if isinstance(e, DeltaEvent)) == answer.answer
    assert (answer.reader, answer.notices) == ("m", [])
    (citation,) = answer.citations
    text = samples.catalog.version(citation.article_id, citation.version).article.text
    assert text[citation.start : citation.end] == citation.quote
    assert "came with conditions" in citation.quote
    assert [statement.supported for statement in answer.statements] == [True, False]


def test_the_prompt_numbers_sentences_and_ends_with_the_question(
    openai_server: OpenAIServer, engine: Engine
) -> None:
    openai_server.replies = [spoken("The articles do not say.")]
    answer = engine.ask(QUESTION)
    assert (answer.answerable, answer.answer) == (False, DO_NOT_SAY)
    (request,) = openai_server.requests
    words = request["messages"][-1]["content"]
    assert "\n[1] " in words
    assert words.endswith(f"Question: {QUESTION}")


def test_a_dead_model_leaves_the_question_to_the_extractive_reader(
    openai_server: OpenAIServer, engine: Engine
) -> None:
    openai_server.replies = [refused(401, "no such key"), spoken("The moon is full.")]
    answer = engine.ask(QUESTION)
    assert answer.reader == "extractive"
    assert answer.notices == [
        "answered without the language model: the language model refused the key"
    ]
    assert engine.ask(QUESTION).reader == "m"


def test_prompts_are_replaceable(
    samples: Library, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    (tmp_path / "answer.jinja").write_text("{{ question }} Antworte auf Deutsch.")
    openai_server.replies = [spoken("The articles do not say.")]
    Engine(samples, LLMReader(model(openai_server), tmp_path)).ask(QUESTION)
    (message,) = openai_server.requests[0]["messages"]
    assert message == {"role": "user", "content": f"{QUESTION} Antworte auf Deutsch."}
    with pytest.raises(InputError, match="no folder of prompts"):
        LLMReader(model(openai_server), tmp_path / "none")


def test_passages_that_do_not_fit_are_left_out_from_the_bottom(
    samples: Library, openai_server: OpenAIServer
) -> None:
    openai_server.replies = [spoken("Zelenskyy’s proposal came with conditions.")] * 2
    whole = Engine(samples, LLMReader(model(openai_server))).ask(QUESTION)
    small = LLMReader(model(openai_server), window_tokens=2_048)
    answer = Engine(samples, small).ask(QUESTION)
    assert whole.read.passages == whole.read.found == 8
    assert 0 < answer.read.passages < answer.read.found == 8
    hits = samples.retrieve(QUESTION, answer.read.passages).hits
    told = openai_server.requests[1]["messages"][-1]["content"]
    assert all(hit.record.text.split()[0].strip("[]()#") in told for hit in hits)
    assert len(told) < len(openai_server.requests[0]["messages"][-1]["content"])
    assert told.endswith(f"Question: {QUESTION}")


@pytest.mark.parametrize(
    "thought",
    [
        "<think>Zelenskyy named 7,654 conditions. [1]</think>",
        "Let me see. Zelenskyy named 7,654 conditions.\n</think>\n\n",
        "<think>never mind</think><think>7,654</think>",
        "<|channel|>analysis<|message|>7,654 conditions<|end|><|channel|>final<|message|>",
    ],
)
def test_thoughts_are_neither_shown_nor_cited(
    samples: Library, openai_server: OpenAIServer, engine: Engine, thought: str
) -> None:
    n = number_of("came with conditions", samples)
    openai_server.replies = [spoken(f"{thought}His proposal came with conditions [{n}].")]
    answer = engine.ask(QUESTION)
    assert answer.answer == "His proposal came with conditions. [1]"
    assert len(answer.citations) == 1


@pytest.mark.parametrize("words", ["", " \n", "<think>hm</think>", "<think>never closed", "[1]"])
def test_a_model_that_says_nothing_is_replaced(
    openai_server: OpenAIServer, engine: Engine, words: str
) -> None:
    openai_server.replies = [spoken(words)]
    answer = engine.ask(QUESTION)
    assert answer.reader == "extractive"
    assert answer.notices[0] == "answered without the language model: " + (
        "the language model wrote nothing"
    )


def test_a_marker_cut_at_the_length_limit_leaves_no_residue(
    samples: Library, openai_server: OpenAIServer, engine: Engine
) -> None:
    n = number_of("came with conditions", samples)
    words = f"His proposal came with conditions [{n}]. The second was that it [1"
    openai_server.replies = [spoken(words, finish="length")]
    answer = engine.ask(QUESTION)
    assert answer.answer == "His proposal came with conditions. [1]"
    assert answer.notices == ["the answer was cut short: m reached its length limit"]


def test_a_model_that_cites_both_sides_is_told_apart_by_date(
    samples: Library, openai_server: OpenAIServer, engine: Engine
) -> None:
    question = "How many people were killed by the earthquakes in Turkey?"
    context = number_sentences(samples.retrieve(question, 8).hits, samples.catalog.version)
    old, new = (
        next(row.number for row in context.sentences if words in row.text)
        for words in ("said 35,418 people had died", "killed 53,537 people in Turkey")
    )
    openai_server.replies = [spoken(f"35,418 died [{old}]. It was 53,537 a year later [{new}].")]
    answer = engine.ask(question)
    (notice,) = answer.notices
    assert notice.startswith("sources disagree: 53,537 [2] (Harbour Wire, 2024-02-06); 35,418 [1]")


@pytest.mark.parametrize("written", ["[**1**]", "[<b>1</b>]", "[__1__]", "[\u200b1]", "[\x001]"])
def test_markup_that_goes_leaves_no_marker_behind(
    samples: Library, openai_server: OpenAIServer, engine: Engine, written: str
) -> None:
    n = number_of("came with conditions", samples)
    words = f"His proposal came with conditions [{n}]. NATO knew them {written}."
    openai_server.replies = [spoken(words)]
    assert "[1]." not in engine.ask(QUESTION).answer.split("conditions. [1]")[1]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("came with conditions ([{n}], [{n}]).", "came with conditions."),
        ("came with conditions [{n}], [{n}].", "came with conditions."),
        ("came with conditions **[{n}]**.", "came with conditions."),
    ],
)
def test_what_stood_between_markers_goes_with_them(
    samples: Library, openai_server: OpenAIServer, engine: Engine, written: str, said: str
) -> None:
    n = number_of("came with conditions", samples)
    openai_server.replies = [spoken("His proposal " + written.format(n=n))]
    assert engine.ask(QUESTION).answer == f"His proposal {said} [1]"
