"""From logits of tokens to what they say of a passage, its sentences and its answer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

START, END, PEAK, MEAN, ANSWERS, RELEVANT = range(6)
"""The logits of a token (see `network.py`); the last two count at [CLS] only.

A sentence's is the log of its mean exp(PEAK), plus its mean MEAN.
"""

ANSWER_TOKENS = 30
"""The longest answer."""


@dataclass(frozen=True, slots=True)
class PassageLogits:
    """What the network says of one passage.

    answers, relevant: the logits that the passage answers, and that the question was asked of it.
    support: (sentences,), the logit that each supports the answer.
    answer: first and last token of the likeliest answer, None if the passage has no token.
    span: its log odds against there being no answer.
    spans: (sentences,), the same for the likeliest answer that starts in each sentence.
    behind: (sentences,), of two sentences that are `close`, by how much less than the other each
        has an answer when it is read without the passage, up to `MOST_BEHIND`; 0 for all others.
    shared: (sentences,), the share of the question's words that each has, 0 to 1.
    """

    answers: float
    relevant: float
    support: Floats
    answer: tuple[int, int] | None
    span: float
    spans: Floats
    behind: Floats
    shared: Floats


MOST_BEHIND = 4.0
"""Beyond it more says no more."""

NOTHING = -20.0
"""The logit of what is not there: a sentence without a token, an answer in an empty passage."""


def passage_logits(
    logits: Sequence[Floats],
    windows: Sequence[tuple[int, int]],
    sentences: Sequence[tuple[int, int]],
) -> PassageLogits:
    """What the windows of one passage say together; `behind` and `shared` are left 0.

    logits: for each window [CLS] and then its tokens of the passage, shape (1 + tokens, 6 or more).
    windows: their half-open ranges of passage tokens; sentences: likewise.
    """
    tokens = joined(logits, windows)
    best, lengths = best_spans(tokens[:, START], tokens[:, END])
    first = int(best.argmax()) if len(best) else None
    return PassageLogits(
        max(float(window[0, ANSWERS]) for window in logits),
        max(float(window[0, RELEVANT]) for window in logits),
        np.array([_support(tokens[a:b]) for a, b in sentences], dtype=np.float32),
        None if first is None else (first, first + int(lengths[first])),
        NOTHING if first is None else float(best[first]),
        np.array([best[a:b].max(initial=NOTHING) for a, b in sentences], dtype=np.float32),
        np.zeros(len(sentences), dtype=np.float32),
        np.zeros(len(sentences), dtype=np.float32),
    )


CLOSE, UNLIKELY = 3.0, -4.0
"""Sentences whose support is further apart keep their order, and in a passage that answers less
likely than that it does not matter."""


def close(found: PassageLogits) -> NDArray[np.int64] | None:
    """The places of the two likeliest sentences, if it is worth reading them again."""
    two = np.argsort(-found.support, kind="stable")[:2]
    if len(two) < 2 or found.answers < UNLIKELY or np.ptp(found.support[two]) > CLOSE:
        return None
    return two


def joined(logits: Sequence[Floats], windows: Sequence[tuple[int, int]]) -> Floats:
    """The logits of all passage tokens, (tokens, 6 or more); of a token in two windows from
    the one in which it has more around it (Devlin et al., 2019). Starts and ends are relative to
    their window's [CLS], which stands for no answer."""
    parts = []
    for place, (window, (start, end)) in enumerate(zip(logits, windows, strict=True)):
        first = (windows[place - 1][1] + start) // 2 if place else start
        last = (windows[place + 1][0] + end) // 2 if place + 1 < len(windows) else end
        null = np.zeros(window.shape[1], dtype=np.float32)
        null[[START, END]] = window[0, [START, END]]
        parts.append(window[1 + first - start : 1 + last - start] - null)
    return np.concatenate(parts)


def best_spans(starts: Floats, ends: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """For each first token the score of the best answer from it, and its length less one."""
    padded = np.concatenate([ends, np.full(ANSWER_TOKENS, -np.inf, dtype=np.float32)])
    reach = np.lib.stride_tricks.sliding_window_view(padded, ANSWER_TOKENS)[: len(starts)]
    lengths = reach.argmax(axis=1)
    return starts + reach.max(axis=1, initial=-np.inf), lengths


def _support(tokens: Floats) -> float:
    if not len(tokens):
        return NOTHING
    peak = tokens[:, PEAK]
    most = peak.max()
    return float(most + np.log(np.exp(peak - most).mean()) + tokens[:, MEAN].mean())
