"""Question sets of others: in the form of our data folders, SQuAD 2.0 JSON, BEIR folders.

`read(path)` knows which by what is there, and `export(...)` writes a set of ours for promptfoo
and for Inspect.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from eval.bench import library_data
from eval.bench.library_data import Question, rows
from eval.cases import QuestionSet
from index.errors import InputError
from index.model import Article, Span


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles, and questions whose gold places are spans of them."""

    name: str
    articles: tuple[Article, ...]
    questions: tuple[Question, ...]


def read(path: Path) -> Corpus:
    """InputError if it is none of the three."""
    if path.suffix == ".json" and path.is_file():
        return squad2(path)
    if (path / "corpus.jsonl").is_file():
        return beir(path)
    if (path / "articles.jsonl").is_file():
        held = tuple(library_data.articles(path))
        return Corpus(path.name, held, tuple(library_data.questions(path)))
    raise InputError(
        f"{path} is no question set",
        "name SQuAD 2.0 JSON, or a folder with corpus.jsonl (BEIR) or articles.jsonl",
    )


def squad2(file: Path) -> Corpus:
    """Each document is an article of its paragraphs; gold is the paragraph a question is of."""
    articles, questions = [], []
    for document in json.loads(file.read_text(encoding="utf-8"))["data"]:
        title = document["title"].replace("_", " ")
        at, texts = 0, []
        for paragraph in document["paragraphs"]:
            text = paragraph["context"]
            place = ((title, Span(at, at + len(text))),)
            for asked in paragraph["qas"]:
                answerable = not asked.get("is_impossible", False)
                questions.append(Question(asked["id"], asked["question"], answerable, place))
            texts.append(text)
            at += len(text) + len(_BETWEEN)
        articles.append(Article(title, _BETWEEN.join(texts), title))
    return Corpus(file.stem, tuple(articles), tuple(questions))


_BETWEEN = "\n\n"


def beir(folder: Path, split: str = "test") -> Corpus:
    """A document is an article, and gold is the whole of each that is judged relevant."""
    texts = {row["_id"]: row for row in rows(folder / "corpus.jsonl")}
    asked = {row["_id"]: row["text"] for row in rows(folder / "queries.jsonl")}
    gold: dict[str, list[tuple[str, Span]]] = {}
    with (folder / "qrels" / f"{split}.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if int(row["score"]) > 0:
                document = row["corpus-id"]
                whole = Span(0, len(texts[document]["text"]))
                gold.setdefault(row["query-id"], []).append((document, whole))
    articles = (
        Article(id_, row["text"], " ".join(row.get("title", "").split()))
        for id_, row in texts.items()
        if row["text"].strip()
    )
    questions = (Question(id_, asked[id_], True, tuple(places)) for id_, places in gold.items())
    return Corpus(folder.name, tuple(articles), tuple(questions))


def promptfoo(chosen: QuestionSet) -> str:
    """A promptfoo `tests` file (YAML): must mention, or else say that there is no answer."""
    tests = [
        {"description": case.id, "vars": {"question": case.question}, "assert": list(checks)}
        for case in chosen.cases
        if (checks := tuple(_asserts(case.answerable, case.answer, case.must_mention)))
    ]
    return yaml.safe_dump(tests, allow_unicode=True, sort_keys=False)


def inspect(chosen: QuestionSet) -> str:
    """An Inspect dataset (JSON lines of `id`, `input`, `target`, `metadata`)."""
    lines = []
    for case in chosen.cases:
        quotes = [evidence.quote for evidence in case.evidence]
        target: Sequence[str] = case.answer or quotes or [_NO_ANSWER]
        row = {
            "id": case.id,
            "input": case.question,
            "target": list(target),
            "metadata": {"answerable": case.answerable, "tags": case.tags},
        }
        lines.append(json.dumps(row, ensure_ascii=False))
    return "\n".join(lines) + "\n"


_NO_ANSWER = "The articles do not say."


def _asserts(answerable: bool, accepted: list[str], mention: list[str]) -> Iterator[dict[str, Any]]:
    if not answerable:
        yield {"type": "icontains", "value": _NO_ANSWER.rstrip(".")}
        return
    if accepted:
        yield {"type": "icontains-any", "value": accepted}
    yield from chain({"type": "icontains", "value": words} for words in mention)
