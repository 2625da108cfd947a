"""The reader that needs no language model: it chooses sentences and quotes them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, count

from index.encoder.minilm import MiniLM
from qa.disagree import differing
from qa.readers import Draft, clues
from qa.readers.reading import is_paragraph, read_question, read_windows
from qa.readers.relevance import fitted
from qa.table import Row, Table

ANSWERS_AT = 0.45
"""A paragraph that answers with a lower probability does not answer; where the balanced accuracy
on two sets (`eval/bench/abstention.py`) is best."""

ANSWERS_AMONG_OTHERS_AT = 0.2
"""The same for more text than that, as a search lays them: chosen on `eval/sets/news`, because what
the model was fitted to, questions written over encyclopedia paragraphs, repeats more of a
passage's words than people do who ask a library."""

MOST_SENTENCES = 4

KEEP = 0.5
"""A further sentence is part of the answer if it has this share of the best one's score."""

KEEP_OF_LIST = 0.15
"""The same for a question that asks for several things."""


KEEP_OF_RIVAL = 0.05
"""The same for a sentence of another article that gives another figure for the same thing."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A row, and how likely it is the sentence that answers if one does, 0 to 1."""

    row: Row
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a table holds for a question: its sentences in order, how likely one of them answers,
    0 to 1, and from where on that counts as an answer."""

    sentences: list[Scored]
    answers: float
    answers_at: float

    @property
    def answered(self) -> bool:
        """Whether the table is taken to answer."""
        return self.answers >= self.answers_at


class ExtractiveReader:
    """One to four sentences, verbatim; none when nothing on the table answers."""

    name = "extractive"

    def __init__(self, encoder: MiniLM) -> None:
        """Always the encoder inside, whichever a library uses: the model was fitted to it."""
        self._encoder = encoder

    def fit(self, question: str, table: Table) -> Table:
        """All of it."""
        return table

    def read(self, question: str, table: Table, ends: float = math.inf) -> Iterator[Draft]:
        """The chosen sentences: by article, best article first, in reading order within one."""
        reading = self.score(question, table)
        if not reading.answered:
            return
        keep = KEEP_OF_LIST if clues.asks_for_several(question) else KEEP
        chosen = _choose(reading.sentences, keep)
        rivals = [] if clues.asks_of_one_time(question) else _rivals(chosen, reading.sentences)
        for item in _in_order([*chosen, *rivals]):
            yield Draft(item.row.text, (item.row.number,))

    def score(self, question: str, table: Table) -> Reading:
        """Each sentence's score, in the order of the table, and how likely the table answers."""
        rows = [row for row in table.rows if _is_sentence(row.text)]
        asked = read_question(question, self._encoder)
        if not rows or not len(asked.vectors):
            return Reading([], 0.0, ANSWERS_AT)
        windows, alone = read_windows(rows, self._encoder), is_paragraph(rows)
        found = fitted().relevance(question, asked, windows, alone)
        shares = zip(rows, found.sentences, strict=True)
        scored = [Scored(row, float(share)) for row, share in shares]
        answers_at = ANSWERS_AT if alone else ANSWERS_AMONG_OTHERS_AT
        return Reading(scored, found.answers, answers_at)


def _is_sentence(text: str) -> bool:
    """Whether it says something: not a heading, a caption or what is left of a web page."""
    return len(text.split()) >= 4 and text.rstrip("\"'”’»)* ")[-1:] in ".!?…。！？:;"


def _choose(scored: Sequence[Scored], keep: float) -> list[Scored]:
    """The best sentences and what they lead in, best first; none that says the same again."""
    ranked = sorted(scored, key=lambda item: -item.score)
    places = {item.row.number: item for item in scored}
    chosen: list[Scored] = []
    for item in ranked:
        if item.score < keep * ranked[0].score:
            break
        for one in (item, *_led_in(item, places)):
            if all(one.row.text != other.row.text for other in chosen):
                chosen.append(one)
    return chosen[:MOST_SENTENCES]


def _rivals(chosen: Sequence[Scored], scored: Sequence[Scored]) -> list[Scored]:
    """The best sentence of another article that gives another figure for the same thing."""
    held = {item.row.article.id for item in chosen}
    others = [
        item
        for item in sorted(scored, key=lambda item: -item.score)
        if item.row.article.id not in held
        and item.score >= KEEP_OF_RIVAL * chosen[0].score
        and any(differing(one.row.text, item.row.text) for one in chosen)
    ]
    return others[:1]


def _in_order(chosen: Sequence[Scored]) -> list[Scored]:
    """By article, best first, in reading order within one; those that disagree newest first."""
    best: dict[str, float] = {}
    for item in chosen:
        best[item.row.article.id] = max(item.score, best.get(item.row.article.id, 0.0))
    disagree = any(differing(a.row.text, b.row.text) for a, b in combinations(chosen, 2))

    def place(item: Scored) -> tuple[float, float, int]:
        published = item.row.article.published_at
        age = -published.timestamp() if published and disagree else 0.0
        return age, -best[item.row.article.id], item.row.number

    return sorted(chosen, key=place)


def _led_in(item: Scored, places: dict[int, Scored]) -> Iterator[Scored]:
    """The sentences behind a lead-in ("There were two conditions.") that go through its list."""
    before = item.row
    for number in count(before.number + 1):
        follower = places.get(number)
        if follower is None or follower.row.article.id != before.article.id:
            return
        row = follower.row
        if row.place != before.place + 1 or not clues.continues_list(before.text, row.text):
            return
        yield follower
        before = row
