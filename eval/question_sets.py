"""Question sets: what people write, checked, with every quote found in its article.

A set is a YAML file (`name`, `articles`: a folder beside it, `questions`), or JSON Lines with a
question a line and the articles in the folder `articles` beside it. Offsets are never written by
hand: people write quotes, and a quote that does not stand in its article is refused.
"""

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.errors import ArticleError, InputError, NotFound
from index.model import Article, Filters, Span, Version
from index.sources import File, find, read
from index.sources.dates import to_utc
from qa.answer import Turn

LINES = "__lines__"
"""Where a mapping and each of its values begin in a file; added while reading."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Strict):
    """A piece of an article that answers, in the article's own words."""

    article: str
    quote: str = Field(min_length=1)


class CaseFilters(_Strict):
    """Which articles may be used, as on the command line."""

    source: str | list[str] = []
    article: str | list[str] = []
    after: str | None = None
    before: str | None = None

    def filters(self) -> Filters:
        """ValueError for a date that is none."""
        return Filters(
            _listed(self.source),
            _listed(self.article),
            to_utc(self.after) if self.after else None,
            to_utc(self.before) if self.before else None,
        )


class Case(_Strict):
    """One question and what a good answer does."""

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answerable: bool
    evidence: list[Evidence] = []
    answer: list[str] = []
    """Accepted forms of a short answer."""
    must_mention: list[str] = []
    must_not_cite: list[str] = []
    """Ids of articles that would be the wrong source."""
    history: list[Turn] = []
    filters: CaseFilters = CaseFilters()
    tags: list[str] = []

    @model_validator(mode="after")
    def _makes_sense(self) -> "Case":
        if self.answerable and not self.evidence:
            raise ValueError("answerable, but no evidence")
        if not self.answerable and (self.evidence or self.answer):
            raise ValueError("not answerable, but has evidence or an answer")
        self.filters.filters()
        return self


@dataclass(frozen=True, slots=True)
class Place:
    """A span of an article's text."""

    article_id: str
    span: Span

    def overlaps(self, other: "Place") -> bool:
        """Whether they share a character."""
        return self.article_id == other.article_id and self.span.overlap(other.span) > 0


@dataclass(frozen=True, slots=True)
class Question:
    """A case and where its evidence stands."""

    case: Case
    gold: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A file of cases and the folder that their articles are in.

    `name` is of letters, digits, `_`, `.` and `-`, and can be a file's name. lines: of each case;
    quote_lines: of each quote of each case.
    """

    name: str
    file: Path
    articles: Path
    cases: tuple[Case, ...]
    lines: tuple[int, ...]
    quote_lines: tuple[tuple[int, ...], ...]

    def located(self, version: Callable[[str], Version]) -> list[Question]:
        """Find every quote; `version` gives an article by id. InputError names each that fails,
        and each article that is not there."""
        known = cache(version)
        questions, problems = [], []
        for case, line, quote_lines in zip(self.cases, self.lines, self.quote_lines, strict=True):
            places = []
            faults = [(line, told) for told in _unknown(case, known)]
            for evidence, quote_line in zip(case.evidence, quote_lines, strict=True):
                try:
                    places.append(_place(evidence, known))
                except ValueError as error:
                    faults.append((quote_line, str(error)))
            problems += [f"{self.file}:{at}: question {case.id}: {told}" for at, told in faults]
            questions.append(Question(case, tuple(places)))
        if problems:
            raise InputError("\n".join(problems), "quote the article to the letter")
        return questions


def read_set(path: Path) -> QuestionSet:
    """Read a file, or `questions.yaml` in a folder. InputError names each line that is wrong."""
    file = path / "questions.yaml" if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: {error}", "name a question set: a YAML or JSONL file") from error
    head, rows = _jsonl(file, text) if file.suffix == ".jsonl" else _yaml(file, text)
    cases, lines, quote_lines, problems = [], [], [], []
    for line, row in rows:
        try:
            cases.append(Case.model_validate(_bare(row)))
            lines.append(line)
            quote_lines.append(_quote_lines(row, line))
        except ValidationError as error:
            problems += [f"{file}:{line}: {told}" for told in _told(error)]
    problems += [f"{file}: question {name} occurs twice" for name in _twice(cases)]
    if problems or not cases:
        raise InputError("\n".join(problems) or f"{file}: there are no questions")
    called = file.resolve().parent.name if path.is_dir() else file.stem
    name = str(head.get("name") or re.sub(r"[^\w.-]+", "-", called))
    if not re.fullmatch(r"[\w.-]+", name) or not name.strip("."):
        raise InputError(f"{file}: {name!r} cannot be a name", "take letters, digits, _ . and -")
    articles = file.parent / str(head.get("articles") or "articles")
    if not articles.exists():
        raise InputError(f"{file}: there are no articles at {articles}", "name their folder")
    return QuestionSet(name, file, articles, tuple(cases), tuple(lines), tuple(quote_lines))


Rows = Iterator[tuple[int, Mapping[str, Any]]]


def _jsonl(file: Path, text: str) -> tuple[Mapping[str, Any], Rows]:
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                rows.append((number, json.loads(line)))
            except json.JSONDecodeError as error:
                raise InputError(f"{file}:{number}: not JSON: {error.msg}") from error
    return {}, iter(rows)


class _Loader(yaml.SafeLoader):
    """Adds to each mapping the lines that it (under "") and its values begin on."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        begin = {name.value: value.start_mark.line + 1 for name, value in node.value
                 if isinstance(name, yaml.ScalarNode)}  # fmt: skip
        return made | {LINES: begin | {"": node.start_mark.line + 1}}


_Loader.yaml_implicit_resolvers = {  # dates stay as they were written
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _yaml(file: Path, text: str) -> tuple[Mapping[str, Any], Rows]:
    try:
        held = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{file}:{line}: not YAML: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InputError(f"{file}:{line}: not YAML: {error.reason}") from error
    if not isinstance(held, dict) or not isinstance(held.get("questions"), list):
        raise InputError(f"{file}: has no list `questions`")
    return held, ((row[LINES][""], row) for row in held["questions"] if _is_row(file, row))


def _is_row(file: Path, row: object) -> bool:
    if isinstance(row, dict):
        return True
    raise InputError(f"{file}: {row!r} is not a question with its fields")


def _bare(value: Any) -> Any:
    """Without the lines."""
    if isinstance(value, dict):
        return {name: _bare(part) for name, part in value.items() if name != LINES}
    return [_bare(part) for part in value] if isinstance(value, list) else value


def _quote_lines(row: Mapping[str, Any], line: int) -> tuple[int, ...]:
    """Where each quote of a question begins; the question's own line where nobody knows."""
    held = (evidence.get(LINES, {}) for evidence in row.get("evidence", []))
    return tuple(lines.get("quote", line) for lines in held)


def articles_of(folder: Path) -> Iterator[Article | ArticleError]:
    """The articles of a set. One whose file does not say its id is named by where the file lies in
    the folder: that is the same wherever the set is."""
    placed = (
        item._replace(place=item.place.partition("/")[2]) if isinstance(item, File) else item
        for item in find([folder])
    )
    for item in read(placed):  # a library of an earlier run is to have the set's ids, too
        yield replace(item, former_ids=()) if isinstance(item, Article) else item


def _unknown(case: Case, version: Callable[[str], Version]) -> Iterator[str]:
    """The articles that a case names beside its evidence and that are not there."""
    named = {"must_not_cite": case.must_not_cite, "filters.article": _listed(case.filters.article)}
    for field, ids in named.items():
        for article_id in ids:
            try:
                version(article_id)
            except NotFound:
                yield f"{field}: there is no article {article_id!r}"


def _place(evidence: Evidence, version: Callable[[str], Version]) -> Place:
    """Where the quote stands; its white space may differ. ValueError if nowhere, or twice."""
    try:
        found = version(evidence.article)
    except NotFound as error:
        raise ValueError(f"there is no article {evidence.article!r}") from error
    text = found.article.text
    pattern = r"\s+".join(map(re.escape, evidence.quote.split()))
    spans = [Span(*match.span()) for match in re.finditer(pattern, text)]
    if len(spans) == 1:
        return Place(evidence.article, spans[0])
    if spans:
        raise ValueError(f"the quote stands {len(spans)} times in {evidence.article}; quote more")
    raise ValueError(
        f"{evidence.article} does not contain {evidence.quote!r}; "
        f"nearest: {_nearest(evidence.quote, found)!r}"
    )


def _nearest(quote: str, version: Version) -> str:
    """The sentence most like the quote."""
    sentences = [span.of(version.article.text).strip() for span in version.sentences]
    matcher = difflib.SequenceMatcher(b=quote, autojunk=False)

    def likeness(sentence: str) -> float:
        matcher.set_seq1(sentence)
        return matcher.ratio() if matcher.quick_ratio() > 0.3 else 0.0

    return max(sentences, key=likeness, default="")


def _told(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        field = ".".join(map(str, fault["loc"])) or "question"
        yield f"{field}: {fault['msg']}"


def _twice(cases: list[Case]) -> list[str]:
    ids = [case.id for case in cases]
    return sorted({name for name in ids if ids.count(name) > 1})


def _listed(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
