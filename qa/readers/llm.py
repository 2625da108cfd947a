"""The reader that is a language model: it writes sentences and names the numbers they rest on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from index.errors import InputError
from qa.chat_model import Messages
from qa.cite import iso
from qa.markers import Scanner
from qa.readers import Draft
from qa.table import Table

PROMPTS = Path(__file__).parent.parent.parent / "prompts"

NO_ANSWER = "the articles do not say"
"""What the prompt tells the model to write when the table holds no answer."""


class Model(Protocol):
    """A language model, or what stands in for one."""

    name: str

    def stream(self, messages: Messages) -> Iterator[str]:
        """The pieces of its answer. ModelError if it has none."""


class LLMReader:
    """Numbers the sentences in a prompt, streams the model's answer, scans it for markers."""

    def __init__(self, model: Model, prompts: Path = PROMPTS) -> None:
        """`prompts` is a folder with `answer.jinja`. InputError if it has none."""
        from llama_index.core.prompts import RichPromptTemplate

        file = prompts / "answer.jinja"
        if not file.is_file():
            raise InputError(f"there is no prompt {file}", "check QA_PROMPTS")
        self._template = RichPromptTemplate(file.read_text(encoding="utf-8"))
        self._model = model
        self.name = model.name

    def read(self, question: str, table: Table) -> Iterator[Draft]:
        """See `qa.readers.Reader`."""
        if not table.rows:
            return
        scanner = Scanner(len(table.rows))
        for piece in self._model.stream(self.messages(question, table)):
            yield from filter(_says_something, scanner.feed(piece))
        yield from filter(_says_something, scanner.end())

    def messages(self, question: str, table: Table) -> Messages:
        """The prompt: rules, numbered sentences under their article, the question last."""
        made = self._template.format_messages(question=question, articles=_articles(table))
        return [{"role": message.role.value, "content": message.content or ""} for message in made]


def _says_something(draft: Draft) -> bool:
    return draft.text.casefold().strip(" .!\"'“”") != NO_ANSWER


def _articles(table: Table) -> list[dict[str, object]]:
    """The table for the template: a title line and numbered sentences for each article."""
    articles: dict[tuple[str, str], dict[str, object]] = {}
    sentences: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in table.rows:
        key = (row.article.id, row.version)
        article = row.article
        parts = (article.title, article.source, iso(article.published_at))
        heading = " | ".join(neutral(part) for part in parts if part)
        articles.setdefault(key, {"heading": heading or "untitled"})
        line = {"number": row.number, "text": neutral(row.text)}
        sentences.setdefault(key, []).append(line)
    return [article | {"sentences": sentences[key]} for key, article in articles.items()]


def neutral(text: str) -> str:
    """An article's words on one line, in which nothing looks like one of our markers."""
    return " ".join(text.split()).translate(str.maketrans("[]【】［］", "()()()"))
