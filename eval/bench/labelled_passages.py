"""Labelled passages from a folder of question sets, in contexts as the engine makes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from eval.bench.library_data import rows
from index.model import Article, Span
from index.sentences import sentences
from qa.context.numbered_sentences import Context, SourceSentence
from qa.readers.trained.inference import Passage


@dataclass(frozen=True, slots=True)
class Case:
    """A question and the passage that it is asked of; `gold` spans are of the passage's text.

    gold is empty if the passage does not answer. answers: the accepted ones in words, if known.
    """

    question: str
    context: Context
    gold: tuple[Span, ...]
    answers: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title of the article that the passage is of."""
        return self.context.sentences[0].article.title

    @property
    def passage(self) -> Passage:
        """The same as the trained reader takes it."""
        rows = self.context.sentences
        return Passage(self.title, rows[0].article.text, [row.span for row in rows])

    @property
    def chars(self) -> int:
        """Characters of the passage."""
        return len(self.context.sentences[0].article.text)

    def right(self, row: SourceSentence) -> bool:
        """Whether this sentence holds, or overlaps, what answers."""
        return any(row.span.overlap(span) > 0 for span in self.gold)


def as_context(title: str, text: str, starts: list[int] | None = None) -> Context:
    """The sentences of one passage, those given by `starts` or else those of our own split."""
    article = Article(id="passage", title=" ".join(title.split()), text=text)
    spans = (
        [Span(a, b) for a, b in pairwise([*starts, len(text)])]
        if starts
        else sentences(text, "en", lambda words: len(words) <= _SENTENCE_CHARS)
    )
    trimmed = [(place, span.trimmed(text)) for place, span in enumerate(spans)]
    kept = [(place, span) for place, span in trimmed if len(span)]
    return Context(
        tuple(
            SourceSentence(n, article, "", place, span) for n, (place, span) in enumerate(kept, 1)
        )
    )


_SENTENCE_CHARS = 700
"""About the encoder's limit, without asking the encoder."""


def qed(folder: Path, kind: str = "single_sentence") -> Iterator[Case]:
    """The questions of `qed_dev` that one sentence answers, over the sentences it was made with,
    or those of another kind: "none" have no answer."""
    articles = {row["id"]: row for row in rows(folder / "qed_dev" / "articles.jsonl")}
    for row in rows(folder / "qed_dev" / "questions.jsonl"):
        if row["type"] == kind:
            article = articles[row["passage_id"]]
            context = as_context(article["title"], article["text"], article["sentence_starts"])
            yield Case(row["question"], context, _spans(row, "sentence"))


def clapnq(folder: Path) -> Iterator[Case]:
    """`clapnq_dev`, each question over its passage."""
    articles = {row["id"]: row for row in rows(folder / "clapnq_dev" / "articles.jsonl")}
    for row in rows(folder / "clapnq_dev" / "questions.jsonl"):
        article = articles[row["passage_id"]]
        yield Case(row["question"], as_context(article["title"], article["text"]), _spans(row))


def squad2(folder: Path) -> Iterator[Case]:
    """`squad2_dev`, each question over its paragraph."""
    articles = {row["id"]: row for row in rows(folder / "squad2_dev" / "articles.jsonl")}
    for row in rows(folder / "squad2_dev" / "questions.jsonl"):
        paragraph = row["gold_paragraph"]
        article = articles[paragraph["article_id"]]
        start, end = paragraph["start"], paragraph["end"]
        gold = tuple(Span(s.start - start, s.end - start) for s in _spans(row))
        context = as_context(article["title"], article["text"][start:end])
        yield Case(row["question"], context, gold, tuple(row["answers"]))


def train(file: Path) -> Iterator[Case]:
    """A file of the folder `train`; of each row only what is sure about its answer.

    Left out are rows whose offsets were guessed and, of `qed_train`, those whose sentence was.
    """
    laid: dict[str, Context] = {}
    for row in rows(file):
        derived = row["source"].startswith("QED") and row["sentence_kind"] != "gold"
        if row.get("ambiguous_offset") or derived or not row["context"].strip():
            continue
        title = row["source"].partition(": ")[2].replace("_", " ")
        context = row["context"]
        if context not in laid:
            laid[context] = as_context(title, context)
        yield Case(row["question"], laid[context], _train_gold(row))


def _train_gold(row: dict[str, Any]) -> tuple[Span, ...]:
    if row["sentence_kind"] == "gold":
        return (Span(*row["sentence"]),)
    return tuple(Span(answer["start"], answer["end"]) for answer in row["answers"])


def _spans(row: dict[str, Any], kind: str | None = None) -> tuple[Span, ...]:
    return tuple(
        Span(item["start"], item["end"])
        for item in row["evidence"]
        if kind is None or item.get("kind") == kind
    )
