"""The reader that is a language model: it writes sentences and names the numbers they rest on."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from index.errors import ModelError
from qa.context.citation_builder import iso
from qa.context.numbered_sentences import Context
from qa.readers.llm.citation_markers import Scanner
from qa.readers.llm.model_client import ANSWER_TOKENS, Messages
from qa.readers.llm.model_errors import LATER
from qa.readers.llm.prompt_templates import PROMPTS, filled, template
from qa.readers.llm.reasoning_tags import ReasoningFilter
from qa.readers.llm.sanitise import has_markup, sanitise
from qa.readers.protocol import DraftStatement, Notice

NO_ANSWER = "the articles do not say"
"""What the prompt tells the model to write when the context holds no answer."""


WINDOW_TOKENS = 8_192
"""What a model is taken to read at once where nobody says otherwise (QA_LLM_WINDOW)."""


class Model(Protocol):
    """A language model, or what stands in for one."""

    name: str

    def stream(self, messages: Messages, ends: float) -> Iterator[str]:
        """The pieces of its answer, all before `ends` on the monotonic clock. ModelError."""


class LLMReader:
    """Numbers the sentences in a prompt, streams the model's answer, scans it for markers."""

    def __init__(
        self, model: Model, prompts: Path = PROMPTS, window_tokens: int = WINDOW_TOKENS
    ) -> None:
        """`prompts` is a folder with an `answer.jinja` in place of ours."""
        self._template = template(prompts, "answer")
        self._model = model
        self._window = window_tokens
        self.name = model.name

    def fit(self, question: str, context: Context) -> Context:
        """See `qa.readers.Reader`; at least the best passage, whatever the window."""
        for passages in range(context.passages, 1, -1):
            part = context.best(passages)
            if estimated_tokens(self.messages(question, part)) <= self._window - ANSWER_TOKENS:
                return part
        return context.best(1)

    def read(
        self, question: str, context: Context, ends: float
    ) -> Iterator[DraftStatement | Notice]:
        """See `qa.readers.Reader`.

        Drafts wait for the first that cites: before it the model may have been thinking aloud.
        """
        if not context.sentences:
            return
        writing = _Writing(context)
        for piece in self._model.stream(self.messages(question, context), ends):
            yield from writing.feed(piece)
        yield from writing.end()

    def messages(self, question: str, context: Context) -> Messages:
        """The prompt: rules, numbered sentences under their article, the question last."""
        return filled(self._template, question=question, articles=_articles(context))


class _Writing:
    """A model's text as it comes, to drafts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._reasoning_filter = ReasoningFilter()
        self._scanner = Scanner(context.by_number)
        self._held: list[DraftStatement] | None = []
        self._wrote = False
        self._parted = False

    def feed(self, piece: str) -> Iterator[DraftStatement | Notice]:
        for said in self._reasoning_filter.feed(piece):
            yield from self._scan(said)

    def end(self) -> Iterator[DraftStatement | Notice]:
        for said in self._reasoning_filter.end():
            yield from self._scan(said)
        yield from self._release(self._scanner.end())
        yield from self._held or ()
        if self._parted:
            yield Notice("links and markup that the language model wrote were left out")
        if not self._wrote:
            raise ModelError("the language model wrote nothing", LATER)

    def _scan(self, said: str | None) -> Iterator[DraftStatement]:
        if said is None:  # what came before was reasoning
            self._scanner = Scanner(self._context.by_number)
            self._held = self._held and []
            return
        yield from self._release(self._scanner.feed(said))

    def _release(self, drafts: Iterable[DraftStatement]) -> Iterator[DraftStatement]:
        for draft in drafts:
            self._wrote = True
            words = _without_forged(draft.text, _tidy(sanitise(draft.text)))
            self._parted |= has_markup(draft.text)
            if not _says_something(words):
                continue
            draft = replace(draft, text=words)
            if self._held is None:
                yield draft
                continue
            self._held.append(draft)
            if draft.numbers:
                yield from self._held
                self._held = None


def estimated_tokens(messages: Messages) -> int:
    """More tokens than a prompt has: English has over four letters a token, other scripts fewer."""
    text = "".join(message["content"] for message in messages)
    narrow = sum(map(str.isascii, text))
    return round(narrow / 3 + (len(text) - narrow) * 1.5)


def _tidy(words: str) -> str:
    """Without the punctuation that stood between markers."""
    words = _EMPTY.sub("", words)
    return _LEFT_OVER.sub("", words)


def _without_forged(written: str, words: str) -> str:
    """The words, without markers that only appeared when markup between their digits went."""
    forged = Counter(_MARKER.findall(words)) - Counter(_MARKER.findall(written))
    return _MARKER.sub(r"(\1)", words) if forged else words


def _says_something(words: str) -> bool:
    told = words.casefold().strip(" .!\"'“”")
    return any(map(str.isalnum, told)) and told != NO_ANSWER


def _articles(context: Context) -> list[dict[str, object]]:
    """The context for the template: a title line and numbered sentences for each article."""
    articles: dict[tuple[str, str], dict[str, object]] = {}
    sentences: dict[tuple[str, str], list[dict[str, object]]] = {}
    for sentence in context.sentences:
        key = (sentence.article.id, sentence.version)
        article = sentence.article
        parts = (article.title, article.source, iso(article.published_at))
        heading = " | ".join(neutral(part) for part in parts if part)
        articles.setdefault(key, {"heading": heading or "untitled"})
        line = {"number": sentence.number, "text": neutral(sentence.text)}
        sentences.setdefault(key, []).append(line)
    return [article | {"sentences": sentences[key]} for key, article in articles.items()]


def neutral(text: str) -> str:
    """An article's words on one line, in which nothing looks like a marker of ours, a line
    between articles, a chat template's token or white space that hides something."""
    seen = "".join(char for char in text if unicodedata.category(char)[0] != "C" or char.isspace())
    words = " ".join(seen.split()).translate(_BRACKETS)
    return _RULED.sub(lambda run: run.group()[:2], _TOKENS.sub(" ", words))


_MARKER = re.compile(r"\[\s*(\d+)\s*\]")
_EMPTY = re.compile(r"(?<!\s)\s*+\((?:\s|[,;–-])*+\)")
_LEFT_OVER = re.compile(r"(?<![\s,;–*])(?:\s*+[,;–*])++(?=[.!?]*+$)")
_BRACKETS = str.maketrans("[]【】［］", "()()()")
_RULED = re.compile(r"([=#*_~-])\1{2,}")
_TOKENS = re.compile(r"<(?=[A-Za-z/|!?])|\|>")
