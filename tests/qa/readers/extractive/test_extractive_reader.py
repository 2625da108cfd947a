"""The reader without a language model, over small tables."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.encoder.minilm import MiniLM
from index.model import Article, Span
from index.sentences import sentences
from qa.context.numbered_sentences import Context, SourceSentence
from qa.readers.extractive.extractive_reader import MOST_SENTENCES, ExtractiveReader
from qa.readers.extractive.relevance import fitted
from qa.readers.extractive.sentence_features import NAMES, features
from qa.readers.extractive.sentence_vectors import read_question, read_windows
from qa.readers.protocol import Confidence, DraftStatement
from qa.readers.scores import STRICTNESS, ContextScores, ScoredSentence

FERRY = (
    "The ferry Ilse ran aground near Korvik on Monday night. All 214 passengers were saved. "
    "The captain, Marta Lind, named two conditions for sailing again. "
    "First, the hull must be inspected by a diver. Second, the pilot must be replaced. "
    "The harbour café sold more soup than ever."
)


def number_sentences(*texts: str) -> Context:
    rows: list[SourceSentence] = []
    for n, text in enumerate(texts):
        article = Article(f"a{n}", text, "Ferry Ilse runs aground")
        spans = sentences(text, "en", lambda words: True)
        for place, span in enumerate(span.trimmed(text) for span in spans):
            rows.append(
                SourceSentence(len(rows) + 1, article, "v", place, Span(span.start, span.end))
            )
    return Context(tuple(row for row in rows if len(row.span)))


@pytest.fixture(scope="module")
def reader(encoder: MiniLM) -> ExtractiveReader:
    return ExtractiveReader(encoder)


def read(
    reader: ExtractiveReader, question: str, table: Context
) -> tuple[Confidence, list[DraftStatement]]:
    """How sure it is, which comes first, and what it would say."""
    first, *drafts = reader.read(question, table)
    assert isinstance(first, Confidence)
    return first, [one for one in drafts if isinstance(one, DraftStatement)]


def test_the_sentence_that_answers_is_quoted(reader: ExtractiveReader) -> None:
    sure, drafts = read(reader, "When did the ferry run aground?", number_sentences(FERRY))
    assert sure.probability >= STRICTNESS
    assert drafts[0].text == "The ferry Ilse ran aground near Korvik on Monday night."
    assert drafts[0].numbers == (1,)


def test_a_lead_in_brings_its_list(reader: ExtractiveReader) -> None:
    _, drafts = read(
        reader, "What conditions did the captain of the ferry name?", number_sentences(FERRY)
    )
    assert [draft.numbers for draft in drafts] == [(3,), (4,), (5,)]


def test_what_two_articles_say_alike_is_said_once(reader: ExtractiveReader) -> None:
    _, drafts = read(reader, "How many passengers were saved?", number_sentences(FERRY, FERRY))
    texts = [draft.text for draft in drafts]
    assert len(set(texts)) == len(texts)


def test_a_table_about_something_else_does_not_surely_answer(reader: ExtractiveReader) -> None:
    sure, _ = read(reader, "What is the boiling point of tungsten?", number_sentences(FERRY))
    assert sure.probability < STRICTNESS


@pytest.mark.parametrize("texts", [(), ("Korvik",), ("Menu\n\nHome | News | Sport",)])
def test_a_table_without_sentences_yields_nothing(
    reader: ExtractiveReader, texts: tuple[str, ...]
) -> None:
    reading = reader.score("Who won?", number_sentences(*texts))
    assert (reading.sentences, reading.probability, reading.answered) == ([], 0.0, False)
    assert read(reader, "Who won?", number_sentences(*texts)) == (Confidence(0.0, ()), [])


@pytest.mark.parametrize("question", [" ", "\u200b", "\x07"])
def test_a_question_without_a_word_has_no_answer(reader: ExtractiveReader, question: str) -> None:
    assert reader.score(question, number_sentences(FERRY)).probability == 0.0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(min_size=1, max_size=60),
    st.lists(st.text(max_size=80).map(lambda text: f"Once there was {text}."), max_size=6),
)
def test_any_question_over_any_text_gives_shares(
    encoder: MiniLM, question: str, texts: list[str]
) -> None:
    reading = ExtractiveReader(encoder).score(question, number_sentences(*texts))
    assert 0.0 <= reading.probability <= 1.0
    assert all(0.0 <= item.score <= 1.0 for item in reading.sentences)
    if reading.sentences:
        assert sum(item.score for item in reading.sentences) == pytest.approx(1.0)
    _, drafts = read(ExtractiveReader(encoder), question, number_sentences(*texts))
    assert len(drafts) <= MOST_SENTENCES


def test_features_have_their_columns_and_are_finite(encoder: MiniLM) -> None:
    context = number_sentences(FERRY, "Nothing else happened in Korvik on that day.")
    question = "Why did the ferry run aground?"
    windows = read_windows(context.sentences, encoder)
    assert [len(window) for window in windows] == [6, 1]
    rows = features(question, read_question(question, encoder), windows)
    assert rows.shape == (7, len(NAMES))
    assert np.isfinite(rows).all()


def test_the_fitted_model_fits_the_features() -> None:
    model = fitted()
    assert model.weights.shape == (len(NAMES),)
    assert (model.scale > 0).all()
    for judge in (model.of_one, model.of_several):
        assert judge.weights.shape == (2 * len(NAMES) + 5,)
        assert (judge.scale > 0).all()


def scoring(*scores: float) -> ExtractiveReader:
    """A reader for which the sentences have these scores."""

    def score(question: str, sentences: Sequence[SourceSentence]) -> ContextScores:
        pairs = zip(sentences, scores, strict=True)
        return ContextScores([ScoredSentence(*pair) for pair in pairs], 1.0, keep=0.5)

    return ExtractiveReader(MiniLM(), score)


@pytest.mark.parametrize(
    ("last", "order"),
    [("The mayor opened the bridge.", [3, 1]), ("She opened the bridge.", [1, 3])],
)
def test_the_best_sentence_leads_unless_it_points_back(last: str, order: list[int]) -> None:
    text = f"Ada Holm is mayor of Korvik. It rained all day. {last}"
    _, drafts = read(scoring(0.6, 0.1, 0.9), "Who opened the bridge?", number_sentences(text))
    assert [draft.numbers for draft in drafts] == [(number,) for number in order]
