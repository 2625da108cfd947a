"""How well passages match a question, beyond the ranks that an index gave them. Pure.

Reciprocal rank fusion throws away how much better one passage is than the next, and BM25 does
not see whether the question's words stand together. On open retrieval
(`eval/bench/search/retrieval.py`) this order puts the right passage first far more often than fused
ranks do; the weights come from `eval/training/fit_ranking.py`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

COMMON_WEIGHT = 0.3
"""What a word that says little, such as "of", weighs in a pair; terms weigh their BM25 idf."""

WINDOW = 30
"""Words that stand near each other."""


class Match(NamedTuple):
    """What speaks for a passage. cosine: to the question, -1 to 1; the others are shares, by
    weight, of the question: its terms in the passage or title, its pairs of neighbouring words
    that are neighbours here, and its terms in the best window of `WINDOW` words."""

    cosine: float
    terms: float
    pairs: float
    window: float

    @property
    def score(self) -> float:
        """The weighted sum."""
        return sum(weight * value for weight, value in zip(WEIGHTS, self, strict=True))


WEIGHTS = Match(0.55, 0.14, 0.14, 0.17)
"""They sum to 1."""


class Asked:
    """A question to match passages with."""

    def __init__(self, words: Sequence[str], weights: Mapping[str, float]) -> None:
        """words: the question's stems in order; weights: of those that are terms."""
        self._weights = weights
        self._all = sum(weights.values())
        self._pairs = {
            pair: sum(weights.get(word, COMMON_WEIGHT) for word in pair) for pair in pairwise(words)
        }
        self._all_pairs = sum(self._pairs.values())

    def match(self, cosine: float, words: Sequence[str], title: Sequence[str]) -> Match:
        """words, title: the stems of a passage and of its article's title, in order."""
        return Match(
            cosine,
            _share(self._weight(set(words).union(title)), self._all),
            _share(self._pair_weight(words), self._all_pairs),
            _share(self._window_weight(words), self._all),
        )

    def _weight(self, words: set[str]) -> float:
        return sum(weight for term, weight in self._weights.items() if term in words)

    def _pair_weight(self, words: Sequence[str]) -> float:
        here = set(pairwise(words))
        return sum(weight for pair, weight in self._pairs.items() if pair in here)

    def _window_weight(self, words: Sequence[str]) -> float:
        """The most weight of terms that any window holds."""
        places = [(at, word) for at, word in enumerate(words) if word in self._weights]
        inside: Counter[str] = Counter()
        best = weight = 0.0
        first = 0
        for at, word in places:
            inside[word] += 1
            weight += self._weights[word] * (inside[word] == 1)
            while places[first][0] <= at - WINDOW:
                gone = places[first][1]
                inside[gone] -= 1
                weight -= self._weights[gone] * (inside[gone] == 0)
                first += 1
            best = max(best, weight)
        return best


def _share(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole else 0.0
