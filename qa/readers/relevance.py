"""How likely a sentence answers a question, from its vector and its words. Pure."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ANSWERS_AT = 0.45
"""A best sentence below this does not answer."""

KEEP_WITHIN = 0.12
"""A further sentence is part of the answer if it is this close to the best one."""

_WORD = re.compile(r"\w+")
_STOP = frozenset(
    _WORD.findall(
        "a an the of in on at to for from by with and or is are was were be been did do does has "
        "have had what which who whom whose when where why how it its this that these those as "
        "about into there their his her he she they you i we will would can could not"
    )
)


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a sentence: its cosine to the question, its words and its title's."""

    cosine: float
    words: frozenset[str]
    title: frozenset[str]


def words(text: str) -> frozenset[str]:
    """The words that carry meaning, lower case, cut to a rough stem."""
    return frozenset(word[:6] for word in _WORD.findall(text.casefold()) if word not in _STOP)


def relevance(question: str, sentences: Sequence[Features]) -> NDArray[np.float64]:
    """Shape (len(sentences),): cosine plus a little of the question's words, weighted by rarity."""
    asked = words(question)
    seen = Counter(word for features in sentences for word in features.words)
    weight = {w: math.log(1 + len(sentences) / (1 + seen[w])) + 0.1 for w in asked}
    total = sum(weight.values()) or 1.0
    return np.array(
        [
            0.85 * features.cosine
            + 0.15 * sum(weight[w] for w in asked & (features.words | features.title)) / total
            for features in sentences
        ]
    )
