"""Does the cited text carry what a statement says? No judge model. Pure.

Only hard facts are compared: numbers and their units, dates, times of day, quotations, proper
names, whether something is denied, and words that have an opposite. A statement whose facts all
stand in its evidence is called supported; that it says the same is for its reader to see. Evidence
are the cited sentences, their neighbours in the context, the titles and dates of their articles.
The thresholds were chosen with `eval/bench/answers/support.py`, which plants errors in true
statements.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.checks.antonyms import opposed
from qa.checks.fact_check import Evidence, missing
from qa.checks.fact_extraction import facts, folded
from qa.context.numbered_sentences import Context, SourceSentence
from qa.readers import lexical_features

REPOINT_AT = 0.5
"""A sentence takes the place of those cited if it carries every fact and so much of the words."""

JOIN_AT = 0.3
"""A sentence is cited besides if it carries a missing fact and so much of the words."""

CITE_AT = 0.5
"""A statement without a citation gets the sentence that has so much of its words."""

ELSEWHERE_AT = 0.6
"""A sentence with so much of a statement's words is what it says, ..."""

ELSEWHERE_SHARE = 0.6
"""... and not the cited one, nor a neighbour, if that has less than this part of it."""

SAME_AT = 0.5
"""From this share of its words on a sentence is about the same, so a denial in one only counts."""

COPY_AT = 0.85
"""A statement with so much of its words from one sentence copies it, and its names have to stand
among the same words; in other words they may stand anywhere."""

DENIAL, DENIED = "the denial", "what is denied"
"""What is missing of a statement that its sentence denies, or that denies what it says."""

LITTLE_ELSE_AT = 0.7
"""A sentence of whose words a statement has so many says little else."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The numbers that a statement rests on now, and what of it they do not carry."""

    numbers: tuple[int, ...]
    missing: tuple[str, ...]

    @property
    def supported(self) -> bool:
        """Whether it cites something, and nothing is missing."""
        return bool(self.numbers) and not self.missing


class Checker:
    """Checks the statements of one answer against the sentences in its context."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def check(self, text: str, numbers: Sequence[int]) -> Verdict:
        """The verdict on a statement, re-pointed where another sentence carries what is missing."""
        sentences = [sentence for n in numbers if (sentence := self._context.sentence(n))]
        ranked = sorted(self._context.sentences, key=lambda sentence: -self._share(text, sentence))
        lost = self._lost(text, sentences)
        denied = lost in ([DENIAL], [DENIED])
        if sentences and not lost and not self._is_elsewhere(text, sentences, ranked[0]):
            return Verdict(tuple(sentence.number for sentence in sentences), ())
        if instead := self._instead(text, ranked, REPOINT_AT if sentences else CITE_AT):
            return Verdict((instead.number,), ())
        joined = self._joined(text, sentences, ranked) if sentences and not denied else sentences
        lost = [] if len(joined) > len(sentences) else lost
        return Verdict(tuple(sentence.number for sentence in joined), tuple(lost))

    def _is_elsewhere(
        self, text: str, sentences: Sequence[SourceSentence], best: SourceSentence
    ) -> bool:
        """Whether the words of a statement stand in a sentence that it does not cite."""
        held = max(
            self._share(text, other)
            for sentence in sentences
            for other in self._context.near(sentence)
        )
        return self._share(text, best) >= ELSEWHERE_AT and held < ELSEWHERE_SHARE * ELSEWHERE_AT

    def _instead(
        self, text: str, ranked: Iterable[SourceSentence], at: float
    ) -> SourceSentence | None:
        """The sentence that carries all of it best, if one does."""
        for sentence in ranked:
            if self._share(text, sentence) < at:
                return None
            if not self._lost(text, [sentence]):
                return sentence
        return None

    def _joined(
        self, text: str, sentences: Sequence[SourceSentence], ranked: Iterable[SourceSentence]
    ) -> list[SourceSentence]:
        """The sentences with those added that carry what they lack, if together they carry all."""
        chosen = list(sentences)
        lost = self._lost(text, chosen)
        for sentence in ranked:
            if not lost or self._share(text, sentence) < JOIN_AT:
                break
            left = self._lost(text, [*chosen, sentence]) if sentence not in chosen else lost
            if len(left) < len(lost):
                chosen, lost = [*chosen, sentence], left
        return list(sentences) if lost else chosen

    def _lost(self, text: str, sentences: Sequence[SourceSentence]) -> list[str]:
        near = dict.fromkeys(
            other for sentence in sentences for other in self._context.near(sentence)
        )
        evidence = Evidence.of(near)
        for_names = Evidence.of(sentences) if self._displaced(text, sentences) else evidence
        copies = any(self._share(text, sentence) >= COPY_AT for sentence in sentences)
        lost = list(missing(text, evidence, for_names, self._known_names, copies))
        if not lost and self._denied_otherwise(text, sentences):
            lost.append(DENIED if _denies(text) else DENIAL)
        if not lost and any(self._share(text, sentence) >= SAME_AT for sentence in sentences):
            lost += filter(None, [opposed(text, "\n".join(evidence.texts))])
        return lost

    def _denied_otherwise(self, text: str, sentences: Sequence[SourceSentence]) -> bool:
        """Whether the cited sentences say the same, but for a denial in one of both.

        A denial that only they have may be of what else they say, unless they say little else.
        """
        denied = _denies(text)
        same = [sentence for sentence in sentences if self._share(text, sentence) >= SAME_AT]
        return bool(same) and all(
            _denies(sentence.text) != denied and (denied or self._says_little_else(text, sentence))
            for sentence in same
        )

    def _says_little_else(self, text: str, sentence: SourceSentence) -> bool:
        held = lexical_features.words(sentence.text)
        return len(held & lexical_features.words(text)) >= LITTLE_ELSE_AT * len(held)

    def _displaced(self, text: str, sentences: Sequence[SourceSentence]) -> bool:
        """Whether the cited sentences say the same of others, by name."""
        cited = " ".join(sentence.text for sentence in sentences)
        if not sentences or lexical_features.points_back(cited):
            return False
        own = {folded(name.text) for name in facts(text).names}
        theirs = {folded(name.text) for name in facts(cited).names if not name.opens}
        same = max(self._share(text, sentence) for sentence in sentences) >= SAME_AT
        return same and bool(theirs - own)

    def _share(self, text: str, sentence: SourceSentence) -> float:
        """Of the statement's words, those that stand in the sentence or its title.

        A single word stands anywhere by chance, so it counts for nothing.
        """
        words = lexical_features.words(text)
        return len(words & self._words[sentence.number]) / len(words) if len(words) > 1 else 0.0

    @cached_property
    def _words(self) -> dict[int, frozenset[str]]:
        return {
            sentence.number: lexical_features.words(sentence.text)
            | lexical_features.words(sentence.article.title)
            for sentence in self._context.sentences
        }

    @cached_property
    def _known_names(self) -> frozenset[str]:
        """Capitalised words of the context that do not only begin sentences, folded."""
        texts = (
            text
            for sentence in self._context.sentences
            for text in (sentence.text, sentence.article.title)
        )
        return frozenset(
            folded(name.text) for text in texts for name in facts(text).names if not name.opens
        )


def _denies(text: str) -> bool:
    """Whether something is denied; a "No," that only answers the question denies nothing here."""
    return bool(_DENIAL.search(_ANSWERS.sub("", text)))


_ANSWERS = re.compile(r"^\W*(no|yes)\s*[,.;:—–-]", re.IGNORECASE)
_DENIAL = re.compile(
    r"n't\b|\b(not|never|no|none|nobody|nothing|nowhere|without|neither|nor|unable|except)\b",
    re.IGNORECASE,
)
