"""`qa` with `qa eval`: question sets in, a report and an exit code out."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import InputError, QAError
from qa.settings import Settings
from qa.terminal.commands import main
from qa.terminal.options import as_json
from qa.terminal.output import printable, tell_unwritten

if TYPE_CHECKING:
    from eval.measure import Step
    from eval.question_sets import QuestionSet
    from eval.report import Report

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

    Exit codes: 0 passed, 1 a regression, 2 bad input, 3 could not run, 70 a fault of qa itself.
    """
    try:
        sys.exit(_run(settings, **chosen))
    except (InputError, BrokenPipeError):
        raise
    except QAError as error:
        click.echo(f"error: {error.message}\nhint: {error.hint}", err=True)
        sys.exit(COULD_NOT_RUN)
    except OSError as error:
        tell_unwritten(error)
        sys.exit(COULD_NOT_RUN)


@evaluate.command()
@click.argument("articles", type=click.Path(exists=True, path_type=Path))
@click.option("--count", default=20, show_default=True, type=click.IntRange(1))
@click.option("--output", type=writable, help="Write a new file in place of standard output.")
def new(articles: Path, count: int, output: Path | None) -> None:
    """Draft questions over a folder of articles, as YAML, for a person to edit."""
    from eval.question_drafts import drafts, to_yaml
    from eval.question_sets import articles_of
    from index.errors import ArticleError

    if output and output.exists():
        raise InputError(f"{output} exists", "name a new file with --output")
    held = []
    for item in articles_of(articles):
        if isinstance(item, ArticleError):
            click.echo(f"failed: {printable(item.message)}", err=True)
        else:
            held.append(item)
    if not held:
        raise InputError(f"{articles} holds no articles")
    # A set names its articles' folder as seen from its own file.
    near = os.path.relpath(articles.resolve(), output.resolve().parent) if output else None
    made = to_yaml(near or str(articles.resolve()), drafts(held, count))
    if output:
        output.write_text(made, encoding="utf-8")
    else:
        click.echo(made, nl=False)


def _read_set(path: Path, as_json: bool) -> "QuestionSet":
    """InputError if it is none; it says so if the path looks like a file for --json to write."""
    from eval.question_sets import read_set

    try:
        return read_set(path)
    except InputError as error:
        if as_json and (path.suffix == ".json" or not path.exists()):
            told = f"{error.message}\n--json takes no file: {path} is taken for a question set"
            raise InputError(told, f"--json prints: write `--json > {path}`") from error
        raise


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
    from eval.measure import measured

    if update_baseline and not baseline:
        raise InputError("--update-baseline needs --baseline FILE")
    _agree(chosen | {"baseline": baseline, "update_baseline": update_baseline})
    limits = dict(map(gate.parse_floor, floors))
    read = [_read_set(path, as_json) for path in sets]
    if len({one.name for one in read}) < len(read):
        raise InputError("two of the sets have the same name", "give each its own `name`")
    known: dict[str, gate.Baseline] = {}
    if baseline and (baseline.exists() or not update_baseline):
        known = gate.read_baselines(baseline)
    lacking = [one.name for one in read if one.name not in known]
    if baseline and not update_baseline and lacking:
        raise InputError(f"{baseline} has no set {lacking[0]}", "add it: --update-baseline")
    reports = []
    for one in read:
        base = None if update_baseline else known.get(one.name)
        with _bar(as_json) as step:
            reports.append(measured(settings, one, limits, base, chosen, step))
    _write(reports, chosen)
    failed = any(True for report in reports for _ in report.errors())
    if baseline and update_baseline and not failed:
        now = {r.name: gate.updated(known.get(r.name), r.found, r.results) for r in reports}
        gate.write_baselines(baseline, known | now)
    _tell(reports, as_json)
    return _code(reports)


def _agree(chosen: dict[str, Any]) -> None:
    """InputError for options that contradict each other, or a file that cannot be written."""
    live = chosen["live"] or chosen["record"]
    ways = {"--retrieval-only": chosen["retrieval_only"], "--replay": chosen["replay"],
            "--live or --record": live}  # fmt: skip
    if len(taken := [name for name, given in ways.items() if given]) > 1:
        raise InputError(f"{' and '.join(taken)} contradict each other", "choose one of them")
    if chosen["tags"] and chosen["update_baseline"]:
        raise InputError("a baseline is of all questions", "leave out --tag")
    if chosen["judge"] and chosen["retrieval_only"]:
        raise InputError("--judge needs answers", "leave out --retrieval-only")
    for name in ("answers", "record", "baseline", "junit", "markdown", "html"):
        if chosen[name] and not chosen[name].resolve().parent.is_dir():
            raise InputError(f"there is no folder for --{name} {chosen[name]}", "make it first")


def _write(reports: "Sequence[Report]", chosen: dict[str, Any]) -> None:
    from eval import report as made
    from eval.junit import junit

    if file := chosen["junit"]:
        file.write_bytes(junit(reports))
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
    errors = [line for one in reports for line in one.errors()]
    for line in errors:
        click.echo(f"error: {line}", err=True)
    if errors:
        return COULD_NOT_RUN
    return REGRESSION if any(one.verdict.failures for one in reports) else PASSED


@contextmanager
def _bar(quiet: bool) -> "Iterator[Step]":
    """Told how many questions there are and how many have been asked; a bar for who looks on."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, length: None
        return
    with click.progressbar(length=1, label="asking", file=sys.stderr, show_pos=True) as bar:

        def step(done: int, length: int) -> None:
            bar.length = length
            bar.update(done - bar.pos)

        yield step
