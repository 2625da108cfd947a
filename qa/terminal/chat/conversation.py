"""A conversation over one service: what was asked, what is set for the next question."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import InputError, LibraryError, NotFound
from index.model import Filters, Span
from index.sources.dates import to_utc
from qa.answer import MAX_TURNS, Answer, Event, FinalEvent, Turn
from qa.terminal.chat.background_service import BackgroundService
from qa.terminal.chat.saved_chats import Chats, Kept

if TYPE_CHECKING:
    from qa.results import ArticleRow


@dataclass(frozen=True, slots=True)
class Place:
    """An article's version, the current one if `version` is empty, and a span of its text."""

    article_id: str
    version: str = ""
    span: Span | None = None


class Chat:
    """Turns are kept as soon as they are answered, if that can be; a question that was stopped is
    not a turn."""

    def __init__(self, background: BackgroundService, chats: Chats, filters: Filters) -> None:
        self.background = background
        self.chats = chats
        self.filters = filters
        self.reader = ""
        """Who reads, of the service's readers; empty for the first."""
        self.strictness: float | None = None
        """How likely an answer has to be right to be given; None for the service's own."""
        self.turns: list[Kept] = []
        self.unanswered = ""
        """The last question, if it was stopped or failed."""
        self._before = 0
        """How many turns came before the last question."""

    @property
    def number(self) -> int | None:
        """The conversation's number; none before its first answer that is kept."""
        return (self.turns[-1].chat or None) if self.turns else None

    @property
    def last(self) -> Kept:
        """The last turn. InputError if there is none."""
        if not self.turns:
            raise InputError("nothing was answered yet in this conversation", "ask something")
        return self.turns[-1]

    def ask(self, question: str) -> Generator[Event, None, None]:
        """The events of an answer; its turn is kept when the final one comes by."""
        yield from self._asked(question, self.turns)

    def retry(self) -> Generator[Event, None, None]:
        """The last question again; a new answer takes the place of the old one."""
        if self.unanswered:
            yield from self._asked(self.unanswered, self.turns[: self._before])
        else:
            yield from self._asked(self.last.answer.question, self.turns[:-1])

    def begin(self) -> None:
        """A new conversation; filters, reader and strictness stay."""
        self.turns, self.unanswered = [], ""

    def resume(self, number: int) -> None:
        """Go on with a conversation that was kept. NotFound."""
        self.turns, self.unanswered = self.chats.turns(number), ""
        self.filters = self.last.filters

    def passes(self, article: "ArticleRow") -> bool:
        """Whether the filters let an article through."""
        after, before = self.filters.after, self.filters.before
        moment = to_utc(article.published_at) if article.published_at else None
        return (
            article.source in (self.filters.sources or (article.source,))
            and article.id in (self.filters.articles or (article.id,))
            and (not after or (moment is not None and moment >= after))
            and (not before or (moment is not None and moment < before))
        )

    def labels(self) -> Iterator[tuple[str, str]]:
        """What `place` knows of this conversation, latest first: a label and what it stands for."""
        for turn, kept in reversed(list(enumerate(self.turns, 1))):
            before = "" if turn == len(self.turns) else f"{turn}."
            for citation in kept.answer.citations:
                yield f"{before}{citation.n}", citation.title or citation.article_id
            if not before:
                for n, nearest in enumerate(kept.answer.nearest, 1):
                    yield f"~{n}", nearest.title or nearest.article_id

    def place(self, label: str) -> Place:
        """`N` or `T.N`: a citation of the last turn or of turn T; `~N`: one of the nearest
        passages; else an article's id. NotFound names what there is."""
        if label.startswith("~"):
            return self._nearest(label)
        turn, _, n = label.rpartition(".")
        if not n.isdecimal() or not (turn or "1").isdecimal():
            return Place(label)
        answer = self._turn(int(turn)) if turn else self.last.answer
        for citation in answer.citations:
            if citation.n == int(n):
                span = Span(citation.start, citation.end)
                return Place(citation.article_id, citation.version, span)
        raise NotFound(
            f"there is no citation {label}", f"there are {len(answer.citations)} of them"
        )

    def _nearest(self, label: str) -> Place:
        nearest = self.last.answer.nearest
        if label[1:].isdecimal() and 0 < int(label[1:]) <= len(nearest):
            found = nearest[int(label[1:]) - 1]
            # Of an answer without the version, nobody knows which text the offsets are of.
            span = Span(found.start, found.end) if found.version else None
            return Place(found.article_id, found.version, span)
        raise NotFound(f"there is no passage {label}", f"there are {len(nearest)} of them")

    def _turn(self, number: int) -> Answer:
        if not 0 < number <= len(self.turns):
            raise NotFound(f"there is no turn {number}", f"there are {len(self.turns)} of them")
        return self.turns[number - 1].answer

    def _asked(self, question: str, before: Sequence[Kept]) -> Generator[Event, None, None]:
        latest = [kept.answer for kept in before[-MAX_TURNS:]]
        history = [Turn(question=answer.question, answer=answer.answer) for answer in latest]
        replaced = self.turns[len(before)] if len(before) < len(self.turns) else None
        filters, self.unanswered, self._before = self.filters, question, len(before)
        events = self.background.asked.stream(
            question, filters, history, self.reader, self.strictness
        )
        try:
            for event in events:
                if isinstance(event, FinalEvent):
                    event = FinalEvent(answer=self._keep(event.answer, filters, replaced))
                yield event
        finally:
            if isinstance(events, Generator):
                events.close()  # a stopped answer lets go of its model, or of its connection

    def _keep(self, answer: Answer, filters: Filters, replaced: Kept | None) -> Answer:
        """The answer, with a notice if the file does not take it: the conversation goes on."""
        try:
            turn = self._kept(answer, filters, replaced)
        except LibraryError as error:
            notices = [*answer.notices, f"not kept: {error.message}"]
            answer = answer.model_copy(update={"notices": notices})
            turn = Kept(replaced.id if replaced else 0, self.number or 0, answer, filters)
        self.turns = [*(self.turns[:-1] if replaced else self.turns), turn]
        self.unanswered = ""
        if self.background.trouble:
            self.background.look_again()
        return answer

    def _kept(self, answer: Answer, filters: Filters, replaced: Kept | None) -> Kept:
        if replaced and replaced.id:
            return self.chats.replace(replaced, answer, filters)
        return self.chats.append(self.number, answer, filters)
