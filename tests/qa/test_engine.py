"""A question to its events, over the sample articles and the real indexes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from index.encoder.minilm import MiniLM
from index.errors import InputError, ModelError
from index.library import Library
from index.model import Article
from index.search.retriever import Hit
from qa.answer import (
    Answer,
    CitationEvent,
    DeltaEvent,
    DoneEvent,
    ErrorEvent,
    FinalEvent,
    MetaEvent,
)
from qa.context.numbered_sentences import Context, number_sentences
from qa.engine import CLOSE_AT, DO_NOT_SAY, ONLY_CLOSE, PASSAGES, Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.protocol import Confidence, DraftStatement, Reader, ReaderOutput
from qa.readers.scores import STRICTNESS

QUESTION = "What conditions did Zelenskyy propose?"


class Scripted:
    """A reader that says what it was told to, then fails if it was told to."""

    name = "scripted"

    def __init__(self, *drafts: ReaderOutput, error: ModelError | None = None) -> None:
        self._drafts = drafts
        self._error = error

    def fit(self, question: str, context: Context) -> Context:
        return context

    def read(self, question: str, table: Context, ends: float) -> Iterator[ReaderOutput]:
        yield from self._drafts
        if self._error:
            raise self._error


@pytest.fixture
def extractive(samples: Library) -> Reader:
    return ExtractiveReader(samples.encoder)


def test_what_is_ordered_anew_is_chosen_from_more(samples: Library, extractive: Reader) -> None:
    found: list[Hit] = []

    def backwards(question: str, hits: Sequence[Hit]) -> list[Hit]:
        found.extend(hits)
        return [replace(hit, rank=rank) for rank, hit in enumerate(reversed(hits), 1)]

    answer = Engine(samples, Scripted(), rerank=backwards).ask(QUESTION)
    assert len(found) == 2 * PASSAGES
    assert (answer.read.found, answer.read.passages) == (PASSAGES, PASSAGES)
    assert [near.quote for near in answer.nearest] == [
        hit.record.text.strip() for hit in (found[-1], found[-2], found[-3])
    ]


JUST_BELOW = 1e-6


@pytest.mark.parametrize(
    ("probability", "strictness", "certainty"),
    [
        (STRICTNESS, None, "answered"),
        (STRICTNESS - JUST_BELOW, None, "close"),
        (CLOSE_AT, None, "close"),
        (CLOSE_AT - JUST_BELOW, None, "none"),
        (0.5, 0.5, "answered"),
        (0.5 - JUST_BELOW, 0.5, "close"),
        (0.0, 0.0, "answered"),
        (0.99, 1.0, "close"),
    ],
)
def test_an_answer_is_given_from_the_askers_strictness_on(
    samples: Library, probability: float, strictness: float | None, certainty: str
) -> None:
    reader = Scripted(Confidence(probability, (2, 1)), quoted(samples))
    answer = Engine(samples, reader).ask(QUESTION, strictness=strictness)
    assert (answer.certainty, answer.answerable) == (certainty, certainty == "answered")
    assert answer.confidence == pytest.approx(probability, abs=0.0005)
    text = {"close": ONLY_CLOSE, "none": DO_NOT_SAY}
    assert answer.answer == text.get(certainty, answer.answer)
    assert bool(answer.citations) == answer.answerable != bool(answer.nearest)


def test_the_engine_has_a_strictness_of_its_own(samples: Library) -> None:
    reader = Scripted(Confidence(0.6, (1,)), quoted(samples))
    assert Engine(samples, reader, strictness=0.6).ask(QUESTION).answerable
    assert not Engine(samples, reader, strictness=0.61).ask(QUESTION).answerable


def test_the_nearest_passages_are_those_that_the_reader_found_likeliest(samples: Library) -> None:
    hits = samples.retrieve(QUESTION, PASSAGES).hits
    answer = Engine(samples, Scripted(Confidence(0.1, (3, 1)))).ask(QUESTION)
    likeliest = [hits[2], hits[0], hits[1]]
    assert [near.quote for near in answer.nearest] == [hit.record.text.strip() for hit in likeliest]


def test_a_reader_that_tells_no_confidence_answers_by_what_it_says(samples: Library) -> None:
    answer = Engine(samples, Scripted(quoted(samples))).ask(QUESTION)
    assert (answer.certainty, answer.confidence) == ("answered", None)
    assert Engine(samples, Scripted()).ask(QUESTION).certainty == "none"


def test_an_answer_of_an_earlier_release_claims_no_certainty(samples: Library) -> None:
    told = Engine(samples, Scripted()).ask(QUESTION).model_dump(exclude={"certainty", "confidence"})
    earlier = Answer.model_validate(told)
    assert (earlier.answerable, earlier.certainty, earlier.confidence) == (False, None, None)


def quoted(library: Library) -> DraftStatement:
    """The first sentence found for the question, as a reader would quote it."""
    hits = library.retrieve(QUESTION, PASSAGES).hits
    row = number_sentences(hits, library.catalog.version).sentences[0]
    return DraftStatement(row.text, (row.number,))


@pytest.mark.parametrize("question", [QUESTION, "How many people died in Derna?"])
def test_every_citation_quotes_its_version_exactly(
    samples: Library, extractive: Reader, question: str
) -> None:
    answer = Engine(samples, extractive).ask(question)
    assert answer.citations
    for citation in answer.citations:
        text = samples.catalog.version(citation.article_id, citation.version).article.text
        assert text[citation.start : citation.end] == citation.quote
    for statement in answer.statements:
        assert answer.answer[statement.start : statement.end] == statement.text
        assert statement.supported
        assert statement.citations


def test_json_carries_every_offset_through(library: Library, encoder: MiniLM) -> None:
    """Code points, not UTF-16 or bytes, whatever the text holds."""
    told = "The crew 👩‍👩‍👧‍👦 of the Zoë\u0308 (\u05d0\u05d1) was saved by Łukasz Żuk."
    text = f"Emoji first: 👍🏽 🇺🇦.\r\n\r\n{told} Nothing else happened.\r\n"
    list(library.add([Article("hostile", text, "Crew of the Zoë saved")]))
    answer = Engine(library, ExtractiveReader(encoder)).ask("Who saved the crew of the Zoë?")
    again = Answer.model_validate_json(answer.model_dump_json())
    assert again == answer
    assert Answer.model_validate(json.loads(json.dumps(answer.model_dump()))) == answer
    (citation,) = again.citations
    stored = library.catalog.version("hostile", citation.version).article.text
    assert citation.quote == told == stored[citation.start : citation.end]


def test_the_stream_is_the_answer(samples: Library, extractive: Reader) -> None:
    events = list(Engine(samples, extractive).stream(QUESTION))
    assert isinstance(events[0], MetaEvent)
    assert isinstance(events[-1], DoneEvent)
    (final,) = [event.answer for event in events if isinstance(event, FinalEvent)]
    assert "".join(e.text for e in events if isinstance(e, DeltaEvent)) == final.answer
    told: list[int] = []
    for event in events:
        if isinstance(event, CitationEvent):
            told.append(event.citation.n)
        elif isinstance(event, DeltaEvent):
            used = [n for n in range(1, 20) if f"[{n}]" in event.text]
            assert set(used) <= set(told)
    assert final.answerable
    assert any("nato" in citation.article_id for citation in final.citations)


def test_the_articles_do_not_say(samples: Library, extractive: Reader) -> None:
    answer = Engine(samples, extractive).ask("What is the boiling point of tungsten?")
    assert not answer.answerable
    assert answer.answer in (DO_NOT_SAY, ONLY_CLOSE)
    assert answer.nearest
    for near in answer.nearest:
        text = samples.catalog.version(near.article_id).article.text
        assert text[near.start : near.end] == near.quote


def test_unknown_numbers_cite_nothing_and_neighbours_merge(samples: Library) -> None:
    reader = Scripted(
        DraftStatement("One.", (1, 2)),
        DraftStatement("Two.", (9_999,)),
        DraftStatement("One again.", (1, 2)),
    )
    answer = Engine(samples, reader).ask(QUESTION)
    assert answer.answer == "One. [1] Two. One again. [1]"
    assert [s.supported for s in answer.statements] == [True, False, True]
    assert (answer.unknown_markers, answer.known_markers) == (1, 4)
    assert len(answer.citations) == 1


def test_a_fact_that_the_citation_lacks_is_named(samples: Library) -> None:
    reader = Scripted(
        DraftStatement("Ja.", (1,)),
        DraftStatement("It was said that 4,321 came from Atlantis.", (1,)),
    )
    _, statement = Engine(samples, reader).ask(QUESTION).statements
    assert not statement.supported
    assert statement.missing == ["4,321", "Atlantis"]


def test_nothing_is_shown_before_the_first_supported_statement(samples: Library) -> None:
    reader = Scripted(
        DraftStatement("Atlantis sank.", (1,)),
        DraftStatement("Ja.", (1,)),
        DraftStatement("Atlantis.", (1,)),
    )
    events = list(Engine(samples, reader).stream(QUESTION))
    deltas = [event.text for event in events if isinstance(event, DeltaEvent)]
    assert deltas == ["Atlantis sank. [1]", " Ja. [1]", " Atlantis. [1]"]


def test_an_answer_with_nothing_supported_is_none(samples: Library) -> None:
    reader = Scripted(
        DraftStatement("Atlantis sank.", (1,)), DraftStatement("It had 4,321 towers.", ())
    )
    answer = Engine(samples, reader).ask(QUESTION)
    assert (answer.answerable, answer.answer) == (False, DO_NOT_SAY)
    assert not answer.citations
    assert answer.notices == ["what the language model wrote does not stand in the articles"]


def test_a_reader_that_fails_at_once_is_replaced(samples: Library, extractive: Reader) -> None:
    broken = Scripted(error=ModelError("no model there"))
    answer = Engine(samples, broken, extractive).ask(QUESTION)
    assert answer.reader == "extractive"
    assert answer.answerable
    assert answer.notices == ["answered without the language model: no model there"]


def test_a_reader_that_fails_later_leaves_a_partial_answer(
    samples: Library, extractive: Reader
) -> None:
    broken = Scripted(DraftStatement("One.", (1,)), error=ModelError("gone"))
    answer = Engine(samples, broken, extractive).ask(QUESTION)
    assert answer.answer == "One. [1]"
    assert answer.notices == ["the answer was cut short: gone"]


def test_an_error_is_an_event_and_done_comes_after_it(samples: Library) -> None:
    events = list(Engine(samples, Scripted(error=ModelError("gone", "wait"))).stream(QUESTION))
    assert [type(event) for event in events] == [MetaEvent, ErrorEvent, DoneEvent]
    assert isinstance(events[1], ErrorEvent)
    error = events[1].error()
    assert (type(error), error.message, error.hint) == (ModelError, "gone", "wait")
    assert error.exit_code == 6


@pytest.mark.parametrize("question", ["", " \n ", "x" * 5_000])
def test_a_question_that_is_none_is_refused(samples: Library, question: str) -> None:
    with pytest.raises(InputError):
        Engine(samples, Scripted()).ask(question)


def test_an_article_that_goes_while_it_is_read_is_left_out(
    library: Library, encoder: MiniLM
) -> None:
    list(library.add([Article("a", "The ferry is late because of ice.")]))
    hits = library.retrieve("Why is the ferry late?", 8).hits
    library.remove("a")
    assert number_sentences(hits, library.catalog.version).sentences == ()
