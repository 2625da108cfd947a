"""The wire schema: what an answer is, and the events it arrives in.

Every `start` and `end` is half-open, in Unicode code points. A citation's index the canonical
text of one version of one article; a statement's index the answer's own text.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from index.errors import QAError, error_named


class Wire(BaseModel):
    """Frozen, and refusing fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Turn(Wire):
    """An earlier question of a conversation, as it was asked, and its answer."""

    question: str
    answer: str = ""


MAX_TURNS = 50
"""The longest conversation that a server takes; older turns say nothing about a question."""


class Citation(Wire):
    """`text[start:end] == quote` in version `version` of article `article_id`, checked."""

    n: int
    """What `[n]` in the answer refers to, from 1 by first use."""
    article_id: str
    version: str
    title: str
    url: str
    source: str
    published_at: str | None
    """ISO 8601: a date, or a moment in UTC."""
    start: int
    end: int
    quote: str


class Part(Wire):
    """A piece of a text, half-open."""

    start: int
    end: int


class Statement(Wire):
    """One sentence of an answer: `answer[start:end] == text`."""

    text: str
    start: int
    end: int
    citations: list[int]
    supported: bool
    missing: list[str]
    """Numbers, dates, names and quotations of the statement that its citations do not carry."""
    answer_span: Part | None = None
    """Where in `answer` the words stand that are the answer in short, if the reader found them."""


class Nearest(Wire):
    """A passage close to a question that the articles do not answer: `text[start:end] == quote` in
    version `version` of article `article_id`."""

    article_id: str
    version: str = ""
    """Empty in an answer of an earlier qa."""
    title: str
    start: int
    end: int
    quote: str


class Place(Wire):
    """A passage of one version of an article."""

    article_id: str
    version: str
    start: int
    end: int


class Laid(Wire):
    """What the reader got: so many sentences of the best `passages` of those `found`."""

    passages: int
    sentences: int
    found: int
    places: list[Place] = []
    """Where those passages stand, in the order in which they were best."""


Certainty = Literal["answered", "close", "none"]


class Answer(Wire):
    """The whole answer; "the articles do not say" is one, with `answerable` false."""

    question: str
    standalone_question: str
    """What was looked up: the question, with what it leaves to the conversation before it."""
    answerable: bool
    """Whether `certainty` is `answered`."""
    certainty: Certainty | None = None
    """`answered`; `close`: `nearest` may answer, and none surely does; `none`: the articles do not
    say. None in an answer of an earlier qa, which only tells `answerable`."""
    confidence: float | None = None
    """How likely the first citation answers, 0 to 1; None if the reader does not tell."""
    answer: str
    statements: list[Statement]
    citations: list[Citation]
    nearest: list[Nearest]
    """Where to look when the articles do not say; empty otherwise."""
    reader: str
    unknown_markers: int
    """Numbers that the reader cited and that name nothing it was given; left out of the answer."""
    known_markers: int = 0
    """Those that name a sentence; neighbours are one citation."""
    notices: list[str]
    read: Laid
    timings_ms: dict[str, float]
    """rewrite (of a follow-up), retrieve, read, and total."""


class CitationEvent(Wire):
    """Comes before the text that uses it."""

    event: Literal["citation"] = "citation"
    citation: Citation


class DeltaEvent(Wire):
    """The next piece of the answer's text; all of them joined are the answer."""

    event: Literal["delta"] = "delta"
    text: str
    answer_span: Part | None = None
    """Where in this piece the words stand that are the answer in short."""


class MetaEvent(Wire):
    """Comes first: the question that is answered, with what it leaves to the conversation, and
    who reads."""

    event: Literal["meta"] = "meta"
    question: str
    standalone_question: str
    reader: str


class FinalEvent(Wire):
    """The whole answer, identical to the one that is not streamed."""

    event: Literal["final"] = "final"
    answer: Answer


class ErrorEvent(Wire):
    """The answer ends here, without a final."""

    event: Literal["error"] = "error"
    kind: str
    """The name of a class of `index.errors`."""
    message: str
    hint: str
    status: int

    @classmethod
    def of(cls, error: QAError) -> "ErrorEvent":
        """The event that tells an error."""
        kind = type(error).__name__
        return cls(kind=kind, message=error.message, hint=error.hint, status=error.status)

    def error(self) -> QAError:
        """The error itself, for one who reads the stream and raises."""
        return error_named(self.kind, self.message, self.hint)


class DoneEvent(Wire):
    """Comes last, whatever happened."""

    event: Literal["done"] = "done"


Event = MetaEvent | CitationEvent | DeltaEvent | FinalEvent | ErrorEvent | DoneEvent
