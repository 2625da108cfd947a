"""`qa` with `qa eval`: question sets in, a report and an exit code out."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import InputError, QAError
from qa.cli import as_json, main
from qa.settings import Settings

if TYPE_CHECKING:
    from eval.cases import QuestionSet
    from eval.report import Report
    from index.library import Library
    from qa.engine import Engine

PASSED, REGRESSION, BAD_INPUT, COULD_NOT_RUN = 0, 1, 2, 3


class EvalGroup(click.Group):
    """`qa eval SET...` runs; other words are commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@main.group("eval", cls=EvalGroup)
def evaluate() -> None:
    """Run question sets against the engine: `qa eval SET...`; exit code 1 is a regression."""


writable = click.Path(dir_okay=False, path_type=Path)


@evaluate.command()
@click.argument("sets", nargs=-1, required=True, metavar="SET...", type=click.Path(path_type=Path))
@click.option("--retrieval-only", is_flag=True, help="Find passages; nobody reads them.")
@click.option("--live", is_flag=True, help="Read with the language model of QA_LLM.")
@click.option("--record", type=writable, help="The same, and keep its answers in this file.")
@click.option("--replay", type=writable, help="Read with the answers of this file; call nobody.")
@click.option("--judge", metavar="MODEL", help="Have this model judge the citations, too.")
@click.option("--answers", type=writable, help="Keep answers here; do not ask again what it has.")
@click.option("--tag", "tags", multiple=True, help="Only questions with this tag.")
@click.option("--repeat", default=1, show_default=True, type=click.IntRange(1))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1))
@click.option("--floor", "floors", multiple=True, metavar="METRIC=VALUE", help="At least this.")
@click.option("--baseline", type=writable, help="Compare with this file.")
@click.option("--update-baseline", is_flag=True, help="Write today's values to --baseline.")
@click.option("--junit", type=writable, help="Write JUnit XML.")
@click.option("--markdown", type=writable, help="Write Markdown for a pull request.")
@click.option("--html", type=writable, help="Write a page with the spans marked.")
@as_json
@click.pass_obj
def run(settings: Settings, /, **chosen: Any) -> None:
    """Run question sets. A set is a YAML or JSONL file, or a folder with questions.yaml.

    Exit codes: 0 passed, 1 a regression, 2 bad input, 3 could not run.
    """
    try:
        sys.exit(_run(settings, **chosen))
    except InputError:
        raise
    except QAError as error:
        click.echo(f"error: {error.message}\nhint: {error.hint}", err=True)
        sys.exit(COULD_NOT_RUN)


@evaluate.command()
@click.argument("articles", type=click.Path(exists=True, path_type=Path))
@click.option("--count", default=20, show_default=True, type=click.IntRange(1))
def new(articles: Path, count: int) -> None:
    """Draft questions over a folder of articles, as YAML, for a person to edit."""
    from eval.draft import drafts, to_yaml
    from index.model import Article
    from index.sources import read

    held = [item for item in read([articles]) if isinstance(item, Article)]
    if not held:
        raise InputError(f"{articles} holds no articles")
    click.echo(to_yaml(articles, drafts(held, count)), nl=False)


def _run(
    settings: Settings,
    sets: Sequence[Path],
    floors: Sequence[str],
    baseline: Path | None,
    update_baseline: bool,
    as_json: bool,
    **chosen: Any,
) -> int:
    from eval import gate
    from eval.cases import read_set

    if update_baseline and not baseline:
        raise InputError("--update-baseline needs --baseline FILE")
    limits = dict(map(gate.parse_floor, floors))
    read = [read_set(path) for path in sets]
    known: dict[str, gate.Baseline] = {}
    if baseline and (baseline.exists() or not update_baseline):
        known = gate.read_baselines(baseline)
    reports = []
    for one in read:
        base = None if update_baseline else known.get(one.name)
        if baseline and not update_baseline and base is None:
            raise InputError(f"{baseline} has no set {one.name}", "add it: --update-baseline")
        reports.append(_one(settings, one, limits, base, chosen, quiet=as_json))
    if baseline and update_baseline:
        now = {r.name: gate.updated(known.get(r.name), r.found, r.results) for r in reports}
        gate.write_baselines(baseline, known | now)
    _write(reports, chosen)
    _tell(reports, as_json)
    return _code(reports)


def _one(
    settings: Settings,
    chosen_set: "QuestionSet",
    floors: dict[str, float],
    base: Any,
    chosen: dict[str, Any],
    quiet: bool,
) -> "Report":
    """Run one set, score it, hold it against floors and baseline."""
    from eval import gate
    from eval.judge import Judge
    from eval.report import Report, places
    from eval.run import prepared, run
    from eval.score import judged, result, summaries
    from index.encoder.minilm import MiniLM
    from qa.build import make_model

    folder = settings.data.parent / "eval" / chosen_set.name
    with prepared(chosen_set, folder, MiniLM()) as library:
        engine = _engine(settings, library, chosen)
        questions = chosen_set.located(library.catalog.version)
        tags = set(chosen["tags"])
        questions = [q for q in questions if not tags or tags & set(q.case.tags)]
        if not questions:
            raise InputError(f"{chosen_set.file}: no question has a tag of {sorted(tags)}")
        with _bar(len(questions) * chosen["repeat"], quiet) as step:
            records = run(
                questions,
                library,
                engine,
                chosen["answers"],
                chosen["repeat"],
                chosen["workers"],
                step,
            )
        repeated = [question for question in questions for _ in range(chosen["repeat"])]

        def text(article_id: str, version: str) -> str:
            return library.catalog.version(article_id, version).article.text

        results = [result(q, r, text) for q, r in zip(repeated, records, strict=True)]
        if chosen["judge"]:
            judge = Judge(make_model(replace(settings, llm=chosen["judge"])))
            results = [judged(one, judge.scores) for one in results]
        found = summaries(results)
        failures = gate.check_floors(found, floors)
        verdict = gate.compare(found, results, base) if base else gate.Verdict((), ())
        verdict = gate.Verdict((*failures, *verdict.failures), verdict.flips)
        reader = engine.readers[0] if engine else "retrieval only"
        reader += f", judged by {judge.name}" if chosen["judge"] else ""
        names = {place.article_id for one in results for side in places(one) for place in side}
        versions = {name: library.catalog.version(name) for name in names}
    return Report(chosen_set.name, reader, results, found, verdict, versions)


def _engine(settings: Settings, library: "Library", chosen: dict[str, Any]) -> "Engine | None":
    """The engine that was asked for; no fallback, as that would hide a model's failures."""
    from eval.recordings import RecordingModel, ReplayModel
    from qa.build import make_engine, make_llm_engine, make_model

    if chosen["retrieval_only"]:
        return None
    if chosen["replay"]:
        return make_llm_engine(settings, library, ReplayModel(chosen["replay"]), None)
    if not (chosen["live"] or chosen["record"]):
        return make_engine(settings.without_llm(), library)
    if not settings.llm:
        raise InputError("--live needs a language model", "name one with QA_LLM")
    model = make_model(settings)
    recorded = RecordingModel(model, chosen["record"]) if chosen["record"] else model
    return make_llm_engine(settings, library, recorded, None)


def _write(reports: "Sequence[Report]", chosen: dict[str, Any]) -> None:
    from eval import report as made

    if file := chosen["junit"]:
        file.write_bytes(made.junit(reports))
    if file := chosen["markdown"]:
        file.write_text(made.markdown(reports), encoding="utf-8")
    if file := chosen["html"]:
        file.write_text(made.page(reports), encoding="utf-8")


def _tell(reports: "Sequence[Report]", as_json: bool) -> None:
    from eval import report as made

    if as_json:
        click.echo(json.dumps([made.as_json(one) for one in reports], indent=2))
        return
    for one in reports:
        click.echo("\n".join(made.table(one)))


def _code(reports: "Sequence[Report]") -> int:
    if broken := [r for one in reports for r in one.results if r.record.error]:
        first = broken[0]
        click.echo(
            f"error: {len(broken)} questions could not be asked, "
            f"first {first.question.case.id}: {first.record.error}",
            err=True,
        )
        return COULD_NOT_RUN
    return REGRESSION if any(one.verdict.failures for one in reports) else PASSED


@contextmanager
def _bar(length: int, quiet: bool) -> Iterator[Any]:
    """A call a question: moves a bar where somebody looks on."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(length=length, label="asking", file=sys.stderr, show_pos=True) as bar:
        yield lambda: bar.update(1)
