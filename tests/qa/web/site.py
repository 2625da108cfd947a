"""What the tests of the page share: the site behind it, and a visit that minds its manners."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from index.errors import QAError
from index.library import Library
from index.model import Article
from qa.answer import Citation
from qa.context.numbered_sentences import Context
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.protocol import DraftStatement, ReaderOutput
from tests.api_server import Served

QUESTION = "What conditions did Zelenskyy propose?"

SILENCE = "What is the boiling point of tungsten?"

ONE = "Zelenskyy’s proposal came with conditions."


@dataclass
class Scripted:
    """Answers the questions it has a script for; the extractive reader has the rest.

    A script is drafts, errors to raise and events to wait for. A draft's numbers are the words
    that its sentence holds in the context, so that a test need not know where it lies.
    """

    otherwise: ExtractiveReader
    scripts: dict[str, list[tuple[str, str] | threading.Event | QAError]] = field(
        default_factory=dict
    )
    name = "scripted"

    def fit(self, question: str, context: Context) -> Context:
        return context

    def read(self, question: str, context: Context, ends: float) -> Iterator[ReaderOutput]:
        if question not in self.scripts:
            yield from self.otherwise.read(question, context, ends)
            return
        for step in self.scripts[question]:
            match step:
                case threading.Event():
                    step.wait(10)
                case QAError():
                    raise step
                case (text, words):
                    rows = [row.number for row in context.sentences if words and words in row.text]
                    yield DraftStatement(text, tuple(rows[:1]))


@dataclass(frozen=True)
class Site:
    """A server, its reader, and the library behind it."""

    served: Served
    reader: Scripted
    library: Library

    @property
    def url(self) -> str:
        return self.served.url

    def add(self, *articles: Article) -> None:
        """Store articles, embedded at once."""
        for row in self.library.add(articles):
            assert row.error is None
        for _ in self.library.embed():
            pass


class Visit:
    """A fresh tab on the page, and all that must not happen in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        self.foreign: list[str] = []
        page.set_default_timeout(8_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: (self.faults.append(dialog.message), dialog.dismiss()))
        page.on("console", self._console)
        page.on("request", self._request)
        page.goto(url)
        page.wait_for_selector("#start *")

    def ask(self, question: str) -> None:
        """Ask, and wait until the answer, or what came in its place, is there."""
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")
        self.page.wait_for_selector(
            ".turn:last-child:not([data-state=asking]):not([data-state=writing])"
        )

    def _console(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if "Failed to load resource" not in text:  # those are what the tests of errors make
            self.faults.append(text)

    def _request(self, request: object) -> None:
        address = str(getattr(request, "url", ""))
        if not address.startswith((self.url, "data:")):
            self.foreign.append(address)


def marked(page: Page) -> str:
    """The text of the sentence that is marked now, whole."""
    page.wait_for_selector("mark.current")
    return "".join(page.locator("mark.current").all_text_contents())


def kept(page: Page) -> dict[str, Any]:
    """The last answer as the tab keeps it, once it does: that is a little after it is shown.

    The page's policy forbids what `wait_for_function` does in it from its second look on.
    """
    last = "JSON.parse(sessionStorage.getItem('qa.conversations'))[0].turns.at(-1).answer"
    ends = time.monotonic() + 30
    while (found := page.evaluate(last)) is None:
        assert time.monotonic() < ends
        page.wait_for_timeout(50)
    answer: dict[str, Any] = found
    return answer


def cited(site: Site, page: Page) -> list[Citation]:
    """The citations of the last answer, as the tab keeps them; each holds in its article."""
    found = [Citation.model_validate(citation) for citation in kept(page)["citations"]]
    for citation in found:
        text = site.library.catalog.version(citation.article_id, citation.version).article.text
        units = text.encode("utf-16-le")[2 * citation.start : 2 * citation.end]
        assert units.decode("utf-16-le") == citation.quote
    return found
