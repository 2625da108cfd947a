"""Questions as readers ask them: is the answer right, and is it admitted when there is none?

The data folder holds `natural/NAME`: articles, and questions that name the sentences that answer
them (`gold`) and those that may stand beside these (`also`). Each folder is asked in a library of
its own, and with `--together` in one library of all folders. `g` chooses thresholds, `i`, `k` and
`p` only measure, the others trained the networks, so their figures are too good.

precision: of what is answered, the first cited sentence is right. refused: of what the articles
do not say. right: of what they say, the first cited sentence is right. near: of that, the right
sentence is cited or in the first three nearest passages. stray: citations that neither answer nor
may stand beside the answer, of questions that have one. none: of questions on unknown names, of
greetings and of what no article is about, nothing is called close. close: of what is only close,
the right sentence is among the three passages shown. sure: of answers given with a probability of
0.9 or more, the first cited sentence is right. low and high: bootstrap 95 % interval.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval import metrics
from eval.bench.library_data import filled, progress, rows, show
from eval.bench.library_data import reading_parser as parser
from eval.question_sets import Place
from index.library import Library
from index.model import Article, Span
from qa.answer import Answer, Turn
from qa.build import make_encoder, make_engine
from qa.engine import Engine
from qa.settings import Settings, read_settings

MEASURE = ("i", "k", "p")
"""Folders that only measure."""

FIGURES = ("precision", "refused", "right", "near", "stray", "none", "close", "sure")

FAR = ("none-name", "none-chat", "none-offtopic")
"""Types of questions that no article comes close to."""

SURE = 0.9


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question; None where a figure does not ask for it."""

    id: str
    kind: str
    answerable: bool
    certainty: str | None
    confidence: float | None
    precision: float | None
    refused: float | None
    right: float | None
    near: float | None
    stray: float | None
    none: float | None
    close: float | None
    sure: float | None


def main() -> None:
    """Print a row a folder and figure, then a row a type of question."""
    options = parser(__doc__)
    options.add_argument("--folders", nargs="+", default=list(MEASURE))
    options.add_argument("--together", action="store_true", help="all folders in one library")
    options.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    options.add_argument("--save", type=Path, metavar="FILE", help="what came of each question")
    wanted = options.parse_args()
    settings = read_settings(os.environ)
    outcomes: dict[str, list[Outcome]] = {}
    opened = libraries(wanted.data, wanted.folders, wanted.together, wanted.cache, settings)
    for name, library in opened:
        engine = make_engine(settings, library)
        asked = [*rows(wanted.data / "natural" / name / "questions.jsonl")][:: wanted.every]
        outcomes[name] = [outcome(engine, row) for row in progress(asked, name)]
    if wanted.save:
        lines = [json.dumps(asdict(one)) + "\n" for found in outcomes.values() for one in found]
        wanted.save.write_text("".join(lines), encoding="utf-8")
    show([*_table(outcomes)], wanted.json)


def libraries(
    data: Path, names: Sequence[str], together: bool, cache: Path | None, settings: Settings
) -> Iterator[tuple[str, Library]]:
    """Each of these folders with the library that it is asked in."""
    folder, encoder = data / "natural", make_encoder(settings)
    if together:
        every = [article for one in sorted(folder.iterdir()) for article in articles(one)]
        with filled(every, encoder, cache and cache / "together") as library:
            yield from ((name, library) for name in names)
        return
    for name in names:
        with filled(articles(folder / name), encoder, cache and cache / name) as library:
            yield name, library


def articles(folder: Path) -> Iterator[Article]:
    """The articles of one folder, with their dates."""
    for row in rows(folder / "articles.jsonl"):
        date = datetime.fromisoformat(row["published_at"]) if row.get("published_at") else None
        yield Article(
            row["id"],
            row["text"],
            " ".join(row["title"].split()),
            source=row.get("source", ""),
            published_at=date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC) if date else None,
        )


def outcome(engine: Engine, row: Mapping[str, Any]) -> Outcome:
    """Ask one question, with the conversation before it, and compare."""
    history = [Turn(question=t["question"], answer=t["answer"]) for t in row.get("history") or ()]
    answer = engine.ask(row["question"], history=history)
    return judged(answer, row)


def judged(answer: Answer, row: Mapping[str, Any]) -> Outcome:
    """What an answer is worth."""
    gold, also = (places(row, role) for role in ("gold", "also"))
    cited = [Place(c.article_id, Span(c.start, c.end)) for c in answer.citations]
    nearest = [Place(n.article_id, Span(n.start, n.end)) for n in answer.nearest[:3]]
    answered, answerable = answer.answerable, bool(row["answerable"])
    first = answered and answerable and _any(cited[:1], gold)
    near = _any(cited, gold) or _any(nearest, gold)
    stray = [not _any([one], gold + also) for one in cited] if answered and answerable else []
    sure = answered and (answer.confidence or 0.0) >= SURE
    return Outcome(
        row["id"],
        row["type"],
        answerable,
        answer.certainty,
        answer.confidence,
        float(first) if answered else None,
        None if answerable else float(not answered),
        float(first) if answerable else None,
        float(near) if answerable else None,
        sum(stray) / len(stray) if stray else None,
        float(answer.certainty == "none") if row["type"] in FAR else None,
        float(near) if answer.certainty == "close" else None,
        float(first) if sure else None,
    )


def places(row: Mapping[str, Any], role: str) -> list[Place]:
    """Where the sentences of a role stand: `gold` answers, `also` may stand beside it."""
    return [
        Place(one["article_id"], Span(one["start"], one["end"]))
        for one in row["evidence"]
        if one["role"] == role
    ]


def _any(found: Sequence[Place], wanted: Sequence[Place]) -> bool:
    return any(one.overlaps(place) for one in found for place in wanted)


def _table(outcomes: Mapping[str, Sequence[Outcome]]) -> Iterator[dict[str, Any]]:
    every = [one for found in outcomes.values() for one in found]
    yield from (row for name, found in outcomes.items() for row in _rows(name, found))
    yield from _rows("all", every)
    for kind in sorted({one.kind for one in every}):
        found = [one for one in every if one.kind == kind]
        yield {"of": kind, "figure": "right or refused", **_summary(found, "right", "refused")}


def _rows(name: str, found: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    yield from ({"of": name, "figure": figure, **_summary(found, figure)} for figure in FIGURES)


def _summary(found: Sequence[Outcome], *figures: str) -> dict[str, Any]:
    values = [[v for f in figures if (v := getattr(one, f)) is not None] for one in found]
    mean = metrics.mean([*filter(None, values)])
    return {
        "value": mean.value, "low": mean.low, "high": mean.high, "questions": mean.scored,
    }  # fmt: skip


if __name__ == "__main__":
    main()
