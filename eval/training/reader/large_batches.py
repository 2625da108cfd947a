"""Samples as inputs of the large network, and inputs as batches."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch  # type: ignore[import-not-found]
from numpy.typing import NDArray

from eval.training.reader.natural_examples import Sample
from index.sentences import sentences
from qa.readers.trained.input_format import WINDOW, Layout, Tokens

TOKENS = 4_000
"""Of one step, padding included."""

CHUNK = 768
"""So many samples are sorted by length at a time, so that the order of the epoch stays."""

UNTITLED = 0.1
"""The share of inputs without a title."""

PADDING = 1
"""The id of MPNet's <pad>."""

_SENTENCE_CHARS = 700


@dataclass(frozen=True, slots=True)
class Input:
    """One input. Ranges are half-open ranges of its tokens, (0, 0) for what is outside of it.

    passage: the passage's tokens; answer: first and last token of the answer, (0, 0) for none;
    sentences: those of the passage, and gold, which of them answer or carry.
    """

    ids: NDArray[np.int64]
    passage: tuple[int, int]
    answer: tuple[int, int]
    sentences: Sequence[tuple[int, int]]
    gold: Sequence[bool]
    sample: Sample


def laid(layout: Layout, sample: Sample, draw: random.Random) -> Input:
    """A sample as an input; of a passage too long for it a part, with the answer if it has one."""
    title = sample.title if draw.random() >= UNTITLED else ""
    head, _ = layout.head(sample.question, title)
    tokens = layout.tokens(sample.text)
    start, end = _part(tokens, WINDOW - len(head) - 1, sample, draw)
    shift = len(head) - start

    def placed(first: int, last: int) -> tuple[int, int]:
        a, b = max(first, start), min(last, end)
        return (a + shift, b + shift) if a < b else (0, 0)

    spans = sentences(sample.text, "en", lambda part: len(part) <= _SENTENCE_CHARS)
    words = [placed(*one) for one in tokens.ranges(sample.words[:1])]
    first, last = words[0] if words and words[0][1] else (0, 1)
    return Input(
        layout.input(head, tokens.ids[start:end]),
        (len(head), end + shift),
        (first, last - 1),
        [placed(*one) for one in tokens.ranges(spans)],
        [any(2 * s.overlap(g) > min(len(s), len(g)) for g in sample.gold) for s in spans],
        sample,
    )


def _part(tokens: Tokens, room: int, sample: Sample, draw: random.Random) -> tuple[int, int]:
    """The range of tokens that is read, at most `room` of them."""
    spare = len(tokens) - room
    if spare <= 0:
        return 0, len(tokens)
    least, most = 0, spare
    if wanted := tokens.ranges(sample.words[:1] or sample.gold[:1]):
        least = max(0, min(wanted[0][1] - room, spare))
        most = max(least, min(wanted[0][0], spare))
    start = draw.randint(least, most)
    return start, start + room


def batches(layout: Layout, shown: Sequence[Sample], seed: int) -> Iterator[list[Input]]:
    """All samples, those of like length together."""
    for at in range(0, len(shown), CHUNK):
        draw = random.Random(f"{seed}-{at}")
        inputs = [laid(layout, one, draw) for one in shown[at : at + CHUNK]]
        inputs.sort(key=lambda one: len(one.ids))
        groups: list[list[Input]] = [[]]
        for one in inputs:
            if (len(groups[-1]) + 1) * len(one.ids) > TOKENS:
                groups.append([])
            groups[-1].append(one)
        draw.shuffle(groups)
        yield from groups


def arrays(inputs: Sequence[Input]) -> dict[str, torch.Tensor]:
    """What network and losses take.

    ids, mask, inside: (batch, tokens), inside are the first token and the passage's; starts, ends:
    (batch,), places of tokens, 0 without an answer; member: (batch, sentences, tokens); positive:
    (batch, sentences); labels: (batch, 3), answerable, relevant, carried; trust: (batch, 5), how
    much span, sentences and these three count.
    """
    rows, tokens = len(inputs), max(len(one.ids) for one in inputs)
    count = max(1, *(len(one.sentences) for one in inputs))
    made = {
        "ids": np.full((rows, tokens), PADDING, np.int64),
        "mask": np.zeros((rows, tokens), np.int64),
        "inside": np.zeros((rows, tokens), bool),
        "member": np.zeros((rows, count, tokens), bool),
        "positive": np.zeros((rows, count), np.float32),
        "starts": np.array([one.answer[0] for one in inputs]),
        "ends": np.array([one.answer[1] for one in inputs]),
        "labels": np.array([_labels(one.sample) for one in inputs], np.float32),
        "trust": np.array([one.sample.trust for one in inputs], np.float32),
    }
    for row, one in enumerate(inputs):
        size = len(one.ids)
        made["ids"][row, :size], made["mask"][row, :size] = one.ids, 1
        made["inside"][row, 0] = made["inside"][row, slice(*one.passage)] = True
        for n, (a, b) in enumerate(one.sentences):
            made["member"][row, n, a:b] = b > a
            made["positive"][row, n] = a < b and one.gold[n]
    return {name: torch.from_numpy(array) for name, array in made.items()}


def _labels(sample: Sample) -> tuple[bool, bool, bool]:
    return sample.answerable, sample.relevant, sample.carried
