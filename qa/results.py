"""The wire schema of articles and passages: what a list, a search or an upload gives. Pure.

Offsets are as in `qa.answer`: half-open, in Unicode code points of one version's text.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, computed_field, model_validator

from index.model import Article, Version
from qa.answer import Wire
from qa.context.citation_builder import iso

if TYPE_CHECKING:
    from index.search.retriever import Hit

Bounds = Annotated[
    tuple[int, int],
    WithJsonSchema({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}),
]
"""Start and end; described in words that every reader of JSON schema knows."""


class ArticleRow(Wire):
    """What is known of an article, without its text."""

    id: str
    title: str
    url: str
    source: str
    author: str
    published_at: str | None
    """ISO 8601: a date, or a moment in UTC."""
    language: str
    version: str


class ArticleText(ArticleRow):
    """One version of an article."""

    current: str
    """The name of the version that answers come from."""
    versions: list[str]
    """The names of all its versions, oldest first."""
    sentences: list[Bounds]
    """(start, end) of each sentence; they tile the text."""
    text: str


class MatchRow(Wire):
    """What speaks for a passage, each from 0 to 1 but the cosine; see `index.search.ranking`."""

    cosine: float
    terms: float
    pairs: float
    window: float


class PassageRow(Wire):
    """A passage found, and how: ranks count from 1, None where an index did not find it."""

    rank: int
    """By match; `score` is what it goes by."""
    score: float
    match: MatchRow
    dense_rank: int | None
    lexical_rank: int | None
    fused_rank: int
    """By the two ranks before it together, among all that was found."""
    relevance: float | None = None
    """How likely the question was asked of this passage, 0 to 1, as the trained reader reads it;
    None without one."""
    article_id: str
    version: str
    title: str
    source: str
    published_at: str | None
    start: int
    end: int
    text: str


class SearchResult(Wire):
    """Passages, best first, and what did not work."""

    passages: list[PassageRow]
    notices: list[str]


class AddedRow(Wire):
    """What became of one article; `error` says why it failed, and `hint` what to do; `notices` say
    what was left out."""

    article_id: str
    outcome: Literal["added", "updated", "unchanged", "failed"]
    version: str = ""
    error: str = ""
    hint: str = ""
    notices: list[str] = Field(default_factory=list)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def article(self) -> str:
        """`article_id`, by the name that it had first."""
        return self.article_id

    @model_validator(mode="before")
    @classmethod
    def _said_once(cls, given: Any) -> Any:
        return {key: value for key, value in given.items() if key != "article"}


class ArticlePage(Wire):
    """Some articles, newest first, undated ones last."""

    articles: list[ArticleRow]
    next: str | None
    """The cursor of the next page; None on the last one."""
    total: int
    backlog: int
    """Passages that have no vector yet and are found by their words only."""


class AddedRows(Wire):
    """What became of the articles of one request, in their order."""

    articles: list[AddedRow]
    backlog: int


class LibraryInfo(Wire):
    """What the library holds, and who reads."""

    readers: list[str]
    """The first reads unless another one is asked for."""
    encoder: str
    articles: int
    versions: int
    passages: int
    backlog: int
    sources: list[str]
    embedding_failing_since: str | None = None
    """ISO 8601: since when no vectors are made; None while nothing is wrong."""
    embedding_error: str = ""
    """Why."""
    former_encoder: str = ""
    """The encoder before this one, while passages are found by vectors of it."""
    former_vectors: int | None = None
    """How many they are; None if there are none."""


def article_row(article: Article, version: str) -> ArticleRow:
    """An article as it goes over the wire."""
    return ArticleRow(version=version, **_known(article))


def article_text(version: Version, current: str, versions: list[str]) -> ArticleText:
    """A version of an article as it goes over the wire."""
    article = version.article
    return ArticleText(
        version=version.name,
        current=current,
        versions=versions,
        sentences=[(span.start, span.end) for span in version.sentences],
        text=article.text,
        **_known(article),
    )


def passage_row(hit: "Hit", relevance: float | None) -> PassageRow:
    """A passage found as it goes over the wire."""
    passage, article = hit.record.passage, hit.record.article
    return PassageRow(
        rank=hit.rank,
        score=hit.match.score,
        match=MatchRow(**hit.match._asdict()),
        dense_rank=hit.dense_rank,
        lexical_rank=hit.lexical_rank,
        fused_rank=hit.fused_rank,
        relevance=relevance,
        article_id=passage.article_id,
        version=passage.version,
        title=article.title,
        source=article.source,
        published_at=iso(article.published_at),
        start=passage.span.start,
        end=passage.span.end,
        text=hit.record.text,
    )


def _known(article: Article) -> dict[str, Any]:
    names = ("id", "title", "url", "source", "author", "language")
    return {name: getattr(article, name) for name in names} | {
        "published_at": iso(article.published_at)
    }
