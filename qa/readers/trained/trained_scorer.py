"""A context as the trained network reads it: each passage with the question, alone."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from math import cbrt, exp, sqrt

from index.model import Span
from index.search.retriever import Hit
from qa.context.numbered_sentences import SourceSentence
from qa.readers import lexical_features
from qa.readers.extractive.sentence_vectors import is_paragraph
from qa.readers.scores import ContextScores, ScoredSentence, strict_at
from qa.readers.trained.cross_encoder import CrossEncoder, Scores
from qa.readers.trained.inference import Passage

AMONG_OTHERS_AT = 0.7
"""From this on the best of several passages counts as answering; chosen on `eval/sets/news`."""

MATCH_WEIGHT = 8.0

KEEP, KEEP_OF_LIST = 0.55, 0.55
"""See `ContextScores`; chosen on `eval/sets/news`, too."""

SHORT_AT = 0.5
"""From this score on the words that the network found are shown as the answer in short."""


def score_by_network(
    network: CrossEncoder, question: str, sentences: Sequence[SourceSentence]
) -> ContextScores:
    """Each sentence's score, and how likely the best passage answers.

    A score is sentence * sqrt(answers) * exp(MATCH_WEIGHT * match): what the network makes of the
    sentence and of its passage, and how well that matches the question. Likeness to the question
    and the passage's relevance add nothing to them.
    """
    if not sentences or not any(map(str.isalnum, question)):
        return ContextScores([], 0.0)
    passages = [list(group) for _, group in groupby(sentences, _passage)]
    found = network.scores(question, [_laid(group) for group in passages])
    pairs = zip(passages, found, strict=True)
    scored = [one for group, read in pairs for one in _scored(question, group, read)]
    if is_paragraph(sentences):
        best, answers_at = max(read.answers for read in found), network.answers_at
    else:
        best, answers_at = max(map(_among_others, found)), AMONG_OTHERS_AT
    return ContextScores(scored, strict_at(best, answers_at), KEEP, KEEP_OF_LIST)


def _among_others(read: Scores) -> float:
    """How likely a passage that was found, not given, answers: both probabilities pooled by their
    log odds (Genest and Zidek, 1986), that the question was asked of it with twice the weight, as
    most that do not answer are about something else."""
    yes = cbrt(read.answers * read.relevance**2)
    no = cbrt((1 - read.answers) * (1 - read.relevance) ** 2)
    return yes / (yes + no) if yes + no else 0.0


def relevance(network: CrossEncoder, question: str, hits: Sequence[Hit]) -> list[float]:
    """How likely the question was asked of each passage, 0 to 1, in order."""
    passages = [Passage(hit.record.article.title, hit.record.text.strip(), ()) for hit in hits]
    return [found.relevance for found in network.scores(question, passages)]


RERANK_MATCH_WEIGHT = 1.0
"""What a passage's match, about 0 to 1, adds to its relevance where passages are ordered anew."""


def reranked(hits: Sequence[Hit], relevances: Sequence[float]) -> list[Hit]:
    """The same passages, best first by relevance and match together, their ranks counted anew."""
    scored = zip(relevances, hits, strict=True)
    order = sorted(scored, key=lambda pair: -pair[0] - RERANK_MATCH_WEIGHT * pair[1].match.score)
    return [replace(hit, rank=rank) for rank, (_, hit) in enumerate(order, 1)]


def _passage(sentence: SourceSentence) -> tuple[str, str, int]:
    return sentence.article.id, sentence.version, sentence.rank


def _laid(group: Sequence[SourceSentence]) -> Passage:
    """The passage that these sentences are of, from the first to the last."""
    article, start = group[0].article, group[0].span.start
    spans = [Span(sentence.span.start - start, sentence.span.end - start) for sentence in group]
    return Passage(article.title, Span(start, group[-1].span.end).of(article.text), spans)


def _scored(question: str, group: Sequence[SourceSentence], read: Scores) -> list[ScoredSentence]:
    start, passage = group[0].span.start, sqrt(read.answers) * exp(MATCH_WEIGHT * group[0].match)
    short = read.span if read.span and read.span_score >= SHORT_AT else None
    place = Span(short.start + start, short.end + start) if short else None
    return [
        ScoredSentence(sentence, passage * float(share), _within(place, sentence))
        for sentence, share in zip(group, _shares(question, group, read), strict=True)
    ]


STATES = 1.01
"""How many times the score of a sentence that only has the name that of the one which states the
fact is: a little more, so that both are part of the answer."""


def _shares(question: str, group: Sequence[SourceSentence], read: Scores) -> list[float]:
    """How likely each sentence supports the answer. The network tends to choose the one with the
    name, where another says of "she" what is asked."""
    shares: list[float] = read.sentences.tolist()
    naming = shares.index(max(shares))
    texts = [sentence.text for sentence in group]
    states = lexical_features.stating(question, group[0].article.title, texts, [naming])
    if states >= 0:
        shares[states] = STATES * shares[naming]
    return shares


def _within(place: Span | None, sentence: SourceSentence) -> Span | None:
    """The same in the sentence's text, if it lies in it."""
    if place is None or not sentence.span.start <= place.start < place.end <= sentence.span.end:
        return None
    return Span(place.start - sentence.span.start, place.end - sentence.span.start)
