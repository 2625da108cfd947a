"""The context as the encoder reads it: token vectors of each sentence, in its context."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.encoder.minilm import MiniLM, TokenVectors
from index.passages import TITLE_TOKENS
from index.search.retriever import head
from qa.context.numbered_sentences import SourceSentence
from qa.readers import lexical_features
from qa.readers.extractive.sentence_features import Candidate, Tokens

PARAGRAPH_CHARS = 1_500
"""Nineteen of twenty paragraphs of an encyclopedia are shorter."""


def read_question(question: str, encoder: MiniLM) -> Tokens:
    """The question's tokens; of one over the encoder's window the beginning."""
    asked = head(question, encoder, encoder.window - 2)
    (found,) = encoder.token_embeddings([asked])
    return _tokens(asked, found, 0, len(asked))


def read_windows(sentences: Sequence[SourceSentence], encoder: MiniLM) -> list[list[Candidate]]:
    """The sentences in order, those that follow each other together as far as the encoder can."""
    counts = encoder.count_tokens([sentence.text for sentence in sentences])
    windows = list(_windows(sentences, counts, encoder.window - 3 - TITLE_TOKENS))
    titles = [head(window[0].article.title, encoder, TITLE_TOKENS) for window in windows]
    texts = [
        "\n".join([t, *(sentence.text for sentence in w)])
        for t, w in zip(titles, windows, strict=True)
    ]
    read = encoder.token_embeddings(texts)
    return [_candidates(*parts) for parts in zip(titles, windows, texts, read, strict=True)]


def is_paragraph(sentences: Sequence[SourceSentence]) -> bool:
    """Whether the sentences follow each other in one article and are no longer than a paragraph."""
    length = sentences[-1].span.end - sentences[0].span.start
    return length <= PARAGRAPH_CHARS and all(_follows(*two) for two in pairwise(sentences))


def _candidates(
    title: str, window: Sequence[SourceSentence], text: str, found: TokenVectors
) -> list[Candidate]:
    title_tokens = _tokens(text, found, 0, len(title))
    candidates, at = [], len(title) + 1
    for sentence in window:
        tokens = _tokens(text, found, at, at + len(sentence.text))
        candidates.append(Candidate(sentence.text, title, tokens, title_tokens))
        at += len(sentence.text) + 1
    return candidates


def _windows(
    sentences: Sequence[SourceSentence], counts: Sequence[int], room: int
) -> Iterator[list[SourceSentence]]:
    """Runs of sentences of one article that follow each other and have at most `room` tokens."""
    window: list[SourceSentence] = []
    held = 0
    for sentence, count in zip(sentences, counts, strict=True):
        if window and (held + count > room or not _follows(window[-1], sentence)):
            yield window
            window, held = [], 0
        window.append(sentence)
        held += count
    if window:
        yield window


def _follows(before: SourceSentence, sentence: SourceSentence) -> bool:
    same = (before.article.id, before.version) == (sentence.article.id, sentence.version)
    return same and sentence.place - before.place <= 2


def _tokens(text: str, found: TokenVectors, start: int, end: int) -> Tokens:
    """The tokens of `text[start:end]`."""
    inside = (found.offsets[:, 0] >= start) & (found.offsets[:, 1] <= end)
    stems = lexical_features.stems(text[start:end])
    places = (found.offsets[inside, 0] - start).tolist()
    return Tokens(found.vectors[inside], tuple(stems[place] for place in places))
