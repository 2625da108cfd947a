"""The table as the encoder reads it: token vectors of each sentence, in its context."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.encoder.minilm import MiniLM, TokenVectors
from index.passages import TITLE_TOKENS
from index.search.retriever import head
from qa.context.numbered_sentences import Row
from qa.readers import lexical_features
from qa.readers.extractive.sentence_features import Candidate, Tokens

PARAGRAPH_CHARS = 1_500
"""Nineteen of twenty paragraphs of an encyclopedia are shorter."""


def read_question(question: str, encoder: MiniLM) -> Tokens:
    """The question's tokens; of one over the encoder's window the beginning."""
    asked = head(question, encoder, encoder.window - 2)
    (found,) = encoder.token_embeddings([asked])
    return _tokens(asked, found, 0, len(asked))


def read_windows(rows: Sequence[Row], encoder: MiniLM) -> list[list[Candidate]]:
    """The rows in order, those that follow each other together as far as the encoder can."""
    counts = encoder.count_tokens([row.text for row in rows])
    windows = list(_windows(rows, counts, encoder.window - 3 - TITLE_TOKENS))
    titles = [head(window[0].article.title, encoder, TITLE_TOKENS) for window in windows]
    texts = ["\n".join([t, *(row.text for row in w)]) for t, w in zip(titles, windows, strict=True)]
    read = encoder.token_embeddings(texts)
    return [_candidates(*parts) for parts in zip(titles, windows, texts, read, strict=True)]


def is_paragraph(rows: Sequence[Row]) -> bool:
    """Whether the rows follow each other in one article and are no longer than a paragraph."""
    length = rows[-1].span.end - rows[0].span.start
    return length <= PARAGRAPH_CHARS and all(_follows(*two) for two in pairwise(rows))


def _candidates(
    title: str, window: Sequence[Row], text: str, found: TokenVectors
) -> list[Candidate]:
    title_tokens = _tokens(text, found, 0, len(title))
    candidates, at = [], len(title) + 1
    for row in window:
        tokens = _tokens(text, found, at, at + len(row.text))
        candidates.append(Candidate(row.text, title, tokens, title_tokens))
        at += len(row.text) + 1
    return candidates


def _windows(rows: Sequence[Row], counts: Sequence[int], room: int) -> Iterator[list[Row]]:
    """Runs of rows of one article that follow each other and have at most `room` tokens."""
    window: list[Row] = []
    held = 0
    for row, count in zip(rows, counts, strict=True):
        if window and (held + count > room or not _follows(window[-1], row)):
            yield window
            window, held = [], 0
        window.append(row)
        held += count
    if window:
        yield window


def _follows(before: Row, row: Row) -> bool:
    same = (before.article.id, before.version) == (row.article.id, row.version)
    return same and row.place - before.place <= 2


def _tokens(text: str, found: TokenVectors, start: int, end: int) -> Tokens:
    """The tokens of `text[start:end]`."""
    inside = (found.offsets[:, 0] >= start) & (found.offsets[:, 1] <= end)
    stems = lexical_features.stems(text[start:end])
    places = (found.offsets[inside, 0] - start).tolist()
    return Tokens(found.vectors[inside], tuple(stems[place] for place in places))
