"""Questions with the passages that answer them, for contrastive training of the encoder.

Passages are cut and titled exactly as a library embeds them, so that the encoder learns on the
texts that it will see.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from index.encoder.minilm import MiniLM
from index.model import Span
from index.passages import SENTENCE_TOKENS, TITLE_TOKENS, passages
from index.search.retriever import head
from index.sentences import sentences

TRAIN = ("a", "b", "c", "e", "f", "h", "j", "m", "n", "o")
"""Folders of natural questions to learn from."""

CHOOSE = ("g",)
"""Folders that choose among checkpoints."""

MEASURE = ("i", "k", "p")
"""Folders that only measure; nothing may be trained or chosen on them."""

ENCYCLOPEDIA = ("squad2_dev_half2", "squad11_dev_extra", "qed_train")
"""Training sets of questions on Wikipedia paragraphs; they keep the encoder general."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question; `gold` are the passages that answer it, as indexes into `Corpus.texts`, and
    `related` those that a right answer may cite as well, so that they are no negatives."""

    question: str
    gold: tuple[int, ...]
    related: frozenset[int]
    kind: str
    folder: str


@dataclass(frozen=True)
class Corpus:
    """Passages as the encoder reads them and the questions on them.

    worlds: for each passage, what it shares with its hard negatives: the folder of a natural set,
        the article of an encyclopedia paragraph.
    """

    texts: Sequence[str]
    worlds: Sequence[str]
    pairs: Sequence[Pair]

    @cached_property
    def members(self) -> Mapping[str, Sequence[int]]:
        """The passages of each world."""
        found: dict[str, list[int]] = {}
        for index, world in enumerate(self.worlds):
            found.setdefault(world, []).append(index)
        return found


def natural(folder: Path, names: Sequence[str]) -> Corpus:
    """The natural question sets `names` of `folder`, answerable questions only."""
    cutter = _Cutter()
    texts: list[str] = []
    worlds: list[str] = []
    pairs: list[Pair] = []
    for name in names:
        places: dict[str, list[tuple[Span, int]]] = {}
        for row in _rows(folder / name / "articles.jsonl"):
            for span, text in cutter.passages(row["title"], row["text"]):
                places.setdefault(row["id"], []).append((span, len(texts)))
                texts.append(text)
                worlds.append(name)
        rows = _rows(folder / name / "questions.jsonl")
        pairs += [_pair(row, places, name) for row in rows if row["answerable"]]
    return Corpus(texts, worlds, pairs)


def encyclopedia(folder: Path, names: Sequence[str] = ENCYCLOPEDIA) -> Corpus:
    """Questions that their paragraph answers, of the training sets `names`."""
    cutter = _Cutter()
    texts: list[str] = []
    worlds: list[str] = []
    pairs: list[Pair] = []
    places: dict[str, list[tuple[Span, int]]] = {}
    for name in names:
        for row in _rows(folder / f"{name}.jsonl"):
            context, title = row["context"], row["source"].partition(": ")[2].replace("_", " ")
            if not context.strip() or row["answers"] == []:
                continue
            if context not in places:
                cut = list(cutter.passages(title, context))
                places[context] = [(span, len(texts) + n) for n, (span, _) in enumerate(cut)]
                texts += [text for _, text in cut]
                worlds += [title] * len(cut)
            if gold := _overlapping(places[context], _answer_spans(row)):
                others = frozenset(index for _, index in places[context])
                pairs.append(Pair(row["question"], tuple(gold), others, "encyclopedia", name))
    return Corpus(texts, worlds, pairs)


def asked(row: Mapping[str, Any]) -> str:
    """The question as it is searched for: a follow-up stands alone, or behind the question
    before it where nobody wrote that form."""
    if row.get("standalone"):
        return str(row["standalone"])
    before = [turn["question"] for turn in row.get("history") or ()][-1:]
    return " ".join([*before, row["question"]])


class _Cutter:
    """Articles to the texts that a library would embed."""

    def __init__(self) -> None:
        self._encoder = MiniLM(threads=1)

    def passages(self, title: str, text: str) -> Iterator[tuple[Span, str]]:
        """Each passage's span and its text with the title's head before it."""
        count = self._encoder.count_tokens
        spans = sentences(text, "en", lambda part: count([part])[0] <= SENTENCE_TOKENS)
        about = head(title, self._encoder, TITLE_TOKENS)
        for span in passages(spans, count([span.of(text) for span in spans]), text):
            if body := span.of(text).strip():
                yield span, f"{about}\n{body}" if about else body


def _pair(
    row: Mapping[str, Any], places: Mapping[str, Sequence[tuple[Span, int]]], name: str
) -> Pair:
    found: dict[str, list[int]] = {"gold": [], "also": []}
    for piece in row["evidence"]:
        span = Span(piece["start"], piece["end"])
        found[piece["role"]] += _overlapping(places[piece["article_id"]], [span])
    gold = tuple(dict.fromkeys(found["gold"]))
    return Pair(asked(row), gold, frozenset([*gold, *found["also"]]), row["type"], name)


def _answer_spans(row: Mapping[str, Any]) -> list[Span]:
    if row["sentence"]:
        return [Span(*row["sentence"])]
    return [Span(answer["start"], answer["end"]) for answer in row["answers"] or ()]


def _overlapping(places: Sequence[tuple[Span, int]], spans: Sequence[Span]) -> list[int]:
    return [index for place, index in places if any(place.overlap(span) > 0 for span in spans)]


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
