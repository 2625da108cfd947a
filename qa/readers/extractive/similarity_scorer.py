"""Which sentence answers, by how like it is to the question: no network but the encoder."""

from collections.abc import Sequence

from index.encoder.minilm import MiniLM
from qa.context.numbered_sentences import SourceSentence
from qa.readers.extractive.relevance import fitted
from qa.readers.extractive.sentence_vectors import is_paragraph, read_question, read_windows
from qa.readers.scores import ContextScores, ScoredSentence, strict_at

ANSWERS_AT = 0.45
"""A paragraph that answers with a lower probability does not answer; where the balanced accuracy
on two sets (`eval/bench/answers/abstention.py`) is best."""

ANSWERS_AMONG_OTHERS_AT = 0.2
"""The same for more text than that, as a search lays them: chosen on `eval/sets/news`, because what
the model was fitted to, questions written over encyclopedia paragraphs, repeats more of a
passage's words than people do who ask a library."""

KEEP, KEEP_OF_LIST = 0.5, 0.15
"""See `ContextScores`."""


def score_by_similarity(
    encoder: MiniLM, question: str, sentences: Sequence[SourceSentence]
) -> ContextScores:
    """Each sentence's score, and how likely one of them answers."""
    asked = read_question(question, encoder)
    if not sentences or not len(asked.vectors):
        return ContextScores([], 0.0)
    windows, alone = read_windows(sentences, encoder), is_paragraph(sentences)
    found = fitted().relevance(question, asked, windows, alone)
    shares = zip(sentences, found.sentences, strict=True)
    scored = [ScoredSentence(sentence, float(share)) for sentence, share in shares]
    answers_at = ANSWERS_AT if alone else ANSWERS_AMONG_OTHERS_AT
    probability = strict_at(found.answers, answers_at)
    return ContextScores(scored, probability, KEEP, KEEP_OF_LIST)
