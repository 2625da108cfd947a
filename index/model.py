"""The values that travel through the index: frozen, and wrong ones cannot be made.

Every offset in the project is a `Span`: half-open, in Unicode code points of the canonical
text of one version of one article (see `index.canonical`).
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

MAX_FIELD_CHARS = 2_000
"""The longest title, id, URL, source or author that is kept, in code points."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open `[start, end)`, `0 <= start <= end`, in code points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}-{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    def of(self, text: str) -> str:
        """The characters of `text` that this span covers. ValueError if it ends outside."""
        if self.end > len(text):
            raise ValueError(f"span {self} ends outside a text of {len(text)} code points")
        return text[self.start : self.end]

    def overlap(self, other: Self) -> int:
        """How many code points both spans cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def trimmed(self, text: str) -> "Span":
        """The same span without white space at its ends; empty at `start` if it is all white."""
        words = self.of(text)
        start = self.start + len(words) - len(words.lstrip())
        return Span(start, max(start, self.start + len(words.rstrip())))


@dataclass(frozen=True, slots=True)
class Article:
    """A piece of text and what is known of it. `id` is stable: given, or where the article lies.

    `published_at` is aware, in UTC; a bare date is its midnight. `language` is a BCP 47 code.
    The fields other than `text` hold no line breaks; `text` is as the source gave it.
    """

    id: str
    text: str = field(repr=False)
    title: str = ""
    url: str = ""
    source: str = ""
    author: str = ""
    published_at: datetime | None = None
    language: str = "en"
    former_ids: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """What it was called when ids were made in another way, likeliest first; not kept."""
    origin: str = field(default="", repr=False, compare=False)
    """Where it was read, for errors: a path, an address, `rows.jsonl:3`; not kept."""
    notices: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """What its source says of it and nobody can use, and where; not kept."""

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("an article needs an id")
        for name in ("id", "title", "url", "source", "author", "language"):
            value = getattr(self, name)
            if len(value) > MAX_FIELD_CHARS:
                raise ValueError(f"{name} is longer than {MAX_FIELD_CHARS} characters")
            if value != " ".join(value.split()):
                raise ValueError(f"{name} has line breaks or stray white space: {value!r}")
        if self.published_at and self.published_at.tzinfo is not UTC:
            raise ValueError("published_at must be in UTC")


@dataclass(frozen=True, slots=True)
class Version:
    """One immutable text of an article; its name is the text's sha256 (64 hex digits).

    `sentences` tile `text`: the first starts at 0, each starts where the one before ends, the
    last ends at `len(text)`.
    """

    article: Article
    sentences: tuple[Span, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The sha256 of the text."""
        return version_name(self.article.text)


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive whole sentences of one version: the unit that is embedded and retrieved.

    `id` is given by the catalog and never used twice.
    """

    id: int
    article_id: str
    version: str
    span: Span


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def epoch_seconds(moment: datetime) -> int:
    """Whole seconds from 1970 to an aware moment, its fraction cut off.

    `datetime.timestamp()` rounds the last microseconds of the year 9999 up to the year 10000,
    which no datetime can hold.
    """
    return (moment - _EPOCH) // timedelta(seconds=1)


def version_name(text: str) -> str:
    """The sha256 of `text` in UTF-8, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles a question may be answered from; an empty filter lets all through.

    `after` is inclusive and `before` exclusive, both aware, in UTC; undated articles pass neither.
    """

    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("after", "before"):
            moment = getattr(self, name)
            if moment and moment.tzinfo is not UTC:
                raise ValueError(f"{name} must be in UTC")
