"""Offsets for browsers: JavaScript counts UTF-16 code units, everything else here code points."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Literal, TypeVar

from index.errors import NotFound
from qa.answer import Answer, Citation, DeltaEvent, Nearest, Part, Place, Statement
from qa.results import ArticleText, PassageRow, SearchResult

Unit = Literal["codepoints", "utf16"]

Moved = TypeVar("Moved", Part, Statement, Citation, Nearest, Place, PassageRow)

InArticle = TypeVar("InArticle", Citation, Nearest, Place, PassageRow)

Pointing = TypeVar("Pointing", Statement, DeltaEvent)

Text = Callable[[str, str], str]
"""(article id, version or "" for the current one) to the article's text."""


class Utf16:
    """Offsets into one text, from code points to UTF-16 code units."""

    def __init__(self, text: str) -> None:
        self._doubled = [place for place, char in enumerate(text) if ord(char) > 0xFFFF]

    def __call__(self, offset: int) -> int:
        """`offset` and one for each character before it that takes two units."""
        return offset + bisect_left(self._doubled, offset)


def answer_in_utf16(answer: Answer, text: Text) -> Answer:
    """The same answer: statements count in its text, the others in their article's."""
    own = Utf16(answer.answer)
    places = [*_still_there(answer.read.places, text)]
    return answer.model_copy(
        update={
            "statements": [_moved(_pointing(one, own), own) for one in answer.statements],
            "citations": [citation_in_utf16(citation, text) for citation in answer.citations],
            "nearest": [_in_article(near, text) for near in answer.nearest],
            "read": answer.read.model_copy(update={"places": places}),
        }
    )


def delta_in_utf16(delta: DeltaEvent) -> DeltaEvent:
    """The same piece, its short answer counted in UTF-16."""
    return _pointing(delta, Utf16(delta.text))


def citation_in_utf16(citation: Citation, text: Text) -> Citation:
    """The same citation, counting in its article's version."""
    return _in_article(citation, text)


def search_in_utf16(result: SearchResult, text: Text) -> SearchResult:
    """The same passages, counting in their article's version."""
    moved = [_in_article(row, text) for row in result.passages]
    return result.model_copy(update={"passages": moved})


def article_in_utf16(article: ArticleText) -> ArticleText:
    """The same article, its sentences counted in UTF-16."""
    unit = Utf16(article.text)
    moved = [(unit(start), unit(end)) for start, end in article.sentences]
    return article.model_copy(update={"sentences": moved})


def _pointing(item: Pointing, unit: Utf16) -> Pointing:
    span = item.answer_span
    return item.model_copy(update={"answer_span": _moved(span, unit)}) if span else item


def _in_article(item: InArticle, text: Text) -> InArticle:
    return _moved(item, Utf16(text(item.article_id, item.version)))


def _still_there(places: Iterable[Place], text: Text) -> Iterator[Place]:
    """What was read, less what has been removed since: that is no reason to lose the answer."""
    for place in places:
        with suppress(NotFound):
            yield _in_article(place, text)


def _moved(item: Moved, unit: Utf16) -> Moved:
    return item.model_copy(update={"start": unit(item.start), "end": unit(item.end)})
