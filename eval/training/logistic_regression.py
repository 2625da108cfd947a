"""The two regressions that the fits need, by Newton's method. Pure."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 60
_HALVINGS = 20


def fit_choice(
    rows: Floats, starts: NDArray[np.int64], right: NDArray[np.bool_], l2: float
) -> Floats:
    """Conditional logit (McFadden, 1974): within each group the right row is chosen by softmax.

    rows: (n, F), grouped; starts: (G,), where each group begins, ascending from 0; right: (n,),
    at least one a group, whose shares are added up. Returns the weights, shape (F,).
    """
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        scores = rows @ weights
        chosen = _softmax(scores, starts)
        wanted = _softmax(np.where(right, scores, -np.inf), starts)
        gradient = rows.T @ (chosen - wanted) / len(starts) + 2 * l2 * weights
        means = np.add.reduceat(rows * chosen[:, None], starts)
        curvature = ((rows * chosen[:, None]).T @ rows - means.T @ means) / len(starts)
        step = np.linalg.solve(curvature + 2 * l2 * np.eye(len(weights)), gradient)
        weights = weights - _shortened(
            step, weights, lambda w: _choice_loss(rows, starts, right, w, l2)
        )
    return weights


def fit_binary(rows: Floats, right: NDArray[np.bool_], l2: float) -> tuple[Floats, float]:
    """Logistic regression in which both classes weigh the same; weights (F,) and bias.

    rows: (n, F); right: (n,), of both kinds.
    """
    full = np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
    penalty = 2 * l2 * np.diag([1.0] * rows.shape[1] + [0.0])
    importance = np.where(right, 0.5 / right.mean(), 0.5 / (1 - right.mean())) / len(rows)
    weights = np.zeros(full.shape[1])
    for _ in range(_STEPS):
        chosen = 1 / (1 + np.exp(-full @ weights))
        gradient = full.T @ (importance * (chosen - right)) + penalty @ weights
        spread = importance * chosen * (1 - chosen)
        weights -= np.linalg.solve((full * spread[:, None]).T @ full + penalty, gradient)
    return weights[:-1], float(weights[-1])


def _shortened(step: Floats, weights: Floats, loss: Callable[[Floats], float]) -> Floats:
    """The step, halved until it does not lead uphill: several right rows make hills."""
    now = loss(weights)
    for _ in range(_HALVINGS):
        if loss(weights - step) <= now:
            return step
        step = step / 2
    return np.zeros_like(step)


def _choice_loss(
    rows: Floats, starts: NDArray[np.int64], right: NDArray[np.bool_], weights: Floats, l2: float
) -> float:
    """Minus the mean log of the share that the right rows have, and the penalty."""
    shares = np.add.reduceat(_softmax(rows @ weights, starts) * right, starts)
    return float(-np.log(np.maximum(shares, 1e-300)).mean() + l2 * weights @ weights)


def _softmax(scores: Floats, starts: NDArray[np.int64]) -> Floats:
    """Within each group."""
    sizes = np.diff([*starts, len(scores)])
    shifted = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
    shares: Floats = shifted / np.repeat(np.add.reduceat(shifted, starts), sizes)
    return shares
