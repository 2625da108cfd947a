"""Natural questions and written statements as what the reader learns from.

A question comes with the passages that a library would find for it: those that answer it, the
nearest that do not, and one other near one. A statement comes with the sentences that it cites and
their neighbours.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.training.encoder.pairs import asked
from eval.training.encoder.wording import reworded
from index.encoder.minilm import MiniLM
from index.model import Span
from index.passages import SENTENCE_TOKENS, passages
from index.sentences import sentences

GOLD_SHOWN = 2
"""How often an epoch shows each passage that answers."""

GOLD_PASSAGES = 3
"""The most of them for one question."""

NEAR = 8
"""Passages that do not answer are drawn from so many of the nearest."""

DATED = 0.75
"""How often a passage's date stands before its title."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A question or statement and a passage.

    gold: spans of the passage that answer or carry it; words: the answer's words in it.
    trust: how far its span, sentences, answerability, relevance and carrying count, 0 or 1.
    """

    set: str
    question: str
    title: str
    text: str
    gold: tuple[Span, ...]
    words: tuple[Span, ...]
    answerable: bool
    relevant: bool
    carried: bool
    trust: tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of a library."""

    folder: str
    article: str
    title: str
    date: str
    span: Span
    text: str


def places(folder: Path, names: Sequence[str]) -> list[Place]:
    """All passages of the articles of these natural sets, cut as a library cuts them."""
    count = MiniLM(threads=1).count_tokens
    found = []
    for name in names:
        for row in _rows(folder / name / "articles.jsonl"):
            text = row["text"]
            spans = sentences(text, "en", lambda part: count([part])[0] <= SENTENCE_TOKENS)
            for span in passages(spans, count([span.of(text) for span in spans]), text):
                if span.of(text).strip():
                    date = _date(row.get("published_at"))
                    place = Place(name, row["id"], row["title"], date, span, span.of(text))
                    found.append(place)
    return found


def questions(folder: Path, names: Sequence[str]) -> list[tuple[str, Mapping[str, Any]]]:
    """The questions of these sets, each with its folder's name."""
    return [(name, row) for name in names for row in _rows(folder / name / "questions.jsonl")]


def of_questions(
    held: Sequence[Place],
    wanted: Sequence[tuple[str, Mapping[str, Any]]],
    nearest: NDArray[np.int64],
    seed: int,
) -> Iterator[Sample]:
    """The samples of one epoch.

    nearest: (questions, n), for each question the passages nearest to it, nearest first.
    """
    for (folder, row), near in zip(wanted, nearest.tolist(), strict=True):
        draw = random.Random(f"{seed}-{row['id']}")
        gold, also = _spans(row, "gold"), _spans(row, "also")
        whole = [n for n, p in enumerate(held) if p.folder == folder and _holds(p, gold)]
        touched = {n for n in near if _touches(held[n], gold + also)}
        others = [n for n in near if n not in touched]
        shown = draw.sample(whole, min(GOLD_PASSAGES, len(whole))) * GOLD_SHOWN
        count = 2 if whole else 3
        shown += others[:1] + draw.sample(others[1:NEAR], min(count - 1, len(others[1:NEAR])))
        for place in shown:
            yield _sample(row, held[place], gold, draw)


def of_statements(file: Path, articles: Path, seed: int) -> Iterator[Sample]:
    """Statements with the sentences that they cite, amid their neighbours."""
    known = {row["id"]: row for row in _rows(articles)}
    for row in _rows(file):
        draw = random.Random(f"{seed}-{row['id']}")
        text, gold = _cited(row["evidence"], known, draw)
        article = known[row["evidence"][0][0]]
        title = _title(article["title"], _date(article.get("published_at")), 1.0, draw)
        carried = row["label"] == "supported"
        trust = (0.0, float(carried), 0.0, 0.0, 1.0)
        yield Sample(
            "statements",
            row["claim"],
            title,
            text,
            gold if carried else (),
            (),
            carried,
            True,
            carried,
            trust,
        )


def of_claims(file: Path, part: float, seed: int) -> Iterator[Sample]:
    """Claims on one passage each (FEVER, BEGIN); so many of them."""
    draw = random.Random(f"{seed}-{file.name}")
    for row in _rows(file):
        if draw.random() < part:
            carried = row["label"] == "supported"
            yield Sample(
                file.stem,
                row["claim"],
                "",
                row["evidence"],
                (),
                (),
                carried,
                True,
                carried,
                (0.0, 0.0, 0.0, 0.0, 1.0),
            )


def _sample(
    row: Mapping[str, Any], place: Place, gold: Sequence[tuple[str, Span]], draw: random.Random
) -> Sample:
    inside = [
        Span(span.start - place.span.start, span.end - place.span.start)
        for article, span in gold
        if article == place.article and place.span.overlap(span) == len(span)
    ]
    words = tuple(_words(row["answers"], inside, place.text))
    answers = bool(inside)
    trust = (float(not answers or bool(words)), float(answers), 1.0, float(row["answerable"]), 0.0)
    question = asked(row)
    if draw.random() < 0.3:
        question = reworded(question, draw)
    return Sample(
        "natural",
        question,
        _title(place.title, place.date, DATED, draw),
        place.text,
        tuple(inside),
        words,
        answers,
        place.article in {article for article, _ in gold},
        False,
        trust,
    )


def _words(answers: Sequence[str], gold: Sequence[Span], text: str) -> Iterator[Span]:
    for answer in sorted(answers, key=len, reverse=True):
        for span in gold:
            at = span.of(text).lower().find(answer.lower())
            if at >= 0 and len(answer) < 120:
                yield Span(span.start + at, span.start + at + len(answer))


def _cited(
    evidence: Sequence[Sequence[str]], known: Mapping[str, Any], draw: random.Random
) -> tuple[str, tuple[Span, ...]]:
    parts: list[str] = []
    gold: list[Span] = []
    size = 0
    seen: set[tuple[str, int]] = set()
    for article, quote in evidence:
        text = known[article]["text"]
        at = text.index(quote)
        spans = sentences(text, "en", lambda part: len(part) <= 700)
        own = [n for n, span in enumerate(spans) if span.start < at + len(quote) and at < span.end]
        around = [n for n in (own[0] - 1, *own, own[-1] + 1) if 0 <= n < len(spans)]
        for n in around:
            if (article, n) in seen:
                continue
            seen.add((article, n))
            piece = spans[n].of(text).strip() + " "
            if n in own:
                gold.append(Span(size, size + len(piece) - 1))
            parts.append(piece)
            size += len(piece)
    return "".join(parts), tuple(gold)


def _title(title: str, date: str, share: float, draw: random.Random) -> str:
    return f"{date}, {title}" if date and draw.random() < share else title


def _date(value: object) -> str:
    if not isinstance(value, str) or len(value) < 10:
        return ""
    day = datetime.fromisoformat(value[:10])
    return f"{day.day} {day:%B %Y}"


def _spans(row: Mapping[str, Any], role: str) -> list[tuple[str, Span]]:
    return [
        (piece["article_id"], Span(piece["start"], piece["end"]))
        for piece in row["evidence"]
        if piece["role"] == role
    ]


def _holds(place: Place, gold: Sequence[tuple[str, Span]]) -> bool:
    return any(a == place.article and place.span.overlap(s) == len(s) for a, s in gold)


def _touches(place: Place, spans: Sequence[tuple[str, Span]]) -> bool:
    return any(a == place.article and place.span.overlap(s) > 0 for a, s in spans)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
