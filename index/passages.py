"""Sentence spans to passages that fit the encoder's window. Pure."""

from collections.abc import Iterator, Sequence

from index.model import Span

TITLE_TOKENS = 48
"""At most so many tokens of the title are embedded in front of each of its passages."""

PASSAGE_TOKENS = 160
"""The most tokens of text in a passage, the title not counted."""

SENTENCE_TOKENS = PASSAGE_TOKENS
"""A longer sentence is cut (see `index.sentences`), so that each passage is whole sentences."""

PASSAGE_CHARS = SENTENCE_CHARS = 1_200
"""The most code points of either, white space at the ends not counted: a quarter more than any
has in 19 MB of English. Tokens alone bound nothing: a word over 100 characters is a single one."""

PARAGRAPH_TOKENS = 64
"""From so many tokens on a passage ends where its paragraph ends."""


def passages(sentences: Sequence[Span], tokens: Sequence[int], text: str) -> Iterator[Span]:
    """Runs of consecutive sentences that tile the text like the sentences do.

    `tokens[i]` is how many tokens `sentences[i]` has, at most SENTENCE_TOKENS each. A run closes
    before the sentence that would take it over PASSAGE_TOKENS or PASSAGE_CHARS, or at the end of
    a paragraph once it has PARAGRAPH_TOKENS.
    """
    start, held = 0, 0
    for i, count in enumerate(tokens):
        long = sentences[i].trimmed(text).end - sentences[start].start > PASSAGE_CHARS
        full = long or held + count > PASSAGE_TOKENS
        if i > start and (
            full or (held >= PARAGRAPH_TOKENS and _ends_paragraph(sentences[i - 1], text))
        ):
            yield Span(sentences[start].start, sentences[i - 1].end)
            start, held = i, 0
        held += count
    if sentences:
        yield Span(sentences[start].start, sentences[-1].end)


def _ends_paragraph(sentence: Span, text: str) -> bool:
    words = sentence.of(text)
    return "\n" in words[len(words.rstrip()) :]
