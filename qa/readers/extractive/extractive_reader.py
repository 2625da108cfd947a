"""The reader that needs no language model: it chooses sentences and quotes them."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations, count

from index.encoder.minilm import MiniLM
from qa.checks.disagreement import differing
from qa.context.numbered_sentences import Context, SourceSentence
from qa.readers import lexical_features
from qa.readers.extractive.similarity_scorer import score_by_similarity
from qa.readers.protocol import Confidence, DraftStatement, ReaderOutput
from qa.readers.scores import ContextScores, ScoredSentence, is_sentence

MOST_SENTENCES = 4

KEEP_OF_RIVAL = 0.05
"""A sentence of another article that gives another figure for the same thing is part of the answer
if it has this share of the best one's score."""


Score = Callable[[str, Sequence[SourceSentence]], ContextScores]
"""(question, sentences of a context) to what they hold for it."""


class ExtractiveReader:
    """One to four sentences, verbatim, and one of a source that gives another figure; none when
    nothing in the context answers."""

    name = "extractive"

    def __init__(self, encoder: MiniLM, score: Score | None = None) -> None:
        """`score` is a trained network's (`qa.readers.trained`); without one it is likeness to the
        question by the encoder inside, whichever a library uses."""
        self._score = score or partial(score_by_similarity, encoder)

    def fit(self, question: str, context: Context) -> Context:
        """All of it."""
        return context

    def read(
        self, question: str, context: Context, ends: float = math.inf
    ) -> Iterator[ReaderOutput]:
        """How sure it is, then the chosen sentences: by article, best article first, in reading
        order within one."""
        reading = self.score(question, context)
        yield Confidence(reading.probability, _likeliest(reading.sentences))
        if not reading.sentences:
            return
        keep = reading.keep_of_list if lexical_features.asks_for_several(question) else reading.keep
        chosen = _choose(reading.sentences, keep)
        rivals = (
            []
            if lexical_features.asks_of_one_time(question)
            else _rivals(chosen, reading.sentences)
        )
        for item in _in_order([*chosen, *rivals]):
            yield DraftStatement(item.sentence.text, (item.sentence.number,), answer=item.short)

    def score(self, question: str, context: Context) -> ContextScores:
        """Each sentence's score, in the context's order, and how likely one of them answers."""
        sentences = [sentence for sentence in context.sentences if is_sentence(sentence.text)]
        return self._score(question, sentences)


def _likeliest(scored: Sequence[ScoredSentence]) -> tuple[int, ...]:
    """The ranks of the passages, that with the best sentence first."""
    best: dict[int, float] = {}
    for item in scored:
        best[item.sentence.rank] = max(item.score, best.get(item.sentence.rank, 0.0))
    return tuple(sorted(best, key=lambda rank: -best[rank]))


def _choose(scored: Sequence[ScoredSentence], keep: float) -> list[ScoredSentence]:
    """The best sentences and what they lead in, best first; none that says the same again."""
    ranked = sorted(scored, key=lambda item: -item.score)
    places = {item.sentence.number: item for item in scored}
    chosen: list[ScoredSentence] = []
    for item in ranked:
        if item.score < keep * ranked[0].score:
            break
        for one in (item, *_led_in(item, places)):
            if all(one.sentence.text != other.sentence.text for other in chosen):
                chosen.append(one)
    return chosen[:MOST_SENTENCES]


def _rivals(
    chosen: Sequence[ScoredSentence], scored: Sequence[ScoredSentence]
) -> list[ScoredSentence]:
    """The best sentence of another article that gives another figure for the same thing."""
    held = {item.sentence.article.id for item in chosen}
    others = [
        item
        for item in sorted(scored, key=lambda item: -item.score)
        if item.sentence.article.id not in held
        and item.score >= KEEP_OF_RIVAL * chosen[0].score
        and any(differing(one.sentence.text, item.sentence.text) for one in chosen)
    ]
    return others[:1]


def _in_order(chosen: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """By article, best article first; in one its best sentence, unless that points back, then the
    others in reading order. Those that disagree newest first."""
    best: dict[str, ScoredSentence] = {}
    for item in chosen:
        key = item.sentence.article.id
        best[key] = max(best.get(key, item), item, key=lambda one: one.score)
    disagree = any(differing(a.sentence.text, b.sentence.text) for a, b in combinations(chosen, 2))

    def place(item: ScoredSentence) -> tuple[float, float, bool, int]:
        published, first = item.sentence.article.published_at, best[item.sentence.article.id]
        age = -published.timestamp() if published and disagree else 0.0
        leads = item is first and not lexical_features.points_back(item.sentence.text)
        return age, -first.score, not leads, item.sentence.number

    return sorted(chosen, key=place)


def _led_in(item: ScoredSentence, places: dict[int, ScoredSentence]) -> Iterator[ScoredSentence]:
    """The sentences behind a lead-in ("There were two conditions.") that go through its list."""
    before = item.sentence
    for number in count(before.number + 1):
        follower = places.get(number)
        if follower is None or follower.sentence.article.id != before.article.id:
            return
        sentence = follower.sentence
        if sentence.place != before.place + 1 or not lexical_features.continues_list(
            before.text, sentence.text
        ):
            return
        yield follower
        before = sentence
