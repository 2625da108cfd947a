"""Ours beside what a user would write instead: same articles, same encoder, one run.

The peers are LlamaIndex's default pipeline over Chroma with its CitationQueryEngine, and
LangChain's over Chroma (`contestants.py`). An environment of their own is made first, in
`.qa/peers`, from requirements.lock and peers.txt. Each system runs in a process of its own,
one after the other. Ratios are to ours: ingest rate above 1 is faster, time above 1 slower.

Evidence counts as found when one retrieved chunk of its article holds all of it: among the first
5 chunks, and, as chunks differ in size, within the first 4,000 characters.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import fmean, median
from typing import Any

from eval.bench.library_data import articles, parser, rows, show
from eval.bench.search.contestants import CONTESTANTS, Piece
from eval.question_sets import read_set
from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article, Span
from index.sources import read

ROOT = Path(__file__).parents[3]
NEWS = ROOT / "eval" / "sets" / "news"

CHARACTERS = 4_000
CHUNKS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the spans any of which answers it, by article id."""

    text: str
    gold: tuple[tuple[str, Span], ...]


def main() -> None:
    """Print a row a system, then a row of ratios a peer."""
    options = parser(__doc__)
    options.add_argument("--data", type=Path, help="a folder of question sets; else sets/news")
    options.add_argument("--set", default="squad2_dev")
    options.add_argument("--articles", type=int, default=60, help="of the set, the first N")
    options.add_argument("--questions", type=int, default=300, help="at most, evenly chosen")
    options.add_argument("--env", type=Path, default=ROOT / ".qa" / "peers")
    arguments = options.parse_args()
    held, asked = _set(arguments) if arguments.data else _news()
    asked = asked[:: -(-len(asked) // arguments.questions)]
    own = Path(__file__).parent / "peers.txt"
    python = environment(arguments.env, ROOT / "requirements.lock", own)
    with tempfile.TemporaryDirectory() as scratch:
        told = {name: contest(python, name, held, asked, Path(scratch)) for name in CONTESTANTS}
    table = {name: measures(result, held, asked) for name, result in told.items()}
    figures = [{"system": name} | row for name, row in table.items()]
    ratios = [
        {"system": f"{name} / ours"}
        | {key: value / table["ours"][key] for key, value in row.items()}
        for name, row in table.items()
        if name != "ours"
    ]
    show(figures + ratios, arguments.json)


def _set(arguments: argparse.Namespace) -> tuple[list[Article], list[Asked]]:
    folder = arguments.data / arguments.set
    held = list(articles(folder))[: arguments.articles]
    ids = {article.id for article in held}
    asked = []
    for row in rows(folder / "questions.jsonl"):
        gold = tuple((e["article_id"], Span(e["start"], e["end"])) for e in row["evidence"])
        if gold and all(article in ids for article, _ in gold):
            asked.append(Asked(row["question"], gold))
    return held, asked


def _news() -> tuple[list[Article], list[Asked]]:
    """The sample questions but the follow-ups; the articles in their canonical text."""
    with tempfile.TemporaryDirectory() as scratch:
        library = Library(Path(scratch) / "library", MiniLM())
        added = list(library.add(read([NEWS / "articles"])))
        versions = [library.catalog.version(row.article_id) for row in added]
        found = read_set(NEWS).located(library.catalog.version)
        library.close()
    questions = [q for q in found if q.gold and not q.case.history]
    asked = [
        Asked(q.case.question, tuple((p.article_id, p.span) for p in q.gold)) for q in questions
    ]
    return [version.article for version in versions], asked


def environment(folder: Path, *requirements: Path) -> Path:
    """Its python, the environment made from files of requirements if it is not there yet."""
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        print(f"making {folder} (a minute or two)", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        for file in requirements:  # hashes, where a file has them, are checked
            subprocess.run([*pip, "-r", file], check=True)
        (folder / "made").touch()
    return python


def contest(
    python: Path, name: str, held: Sequence[Article], asked: Sequence[Asked], scratch: Path
) -> dict[str, Any]:
    """What one system found and what it took. CalledProcessError if it fails."""
    job, result = scratch / "job.json", scratch / f"{name}.json"
    texts = [{"id": a.id, "text": a.text, "title": a.title} for a in held]
    job.write_text(json.dumps({"articles": texts, "questions": [q.text for q in asked]}))
    print(f"running {name}", file=sys.stderr)
    command = [str(python), "-m", "eval.bench.search.contestants", name, str(job), str(result)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    told: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return told


def measures(
    told: Mapping[str, Any], held: Sequence[Article], asked: Sequence[Asked]
) -> dict[str, float]:
    """The figures of one system."""
    texts = {article.id: article.text for article in held}
    placed = [list(_placed(pieces, texts)) for pieces in told["found"]]
    pairs = list(zip(asked, placed, strict=True))
    pieces = [piece for found in told["found"] for piece in found]
    return {
        "characters/s": sum(map(len, texts.values())) / told["ingest s"],
        "embedded": told["read"],
        "peak MB": told["peak MB"],
        f"in {CHUNKS} chunks": fmean(holds(q, at[:CHUNKS]) for q, at in pairs),
        f"in {CHARACTERS} chars": fmean(holds(q, _budget(at)) for q, at in pairs),
        "offsets right": fmean(_said_right(piece, texts) for piece in pieces),
        "search p50 ms": median(told["search ms"]),
        "answer p50 ms": median(told["ask ms"]),
    }


Place = tuple[str, Span]


def holds(asked: Asked, found: Sequence[Place]) -> bool:
    """Whether one of the found spans holds a whole gold span."""
    return any(
        article == other and span.start <= gold.start and gold.end <= span.end
        for article, gold in asked.gold
        for other, span in found
    )


def _placed(pieces: Sequence[Piece], texts: Mapping[str, str]) -> Iterator[Place]:
    """Where the pieces really stand; one whose text is not the article's is of no length."""
    for piece in pieces:
        text = texts[piece["article"]]
        at = piece["start"] if _said_right(piece, texts) else text.find(piece["text"])
        length = len(piece["text"]) if at >= 0 else 0
        yield piece["article"], Span(max(at, 0), max(at, 0) + length)


def _said_right(piece: Piece, texts: Mapping[str, str]) -> bool:
    if piece["start"] is None or piece["end"] is None:
        return False
    return texts[piece["article"]][piece["start"] : piece["end"]] == str(piece["text"])


def _budget(found: Sequence[Place]) -> list[Place]:
    """The first `CHARACTERS` of what was found; the last piece is cut there."""
    cut = []
    ends = accumulate(len(span) for _, span in found)
    for (article, span), end in zip(found, ends, strict=True):
        over = max(0, end - CHARACTERS)
        if over < len(span):
            cut.append((article, Span(span.start, span.end - over)))
    return cut


if __name__ == "__main__":
    main()
