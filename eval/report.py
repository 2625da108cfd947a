"""What a run tells: a table, JSON, Markdown for a pull request, a page."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.gate import Verdict
from eval.metrics import Summary
from eval.question_sets import Place
from eval.score import Result
from index.model import Span, Version


@dataclass(frozen=True, slots=True)
class Report:
    """One set after a run."""

    name: str
    reader: str
    results: Sequence[Result]
    found: Mapping[str, Summary]
    verdict: Verdict
    versions: Mapping[str, Version]
    """Of the articles that hold gold or were cited, by id."""
    judge_failure: str = ""
    """Why not all answers were judged."""

    def errors(self) -> Iterator[str]:
        """What could not be done, a sentence each; the rest of the run stands."""
        if broken := [one for one in self.results if one.record.error]:
            first = broken[0]
            yield (
                f"{len(broken)} questions could not be asked, "
                f"first {first.question.case.id}: {first.record.error}"
            )
        if self.judge_failure:
            yield self.judge_failure


def table(report: Report) -> Iterator[str]:
    """A line a metric, then what failed and which questions flipped."""
    wrong = sum(bool(one.fault) for one in report.results)
    yield f"{report.name}: {len(report.results)} questions, {report.reader}, {wrong} wrong"
    width = max(map(len, report.found))
    for name, one in report.found.items():
        unscored = f"  {one.unscored} unscored" if one.unscored else ""
        yield f"  {name:<{width}}  {_number(one.value):>8}  {_interval(one):<22}{unscored}".rstrip()
    yield from (f"FAILED {line}" for line in report.verdict.failures)
    yield from (f"flipped {line}" for line in report.verdict.flips)


def as_json(report: Report) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "set": report.name,
        "reader": report.reader,
        "metrics": {name: asdict(one) for name, one in report.found.items()},
        "failures": list(report.verdict.failures),
        "flips": list(report.verdict.flips),
        "errors": list(report.errors()),
        "questions": [_row(one) for one in report.results],
    }


def markdown(reports: Sequence[Report]) -> str:
    """For a comment on a pull request."""
    lines = []
    for report in reports:
        red = bool(report.verdict.failures) or any(report.errors())
        lines += [f"### {'❌' if red else '✅'} {report.name} ({report.reader})", ""]
        lines += [f"- **{line}**" for line in (*report.verdict.failures, *report.errors())]
        lines += [f"- {line}" for line in report.verdict.flips]
        lines += ["", "| metric | value | 95 % interval | scored |", "|---|---|---|---|"]
        lines += [
            f"| {name} | {_number(one.value)} | {_interval(one)} | {one.scored} |"
            for name, one in report.found.items()
        ]
        lines.append("")
    return "\n".join(lines)


def page(reports: Sequence[Report]) -> str:
    """One HTML page that needs nothing else: answers beside their articles, spans marked."""
    from jinja2 import Environment, FileSystemLoader, select_autoescape

    folder = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=folder, autoescape=select_autoescape(default=True))
    rows = [
        {"report": report, "questions": [_shown(one, report.versions) for one in report.results]}
        for report in reports
    ]
    return made.get_template("report.html.jinja").render(reports=rows, number=_number)


def places(one: Result) -> tuple[Sequence[Place], Sequence[Place]]:
    """Where its gold and its citations stand."""
    answer = one.record.answer
    cited = [Place(c.article_id, Span(c.start, c.end)) for c in answer.citations] if answer else []
    return one.question.gold, cited


def _shown(one: Result, versions: Mapping[str, Version]) -> dict[str, Any]:
    """A question with each article that its gold or its citations are of, cut into pieces."""
    gold, cited = places(one)
    names = dict.fromkeys(place.article_id for place in [*gold, *cited])
    articles = [
        {
            "title": versions[name].article.title or name,
            "pieces": pieces(versions[name], name, gold, cited),
        }
        for name in names
    ]
    return {"case": one.question.case, "said": said(one), "fault": one.fault, "articles": articles}


def pieces(
    version: Version, name: str, gold: Sequence[Place], cited: Sequence[Place]
) -> list[tuple[str, str]]:
    """The text cut where a span begins or ends: (class, text); class of `gold`, `cited`, both."""
    text = version.article.text
    marks = {"gold": gold, "cited": cited}
    spans = [p.span for places in marks.values() for p in places if p.article_id == name]
    edges = sorted({0, len(text), *(at for s in spans for at in (s.start, s.end))})
    cut = []
    for start, end in itertools.pairwise(edges):
        here = Place(name, Span(start, end))
        kinds = [kind for kind, places in marks.items() if any(p.overlaps(here) for p in places)]
        cut.append((" ".join(kinds), text[start:end]))
    return cut


def _row(one: Result) -> dict[str, Any]:
    return {
        "id": one.question.case.id,
        "repeat": one.record.repeat,
        "fault": one.fault,
        "answer": one.record.answer.answer if one.record.answer else None,
        "scores": dict(one.scores),
    }


def said(one: Result) -> str:
    """The answer, or why there is none."""
    return one.record.answer.answer if one.record.answer else one.record.error


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if value >= 10 else f"{value:.4f}"


def _interval(one: Summary) -> str:
    return "" if one.low is None else f"[{_number(one.low)}, {_number(one.high)}]"
