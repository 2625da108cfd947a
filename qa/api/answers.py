"""An answer on its way out: citations verified, offsets in the client's unit, counted."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import cast

from index.errors import LibraryError, NotFound, Overtaken, QAError, UnknownFilter
from index.model import Filters
from qa.answer import (
    CitationEvent,
    DeltaEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    FinalEvent,
    MetaEvent,
    Turn,
)
from qa.api.offsets import Unit, answer_in_utf16, citation_in_utf16, delta_in_utf16
from qa.api.routes.prometheus import Metrics
from qa.service import Local

Events = Generator[Event, None, None]


class Answers:
    """The service's answers, none of which shows a citation that does not verify."""

    def __init__(self, service: Local, metrics: Metrics) -> None:
        self._service = service
        self._metrics = metrics

    def stream(
        self,
        question: str,
        filters: Filters,
        history: Sequence[Turn],
        reader: str = "",
        unit: Unit = "codepoints",
        strictness: float | None = None,
    ) -> Events:
        """See `qa.engine.Engine.stream`. Closing the generator stops the work behind it."""
        streamed = self._service.stream(question, filters, history, reader, strictness)
        events = cast(Events, streamed)
        asked = ""
        try:
            with closing(events):
                for event in events:
                    if isinstance(event, MetaEvent):
                        asked = event.reader
                    self._look_at(event, asked)
                    yield event if unit == "codepoints" else self._in_utf16(event)
        except NotFound:
            yield from ended(Overtaken("an article was removed while it was read", "ask again"))
        except QAError as error:
            yield from ended(error)

    def _look_at(self, event: Event, asked: str) -> None:
        """Count an event. Raises what it must not go out for."""
        if isinstance(event, CitationEvent):
            verified = self._service.verifies(event.citation)
            self._metrics.citation(verified)
            if not verified:
                raise LibraryError("a citation is not in its article", "run `qa check`")
        elif isinstance(event, FinalEvent):
            self._metrics.answer(event.answer, asked)
        elif isinstance(event, ErrorEvent):
            error = event.error()
            self._metrics.error(error)
            if isinstance(error, NotFound) and not isinstance(error, UnknownFilter):
                raise error

    def _in_utf16(self, event: Event) -> Event:
        text = self._service.text
        if isinstance(event, CitationEvent):
            return CitationEvent(citation=citation_in_utf16(event.citation, text))
        if isinstance(event, FinalEvent):
            return FinalEvent(answer=answer_in_utf16(event.answer, text))
        return delta_in_utf16(event) if isinstance(event, DeltaEvent) else event


def ended(error: QAError) -> Iterator[Event]:
    """How an answer ends that an error cuts short."""
    yield ErrorEvent.of(error)
    yield DoneEvent()
