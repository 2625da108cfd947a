"""Does a follow-up find its passages once the conversation before it is written into it?

Over the 1,152 passages of `mtrag_un`: the last turns of its conversations, and those of
`mtrag_rewrites` whose passages are among them, which people rewrote. Recall at 5 and 10 of the
last turn alone, of our rules and of the human rewrite; `gap closed` is how far the rules come from
the first to the last.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from eval.bench.library_data import articles, filled, progress, reading_parser, rows, show
from index.encoder.minilm import MiniLM
from index.library import Library
from qa.answer import Turn
from qa.standalone_questions import by_rules

CUTS = (5, 10)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A last turn, what came before it, what a person made of it ("" if nobody did), its gold."""

    question: str
    history: tuple[Turn, ...]
    rewrite: str
    gold: frozenset[str]


def main() -> None:
    """Print a row a set and way of asking."""
    arguments = reading_parser(__doc__).parse_args()
    folder = arguments.data / "mtrag_un"
    with filled(articles(folder), MiniLM(), arguments.cache) as library:
        known = {article.id for article, _, _ in library.catalog.articles()}
        answered = [one for one in follow_ups(folder) if one.gold]
        rewritten = [
            one for one in follow_ups(arguments.data / "mtrag_rewrites") if one.gold & known
        ]
        found = figures(library, "mtrag_un", answered, WAYS[:2])
        found += figures(library, "mtrag_rewrites", rewritten, WAYS)
    show(found, arguments.json)


Way = tuple[str, Callable[[FollowUp], str]]

WAYS: tuple[Way, ...] = (
    ("last turn", lambda one: one.question),
    ("rules", lambda one: by_rules(one.question, one.history, 0.0)),
    ("human rewrite", lambda one: one.rewrite),
)


def follow_ups(folder: Path) -> Iterator[FollowUp]:
    """The follow-ups of a set; first questions are left out."""
    for row in rows(folder / "questions.jsonl"):
        history = turns(row["history"])
        if history:
            gold = row.get("qrels") or [at["article_id"] for at in row["evidence"]]
            rewrite = row.get("rewrite", "")
            yield FollowUp(row["question"], history, rewrite, frozenset(gold))


def turns(history: Sequence[dict[str, str]]) -> tuple[Turn, ...]:
    """What was said, as turns: each question with the answer that follows it, if one does."""
    made: list[Turn] = []
    for said in history:
        if said["speaker"] == "user":
            made.append(Turn(question=said["text"]))
        elif made:
            made[-1] = Turn(question=made[-1].question, answer=said["text"])
    return tuple(made)


def figures(
    library: Library, name: str, asked: Sequence[FollowUp], ways: Sequence[Way]
) -> list[dict[str, Any]]:
    """Mean recall of each way, and how much of the gap the rules close."""
    found: list[dict[str, Any]] = []
    for way, ask in ways:
        ranked = [_articles(library, ask(one)) for one in progress(asked, f"{name}, {way}")]
        row: dict[str, Any] = {"set": name, "questions": len(asked), "asked": way}
        for cut in CUTS:
            pairs = zip(ranked, asked, strict=True)
            row[f"recall@{cut}"] = fmean(
                len(one.gold & set(ids[:cut])) / len(one.gold) for ids, one in pairs
            )
        found.append(row)
    gaps = [row["recall@5"] - found[0]["recall@5"] for row in found]
    known = len(ways) == len(WAYS)
    return [
        row | {"gap closed": gap / gaps[-1] if known else ""}
        for row, gap in zip(found, gaps, strict=True)
    ]


def _articles(library: Library, question: str) -> list[str]:
    hits = library.retrieve(question, max(CUTS) * 2).hits
    return list(dict.fromkeys(hit.record.article.id for hit in hits))


if __name__ == "__main__":
    main()
