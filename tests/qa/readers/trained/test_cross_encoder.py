"""The trained reader at work: order, offsets, long and empty passages, and what it finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Span
from index.sentences import sentences
from qa.readers.trained.cross_encoder import CrossEncoder, Scores
from qa.readers.trained.inference import Passage
from qa.readers.trained.input_format import Layout
from qa.readers.trained.logits import MOST_BEHIND

QUESTION = "Who discovered penicillin?"
TEXTS = {
    "answers": "It was late. Penicillin was discovered by Alexander Fleming in 1928. Sales rose.",
    "near": "Penicillin is sold as a powder. It must be kept dry. Doses are given by weight.",
    "far": "The bridge closed on Monday. Two lanes reopened after the inspection.",
}


def passage(text: str, title: str = "") -> Passage:
    return Passage(title, text, sentences(text, "en", lambda part: len(part) <= 700))


@pytest.fixture(scope="module")
def reader() -> CrossEncoder:
    return CrossEncoder(threads=2)


@pytest.fixture(scope="module")
def layout() -> Layout:
    return Layout()


def equal(one: Scores, other: Scores) -> bool:
    same = (one.answers, one.relevance, one.span, one.span_score)
    return same == (other.answers, other.relevance, other.span, other.span_score) and bool(
        (one.sentences == other.sentences).all()
    )


def test_it_finds_passage_sentence_and_words(reader: CrossEncoder) -> None:
    found = dict(zip(TEXTS, reader.scores(QUESTION, [*map(passage, TEXTS.values())]), strict=True))
    best = found["answers"]
    assert best.span is not None
    assert best.span.of(TEXTS["answers"]) == "Alexander Fleming"
    assert best.sentences.argmax() == 1
    assert best.answers >= reader.answers_at > max(found["near"].answers, found["far"].answers)
    assert best.relevance > found["far"].relevance
    assert best.span_score > 0.5


def test_of_two_sentences_that_are_close_the_one_that_reads_worse_alone_falls_behind(
    reader: CrossEncoder,
) -> None:
    text = "The medal went to Fleming in 1945. In 1945 Florey had the medal too."
    found, _ = reader.passage_logits("Who had the medal in 1945?", passage(text))
    assert (found.behind > 0).tolist() in ([True, False], [False, True])
    assert found.behind.max() <= MOST_BEHIND
    assert found.shared.tolist() == [1, 1]
    sure, _ = reader.passage_logits(QUESTION, passage(TEXTS["answers"]))
    assert not sure.behind.any()


def test_scores_do_not_depend_on_the_passages_beside(reader: CrossEncoder) -> None:
    passages = [passage(text) for text in TEXTS.values()]
    together = reader.scores(QUESTION, passages)
    turned = reader.scores(QUESTION, passages[::-1])[::-1]
    alone = [reader.scores(QUESTION, [one])[0] for one in passages]
    for one, other, third in zip(together, turned, alone, strict=True):
        assert equal(one, other)
        assert equal(one, third)


def test_one_thread_and_several_say_the_same(reader: CrossEncoder) -> None:
    passages = [passage(text) for text in TEXTS.values()]
    single = CrossEncoder(threads=1).scores(QUESTION, passages)
    assert all(map(equal, single, reader.scores(QUESTION, passages)))


@pytest.mark.parametrize(
    "text",
    [
        "東京 🌊 said: “the naïve café’s Ünal paid 3,500 \u202eback\u202c  dollars”\u00a0…\n\n\t",
        "a\ud800b \udfff. \ud83d Zelenskyy met Erdoğan in İstanbul; ﬁnally e\u0301 was é.",
        "\u0301\u0301 x",
        "\x00\x07 control \x7f. \ufeff Zero\u200bwidth\u2060joined.",
        "Ａｌｅｘａｎｄｅｒ Ｆｌｅｍｉｎｇ discovered it. ㎞ ½ ﷺ",
    ],
)
def test_offsets_are_of_the_text_as_it_is(reader: CrossEncoder, layout: Layout, text: str) -> None:
    (found,) = reader.scores(QUESTION, [Passage("", text, [Span(0, len(text))])])
    assert found.span is not None
    assert len(found.span) > 0
    assert found.span.of(text) == found.span.of(text).strip()
    tokens = layout.tokens(text)
    starts, ends = tokens.offsets[:, 0].tolist(), tokens.offsets[:, 1].tolist()
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert found.span.start in starts
    assert found.span.end in ends


@given(st.text(max_size=300))
def test_tokens_come_in_the_order_of_the_text(layout: Layout, text: str) -> None:
    for column in layout.tokens(text).offsets.T.tolist():
        assert column == sorted(column)
        assert all(0 <= place <= len(text) for place in column)


@settings(max_examples=30)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_any_text_gives_shares(reader: CrossEncoder, question: str, title: str, text: str) -> None:
    (scores,) = reader.scores(question, [passage(text, title)])
    assert np.isfinite(scores.sentences).all()
    assert all(0 <= share <= 1 for share in (scores.answers, scores.relevance, scores.span_score))
    assert scores.span is None or scores.span.of(text)


def test_nothing_to_read(reader: CrossEncoder) -> None:
    assert reader.scores(QUESTION, []) == []
    empty, blank = reader.scores(QUESTION, [Passage("Title", "", []), passage(" \n ")])
    for scores in (empty, blank):
        assert (scores.answers, scores.relevance, scores.span) == (0.0, 0.0, None)
    assert empty.sentences.shape == (0,)
    assert blank.sentences.tolist() == [0.0]
    (unasked,) = reader.scores("", [passage(TEXTS["answers"])])
    assert np.isfinite(unasked.sentences).all()


def test_sentences_may_be_parts_of_the_text_in_any_order(reader: CrossEncoder) -> None:
    text = TEXTS["answers"]
    whole = passage(text)
    trimmed = [span.trimmed(text) for span in whole.sentences]
    (one,) = reader.scores(QUESTION, [whole])
    (other,) = reader.scores(QUESTION, [Passage("", text, trimmed[::-1])])
    assert one.sentences.tolist() == other.sentences.tolist()[::-1]
    (none,) = reader.scores(QUESTION, [Passage("", text, [Span(2, 3)])])  # a blank
    assert none.sentences[0] < 0.01


@pytest.mark.parametrize("where", [0, 40, 80])
def test_a_long_passage_is_read_to_its_end(reader: CrossEncoder, where: int) -> None:
    filler = ["The council met again on the following day and heard from the residents."] * 80
    text = " ".join([*filler[:where], TEXTS["answers"], *filler[where:]])
    long = passage(text)
    (found,) = reader.scores(QUESTION, [long])
    assert found.span is not None
    assert found.span.of(text) == "Alexander Fleming"
    assert long.sentences[int(found.sentences.argmax())].overlap(found.span) > 0


def test_a_long_question_and_title_leave_room_for_the_passage(reader: CrossEncoder) -> None:
    (found,) = reader.scores(
        QUESTION + " Tell me, please." * 200, [passage(TEXTS["answers"], "Penicillin " * 200)]
    )
    assert found.span is not None
    assert len(found.sentences) == 3
