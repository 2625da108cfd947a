"""What the benches share: question sets read, a library filled with them, results printed."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

from index.indexes.vector_index import Encoder
from index.library import Library
from index.model import Article, Span
from qa.answer import Turn
from qa.standalone_questions import by_rules

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the places that answer it: article id and span, in code points.

    For a set that names gold paragraphs (answerable or not) the place is that paragraph. kind: its
    type, "" if the set knows none.
    """

    id: str
    text: str
    answerable: bool
    gold: tuple[tuple[str, Span], ...]
    kind: str = ""


def parser(about: str | None) -> argparse.ArgumentParser:
    """The options that every bench has."""
    made = argparse.ArgumentParser(description=about)
    made.add_argument("--json", action="store_true", help="for scripts")
    return made


def reading_parser(about: str | None) -> argparse.ArgumentParser:
    """The options of a bench that reads question sets."""
    made = parser(about)
    made.add_argument("--data", type=Path, required=True, help="the folder of question sets")
    made.add_argument("--cache", type=Path, help="keep and reuse the library in this folder")
    return made


def articles(folder: Path) -> Iterator[Article]:
    """The articles of one set."""
    for row in rows(folder / "articles.jsonl"):
        title, url = (" ".join(row.get(name, "").split()) for name in ("title", "url"))
        yield Article(row["id"], row["text"], title, url, row.get("source", ""))


def questions(folder: Path) -> Iterator[Question]:
    """The questions of one set, follow-ups as the rules make them stand alone. Evidence that only
    may stand beside an answer ("also") is no gold."""
    for row in rows(folder / "questions.jsonl"):
        places = [row["gold_paragraph"]] if "gold_paragraph" in row else row["evidence"]
        gold = tuple(
            (at["article_id"], Span(at["start"], at["end"]))
            for at in places
            if at.get("role") != "also"
        )
        said = row.get("history", ())
        turns = [Turn(question=t["question"], answer=t["answer"]) for t in said if "question" in t]
        text = by_rules(row["question"], turns) if turns else row["question"]
        yield Question(row["id"], text, row["answerable"], gold, row.get("type", ""))


@contextmanager
def filled(items: Iterable[Article], encoder: Encoder, cache: Path | None) -> Iterator[Library]:
    """A library that holds these articles, embedded; in a scratch folder unless `cache` is one."""
    with tempfile.TemporaryDirectory() as scratch:
        library = Library(cache or Path(scratch) / "library", encoder)
        try:
            for row in library.add(items):
                if row.error:
                    print(row.error.message, file=sys.stderr)
            backlog = library.backlog
            for _ in progress(library.embed(), "embedding", -(-backlog // 256)):
                pass
            yield library
        finally:
            library.close()


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
    """The items, with a bar on a terminal."""
    console = Console(stderr=True)
    return track(items, what, total, console=console, disable=not console.is_terminal)


def show(figures: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """One line a row, or JSON. Numbers that are not whole get four digits."""
    if as_json:
        print(json.dumps(list(figures), indent=2))
        return
    lines = [list(figures[0]), *([_cell(value) for value in row.values()] for row in figures)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, strict=True)
        print("  ".join(cell.ljust(width) for cell, width in cells).rstrip())


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
