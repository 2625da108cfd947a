"""Question sets of others: in the form of our data folders, SQuAD 2.0 JSON, BEIR folders.

`read(path)` knows which by what is there, and `export(...)` writes a set of ours for promptfoo
and for Inspect.
"""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from eval.bench import library_data
from eval.bench.library_data import Question, rows
from eval.question_sets import Case, QuestionSet
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
    """A document is an article, and gold is the whole of each that is judged relevant.

    A judgement of a document or a query that is not there, or has no text, is left out; standard
    error tells how many were. InputError for a line that is no judgement.
    """
    texts = {row["_id"]: row for row in rows(folder / "corpus.jsonl") if row["text"].strip()}
    asked = {row["_id"]: row["text"] for row in rows(folder / "queries.jsonl")}
    gold: dict[str, list[tuple[str, Span]]] = {}
    missing = 0
    for query, document in _judged_relevant(folder / "qrels" / f"{split}.tsv"):
        if query in asked and document in texts:
            whole = Span(0, len(texts[document]["text"]))
            gold.setdefault(query, []).append((document, whole))
        else:
            missing += 1
    if missing:
        told = "judgements are of documents or queries that are not there; left out"
        print(f"{folder}: {missing} {told}", file=sys.stderr)
    articles = (
        Article(id_, row["text"], " ".join(row.get("title", "").split()))
        for id_, row in texts.items()
    )
    questions = (Question(id_, asked[id_], True, tuple(places)) for id_, places in gold.items())
    return Corpus(folder.name, tuple(articles), tuple(questions))


def _judged_relevant(file: Path) -> Iterator[tuple[str, str]]:
    """Query and document of each judgement above 0."""
    with file.open(encoding="utf-8") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t"), 2):
            try:
                relevant = int(row["score"]) > 0
                pair = row["query-id"], row["corpus-id"]
            except (KeyError, TypeError, ValueError) as error:
                told = "is no judgement with query-id, corpus-id and score"
                raise InputError(f"{file}:{number}: {told}") from error
            if relevant:
                yield pair


def promptfoo(chosen: QuestionSet) -> str:
    """A promptfoo `tests` file (YAML): must mention, or else say that there is no answer.

    The conversation before a question and its filters are variables, too, for a provider that
    can use them: without them a follow-up is another question. What promptfoo has nothing to
    check of is left out; standard error tells how many are.
    """
    checked = [(case, list(_asserts(case))) for case in chosen.cases]
    tests = [
        {"description": case.id, "vars": _variables(case), "assert": asserts}
        for case, asserts in checked
        if asserts
    ]
    if unchecked := len(checked) - len(tests):
        print(
            f"{unchecked} questions have nothing that promptfoo checks; left out", file=sys.stderr
        )
    return yaml.safe_dump(tests, allow_unicode=True, sort_keys=False)


def inspect(chosen: QuestionSet) -> str:
    """An Inspect dataset (JSON lines of `id`, `input`, `target`, `metadata`).

    The input of a follow-up are the messages of the conversation; filters are metadata.
    """
    lines = []
    for case in chosen.cases:
        quotes = [evidence.quote for evidence in case.evidence]
        target: Sequence[str] = case.answer or quotes or [_NO_ANSWER]
        row = {
            "id": case.id,
            "input": _messages(case) if case.history else case.question,
            "target": list(target),
            "metadata": {"answerable": case.answerable, "tags": case.tags, **_around(case)},
        }
        lines.append(json.dumps(row, ensure_ascii=False))
    return "\n".join(lines) + "\n"


_NO_ANSWER = "The articles do not say."


def _variables(case: Case) -> dict[str, Any]:
    return {"question": case.question} | _around(case)


def _around(case: Case) -> dict[str, Any]:
    """The conversation and the filters of a case, where it has any."""
    history = [turn.model_dump() for turn in case.history]
    filters = case.filters.model_dump(exclude_defaults=True)
    return {name: held for name, held in (("history", history), ("filters", filters)) if held}


def _messages(case: Case) -> list[dict[str, str]]:
    turns = [(("user", turn.question), ("assistant", turn.answer)) for turn in case.history]
    said = [*chain.from_iterable(turns), ("user", case.question)]
    return [{"role": role, "content": words} for role, words in said if words]


def _asserts(case: Case) -> Iterator[dict[str, Any]]:
    if not case.answerable:
        yield {"type": "icontains", "value": _NO_ANSWER.rstrip(".")}
        return
    if case.answer:
        yield {"type": "icontains-any", "value": case.answer}
    yield from ({"type": "icontains", "value": words} for words in case.must_mention)
