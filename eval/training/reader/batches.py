"""Examples to the arrays of one step of training. Pure.

A passage longer than the window is cut to one that holds what is to be found; a title is left out
now and then, as some articles have none.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.training.reader.examples import Example
from qa.readers.trained.input_format import WINDOW, Ids, Layout

TOKENS = 4_000
"""Tokens of one step, padding included: about 24 examples."""

UNTITLED = 0.15
"""How often a title is left out."""


def batches(shown: Sequence[Example]) -> list[list[Example]]:
    """Examples of like length together, in an order without it; each within `TOKENS`."""
    made: list[list[Example]] = []
    for at in range(0, len(shown), 1024):
        made += _by_length(sorted(shown[at : at + 1024], key=len))
    random.Random(len(made)).shuffle(made)
    return made


def _by_length(examples: Sequence[Example]) -> Iterator[list[Example]]:
    batch: list[Example] = []
    for example in examples:
        if batch and (len(batch) + 1) * min(len(example), WINDOW) > TOKENS:
            yield batch
            batch = []
        batch.append(example)
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class Input:
    """One example laid out. Places are tokens of `ids`, ranges half-open.

    asked: how many belong to the question. passage: where it is. sentences: where each is; one
    outside the window is an empty range. answer: its first and last token, [CLS] if there is none.
    """

    ids: Ids
    asked: int
    passage: tuple[int, int]
    sentences: tuple[tuple[int, int], ...]
    answer: tuple[int, int]


def laid(example: Example, layout: Layout, draw: random.Random) -> Input:
    """The example within the window."""
    head = example.head[: example.asked] if draw.random() < UNTITLED else example.head
    room = WINDOW - len(head) - 1
    answer = draw.choice(example.answers) if example.answers else None
    start = _window_start(example, answer, room, draw)
    end = min(len(example.passage), start + room)
    shift = len(head) - start

    def placed(first: int, last: int) -> tuple[int, int]:
        inside = max(first, start), min(last, end)
        return (inside[0] + shift, inside[1] + shift) if inside[0] < inside[1] else (0, 0)

    first, last = placed(*answer) if answer else (0, 1)
    return Input(
        layout.input(head, example.passage.ids[start:end]),
        example.asked,
        (len(head), end + shift),
        tuple(placed(*sentence) for sentence in example.sentences),
        (first, last - 1),
    )


def _window_start(
    example: Example, answer: tuple[int, int] | None, room: int, draw: random.Random
) -> int:
    spare = len(example.passage) - room
    if spare <= 0:
        return 0
    wanted = answer or next((example.sentences[i] for i in sorted(example.positives)), None)
    if wanted is None:
        return draw.randint(0, spare)
    least = max(0, min(wanted[1] - room, spare))
    return draw.randint(least, max(least, min(wanted[0], spare)))


def arrays(
    examples: Sequence[Example], layout: Layout, draw: random.Random
) -> dict[str, NDArray[Any]]:
    """What the network takes and what `network.losses` compares with, padded to one length."""
    inputs = [laid(example, layout, draw) for example in examples]
    tokens = max(len(one.ids) for one in inputs)
    sentences = max(1, *(len(one.sentences) for one in inputs))
    made = _empty(len(inputs), sentences, tokens)
    for row, (example, one) in enumerate(zip(examples, inputs, strict=True)):
        length = len(one.ids)
        made["input_ids"][row, :length] = one.ids
        made["attention_mask"][row, :length] = 1
        made["token_type_ids"][row, one.asked : length] = 1
        made["inside"][row, 0] = made["inside"][row, slice(*one.passage)] = True
        made["starts"][row], made["ends"][row] = one.answer
        made["answerable"][row], made["relevant"][row] = example.answerable, example.relevant
        made["trust"][row] = example.trust
        for place, (start, end) in enumerate(one.sentences):
            made["member"][row, place, start:end] = True
            made["positive"][row, place] = start < end and place in example.positives
    return made


def _empty(rows: int, sentences: int, tokens: int) -> dict[str, NDArray[Any]]:
    by_token = dict.fromkeys(_INPUTS, (np.int64, (rows, tokens)))
    shapes: Mapping[str, tuple[type, tuple[int, ...]]] = by_token | {
        "inside": (np.bool_, (rows, tokens)),
        "member": (np.bool_, (rows, sentences, tokens)),
        "positive": (np.float32, (rows, sentences)),
        "starts": (np.int64, (rows,)),
        "ends": (np.int64, (rows,)),
        "answerable": (np.float32, (rows,)),
        "relevant": (np.float32, (rows,)),
        "trust": (np.float32, (rows, 3)),
    }
    return {name: np.zeros(shape, dtype=kind) for name, (kind, shape) in shapes.items()}


_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
