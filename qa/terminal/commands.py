"""The commands. What is slow to import is imported by the command that needs it."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import InputError, QAError
from qa.settings import Settings, read_settings
from qa.terminal.faults import tell_fault
from qa.terminal.options import as_json, filtered, served, to_filters, to_span
from qa.terminal.output import (
    DOES_NOT_SAY,
    colour,
    drop_output,
    embed,
    headline,
    print_answer,
    print_json,
    print_passage,
    printable,
    progress,
    tell_added,
    tell_embedded,
    tell_skipped,
    tell_state,
    tell_unwritten,
)
from qa.terminal.server_commands import keys, serve

if TYPE_CHECKING:
    from index.library import Library
    from qa.service import Service

FAILED = 2
INTERRUPTED = 130
PIPE_CLOSED = 141
"""128 + SIGPIPE, as a shell has it of a program whose reader left."""


class Commands(click.Group):
    """A group whose commands end with the exit code of the error that stopped them."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """See `click.Command`; what nobody foresaw, a panic of Rust's too, ends with `FAULT`."""
        try:
            return super().main(*args, **extra)
        except (SystemExit, KeyboardInterrupt, click.ClickException, click.Abort):
            raise
        except BaseException as error:
            sys.exit(tell_fault(error))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except QAError as error:
            click.echo(f"error: {printable(error.message)}", err=True)
            if error.hint:
                click.echo(f"hint: {printable(error.hint)}", err=True)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted; what was acknowledged is kept", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            drop_output()
            ctx.exit(PIPE_CLOSED)
        except EOFError as error:  # click would take it for an interruption, with exit code 1
            ctx.exit(tell_fault(error))
        except OSError as error:
            tell_unwritten(error)
            ctx.exit(QAError.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qa")
@click.option("--data", type=click.Path(path_type=Path), help="Data folder; else QA_DATA.")
@click.option("--server", metavar="URL", help="A `qa serve` to ask instead; else QA_SERVER.")
@click.pass_context
def main(ctx: click.Context, data: Path | None, server: str | None) -> None:
    """Ask questions of articles; every sentence of an answer points at the words behind it."""
    settings = read_settings(os.environ)
    settings = replace(settings, data=data, server="") if data else settings
    ctx.obj = replace(settings, server=server) if server else settings


main.add_command(serve)
main.add_command(keys)


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--source", default="", help="The source of articles that name none.")
@click.option("--quiet", is_flag=True, help="Say only what failed.")
@as_json
@served
@click.pass_obj
def add(
    settings: Settings, paths: tuple[str, ...], source: str, quiet: bool, as_json: bool
) -> None:
    """Add .txt .md .html .pdf .jsonl files, folders, pages of the web, or - for standard input."""
    counts = dict.fromkeys(("added", "updated", "unchanged", "failed"), 0)
    from index.sources import Skipped, read_any

    skipped = Skipped()
    items = read_any(paths, source=source, stdin=sys.stdin.buffer.read, skipped=skipped)
    with _service(settings, make=True) as service:
        for row in service.add(progress(items, "reading", quiet or as_json)):
            counts[row.outcome] += 1
            tell_added(row, as_json)
        embedded = embed(service, quiet or as_json)
    if as_json or not quiet:
        tell_skipped(skipped, as_json)
    if not (quiet or as_json):
        click.echo(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
        tell_embedded(embedded)
    if counts["failed"]:
        sys.exit(FAILED)


@main.command()
@click.argument("question", nargs=-1, required=True)
@filtered
@click.option(
    "--strictness",
    type=click.FloatRange(0, 1),
    help="How likely an answer has to be right to be given; else QA_STRICTNESS, or 0.6.",
)
@as_json
@served
@click.pass_obj
def ask(
    settings: Settings,
    /,
    question: tuple[str, ...],
    strictness: float | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Answer a question from the articles; exit code 1 says that they do not answer it."""
    filters = to_filters(**chosen)
    with _service(settings, reading=True) as service:
        events = service.stream(" ".join(question), filters, strictness=strictness)
        answerable = print_json(events) if as_json else print_answer(events)
        tell_state(service)
    if not answerable:
        sys.exit(DOES_NOT_SAY)


@main.command()
@click.option("--continue", "resume", is_flag=True, help="Go on with the last conversation.")
@click.option("--chat", "number", metavar="ID", type=click.IntRange(1), help="Go on with this one.")
@filtered
@served
@click.pass_obj
def chat(settings: Settings, /, resume: bool, number: int | None, **chosen: Any) -> None:
    """Ask in a conversation: follow-ups, sources in a pager, commands; /help lists them.

    Lines of a pipe are taken one by one: echo "..." | qa chat
    """
    from qa.terminal.chat.repl import chat_with

    sys.exit(chat_with(settings, to_filters(**chosen), resume, number))


@main.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--limit", default=8, show_default=True, type=click.IntRange(1, 50))
@filtered
@as_json
@served
@click.pass_obj
def search(
    settings: Settings, /, question: tuple[str, ...], limit: int, as_json: bool, **chosen: Any
) -> None:
    """Show the passages found for a question, and how each index ranked them."""
    filters = to_filters(**chosen)
    with _service(settings, reading=True) as service:
        found = service.search(" ".join(question), limit, filters)
    if as_json:
        click.echo(json.dumps(found.model_dump(), indent=2))
        return
    for notice in found.notices:
        click.echo(f"note: {printable(notice)}", err=True)
    for row in found.passages:
        print_passage(row)
    if not found.passages:
        click.echo("nothing found", err=True)


@main.command()
@click.argument("article_id", metavar="ARTICLE")
@click.option("--span", metavar="A:B", help="Mark these characters.")
@click.option("--version", "name", default="", help="A version's name, or its beginning.")
@as_json
@click.pass_obj
def show(settings: Settings, article_id: str, span: str | None, name: str, as_json: bool) -> None:
    """Print an article, with a span of it marked."""
    from qa.terminal.rendering import marked

    with _service(settings, reading=True) as service:
        article = service.article(article_id, name)
    chosen = to_span(span, len(article.text)) if span else None
    if as_json:
        row = article.model_dump()
        if chosen:
            quote = chosen.of(article.text)
            row |= {"start": chosen.start, "end": chosen.end, "quote": quote}
        click.echo(json.dumps(row, indent=2))
        return
    marks = ("\x1b[7m", "\x1b[0m") if colour() else (">>>", "<<<")
    click.echo(headline(article))
    click.echo(marked(article.text, chosen, *marks), color=colour())


@main.command("list")
@as_json
@click.pass_obj
def list_articles(settings: Settings, as_json: bool) -> None:
    """List the articles, newest first."""
    with _service(settings, reading=True) as service:
        for article in service.articles():
            click.echo(
                json.dumps(article.model_dump(mode="json")) if as_json else headline(article)
            )


@main.command()
@click.argument("article_ids", nargs=-1, required=True, metavar="ARTICLE...")
@as_json
@click.pass_obj
def remove(settings: Settings, article_ids: tuple[str, ...], as_json: bool) -> None:
    """Forget articles, with all their versions."""
    wanted = dict.fromkeys(article_ids)
    with _service(settings) as service:
        for article_id in wanted:
            service.article(article_id)  # all or none: NotFound before the first is gone
        for article_id in wanted:
            service.remove(article_id)
            row = {"article_id": article_id, "outcome": "removed"}
            click.echo(json.dumps(row) if as_json else f"removed {printable(article_id)}")
        embed(service, quiet=True)


@main.command()
@as_json
@click.pass_obj
def info(settings: Settings, as_json: bool) -> None:
    """What the library holds, and where."""
    with _service(settings, reading=True) as service:
        where = settings.server or str(settings.data.resolve())
        facts = {"library": where, **service.info().model_dump()}
    if as_json:
        click.echo(json.dumps(facts, indent=2))
    else:
        for name, value in facts.items():
            if value is None or value == "":
                continue
            told = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{name:<10} {printable(str(told))}")


@main.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Compare the stores and verify every span; exit code 4 if something is wrong.

    It needs the data folder itself, which no server may own meanwhile.
    """
    with _library(settings) as library:
        problems = library.check()
        counts = library.catalog.counts()
    if library.lost:
        click.echo("note: the vector index was broken and has been begun anew", err=True)
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(4)
    click.echo(f"{counts['articles']} articles and {counts['passages']} passages are in order")


@main.command()
@click.pass_obj
def rebuild(settings: Settings) -> None:
    """Make both indexes anew from the catalog; nothing is embedded again.

    It needs the data folder itself, which no server may own meanwhile.
    """
    with _library(settings) as library:
        total = library.catalog.counts()["passages"]
        done = sum(progress(library.rebuild(), "rebuilding", False))
    click.echo(f"rebuilt both indexes over {total} passages ({done} writes)")


@contextmanager
def _library(settings: Settings) -> "Iterator[Library]":
    from qa.build import open_library

    if settings.server:
        raise InputError("this needs the data folder itself", "leave out --server and QA_SERVER")
    with open_library(settings) as library:
        yield library


@contextmanager
def _service(
    settings: Settings, *, make: bool = False, reading: bool = False
) -> "Iterator[Service]":
    from qa.build import open_service

    with open_service(settings, make=make, reading=reading) as service:
        yield service
