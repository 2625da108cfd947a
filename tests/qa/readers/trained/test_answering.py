"""From what the large network says of passages to how sure the best sentence is."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from index.model import Article, Span
from qa.context.numbered_sentences import SourceSentence
from qa.readers.trained.answering import (
    BEST,
    MOST_AHEAD,
    MOST_PASSAGES,
    SENTENCE,
    LargeReader,
    PassageReading,
    Weights,
    _lead_in,
    best_features,
    sentence_features,
    titled,
)
from qa.readers.trained.logits import PassageLogits

FERRY = "The ferry sank at dawn. Nine people died. A cook was saved."
LATER = "Divers found two more bodies. The toll rose to eleven."


def rows(name: str, text: str, rank: int, first: int = 1) -> list[SourceSentence]:
    """Each sentence of a passage that is a whole article."""
    article = Article(name, text, f"About {name}", published_at=datetime(2026, 2, 11, tzinfo=UTC))
    ends = [place + 1 for place, char in enumerate(text) if char == "."]
    starts = [0, *(end + 1 for end in ends[:-1])]
    spans = [Span(a, b) for a, b in zip(starts, ends, strict=True)]
    numbered = enumerate(spans)
    return [
        SourceSentence(first + n, article, "v", n, span, rank, 0.5 / rank) for n, span in numbered
    ]


def read(held: list[SourceSentence], *support: float, answers: float = 1.0) -> PassageReading:
    values = np.array(support, dtype=np.float32)
    zeros = np.zeros_like(values)
    return PassageReading(
        held, PassageLogits(answers, 0.5, values, (0, 0), 1.0, values, zeros, zeros), None
    )


def column(features: np.ndarray, name: str) -> list[float]:
    return [round(float(value), 4) for value in features[:, SENTENCE.index(name)]]


def test_each_sentence_has_what_is_known_of_it_and_of_its_passage() -> None:
    reads = [read(rows("a", FERRY, 1), 0, 3, 1), read(rows("b", LATER, 2, 4), 2, 2, answers=-1)]
    found = sentence_features("How many people died on the ferry?", reads)
    assert found.shape == (5, len(SENTENCE))
    assert column(found, "support, to the passage's best") == [-3, 0, -2, 0, 0]
    assert column(found, "passage answers") == [1, 1, 1, -1, -1]
    assert column(found, "match") == [0.5, 0.5, 0.5, 0.25, 0.25]
    assert column(found, "rank") == [0, 0, 0, *[round(float(np.log(2)), 4)] * 2]
    assert column(found, "kind found") == [0, 1, 0, 1, 1]
    assert column(found, "kind not found") == [1, 0, 1, 0, 0]


def test_a_question_of_no_kind_has_neither() -> None:
    found = sentence_features("And the ferry?", [read(rows("a", FERRY, 1), 0, 3, 1)])
    assert column(found, "kind found") == column(found, "kind not found") == [0, 0, 0]


def best(reads: list[PassageReading], *logits: float) -> dict[str, float]:
    found = best_features(reads, np.array(logits))
    return dict(zip(BEST, (float(value) for value in found), strict=True))


def test_the_best_is_compared_with_its_rivals() -> None:
    reads = [read(rows("a", FERRY, 1), 0, 3, 1), read(rows("b", LATER, 2, 4), 2, 2, answers=-1)]
    found = best(reads, -1, 2, 1, 0, -2)
    assert (found["ahead of the next"], found["ahead of other articles"]) == (1, 2)
    assert (found["passage answers"], found["answer in it"]) == (1, 3)
    assert found["passages that answer"] == 1


@pytest.mark.parametrize("lead", [MOST_AHEAD - 1, MOST_AHEAD, MOST_AHEAD + 1])
def test_further_ahead_says_no_more(lead: float) -> None:
    reads = [read(rows("a", "It sank.", 1), 0), read(rows("b", "It burned.", 2, 2), 0)]
    assert best(reads, lead, 0)["ahead of the next"] == min(lead, MOST_AHEAD)


def test_one_sentence_has_no_rival() -> None:
    found = best([read(rows("a", "It sank.", 1), 0)], 0.5)
    assert found["ahead of the next"] == found["ahead of other articles"] == MOST_AHEAD


def test_a_title_stands_behind_its_day() -> None:
    assert (
        titled("Ferry sinks", datetime(2026, 2, 11, tzinfo=UTC)) == "11 February 2026, Ferry sinks"
    )
    assert titled("Ferry sinks", None) == "Ferry sinks"


def test_weights_of_other_features_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    held = {"sentence": dict.fromkeys([*SENTENCE, "bias"], 1.0), "best": {"bias": 1.0}}
    file.write_text(json.dumps(held))
    with pytest.raises(ValueError, match="best was fitted to other features"):
        Weights.read(file)


@pytest.fixture(scope="module")
def reader() -> LargeReader:
    return LargeReader(threads=1)


def test_the_sentence_that_answers_is_found_and_its_words(reader: LargeReader) -> None:
    held = [*rows("a", FERRY, 1), *rows("b", "Rain fell in Oslo. Nobody minded.", 2, 4)]
    found = reader("How many people died when the ferry sank?", held)
    top = max(found.sentences, key=lambda item: item.score)
    assert top.sentence.text == "Nine people died."
    assert top.short
    assert top.short.of(top.sentence.text).startswith("Nine")
    other = reader("Who won the chess tournament in Bergen?", held)
    assert other.probability < 0.3 < found.probability


def test_only_the_best_passages_are_read(reader: LargeReader) -> None:
    held = [one for n in range(6) for one in rows(f"a{n}", "It sank at dawn.", n + 1, n + 1)]
    found = reader("When did it sink?", held)
    assert {item.sentence.rank for item in found.sentences} == set(range(1, MOST_PASSAGES + 1))


def test_nothing_to_read_is_no_answer(reader: LargeReader) -> None:
    assert reader("When?", []).probability == 0.0
    assert reader("?!", rows("a", FERRY, 1)).sentences == []


def test_a_passage_is_read_by_itself(reader: LargeReader) -> None:
    """ContextScores others beside it changes nothing of what is said of it."""
    held = rows("a", FERRY, 1)
    (alone,) = reader.read("How many died?", held)
    beside = [replace(one, number=9) for one in rows("b", LATER, 2)]
    first, _ = reader.read("How many died?", [*held, *beside])
    assert first.evidence.support.tolist() == alone.evidence.support.tolist()


STRIKE = "The strike ended with demands. The first was pay. The second was rest. Nobody objected."


@pytest.mark.parametrize(
    ("question", "best", "lead"),
    [
        ("What demands ended the strike?", 1, 0),
        ("What demands ended the strike?", 2, 0),
        ("What demands ended the strike?", 3, None),  # not of the list
        ("What demands did dockers and strike leaders make?", 1, None),  # two words of five
        ("What demands did strike leaders make?", 1, 0),  # two of four
        ("When did the strike end?", 1, None),  # asks for one thing
    ],
)
def test_a_list_is_announced_in_the_words_of_the_question(
    question: str, best: int, lead: int | None
) -> None:
    assert _lead_in(question, rows("a", STRIKE, 1), best) == lead
