"""What a person at a terminal, or a script behind a pipe, gets to see of a result."""

import errno
import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from index.sources import Skipped
    from qa.answer import Answer, Event
    from qa.results import AddedRow, ArticleRow, PassageRow
    from qa.service import Service

T = TypeVar("T")

DOES_NOT_SAY = 1
"""The exit code of a question that the articles do not answer."""


def progress(items: Iterable[T], label: str, quiet: bool) -> Iterator[T]:
    """The items, with a bar of how many went by where somebody looks on."""
    if quiet or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr, show_pos=True) as bar:
        yield from bar


def embed(service: "Service", quiet: bool) -> int:
    """Work off the backlog, with a bar where somebody looks on; returns the passages embedded."""
    if quiet or not sys.stderr.isatty():
        return sum(service.embed())
    total = 0
    with click.progressbar(length=service.backlog, label="embedding", file=sys.stderr) as bar:
        for count in service.embed():
            bar.update(count)
            total += count
    return total


def tell_embedded(count: int) -> None:
    """Say what was embedded: the backlog of an earlier run may be most of it."""
    if count:
        click.echo(f"{count} passages embedded", err=True)


def tell_state(service: "Service") -> None:
    """Say what makes an answer poorer than it could be."""
    if next(service.articles(), None) is None:
        click.echo("note: the library is empty; `qa add PATH` fills it", err=True)
    elif backlog := service.backlog:
        told = "by their words only until a server, `qa add` or `qa rebuild` has embedded them"
        click.echo(f"note: {backlog} passages are found {told}", err=True)
    elif former := service.former_vectors:
        told = "are found by vectors of the encoder before this one, which are made anew meanwhile"
        click.echo(f"note: {former} passages {told}; `qa rebuild` does it at once", err=True)


def tell_added(row: "AddedRow", as_json: bool) -> None:
    """A row of JSON for each article; for people, only what failed or was left out."""
    if as_json:
        empty = {name for name in ("error", "hint", "notices") if not getattr(row, name)}
        click.echo(json.dumps(row.model_dump(exclude={"article", *empty})))
        return
    if row.error:
        click.echo(f"failed: {printable(row.error)}", err=True)
    if row.hint:
        click.echo(f"hint: {printable(row.hint)}", err=True)
    for notice in row.notices:
        click.echo(f"note: {printable(notice)}", err=True)


def tell_skipped(skipped: "Skipped", as_json: bool) -> None:
    """What folders hold that was not read, if they do: a row of JSON, or lines for people."""
    from index.sources.folders import READABLE

    kinds = {suffix or "without suffix": n for suffix, n in sorted(skipped.suffixes.items())}
    if as_json and (kinds or skipped.links):
        row = {"outcome": "skipped", "kinds": kinds, "links": skipped.links}
        click.echo(json.dumps(row))
        return
    if kinds:
        told = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
        click.echo(f"skipped: {printable(told)}; {READABLE}", err=True)
    for link in skipped.links:
        click.echo(f"skipped: {printable(link)} is a link that leads out of the folder", err=True)


def print_answer(events: "Iterable[Event]") -> bool:
    """Print an answer as it comes; returns whether there was one."""
    from qa.answer import DeltaEvent, ErrorEvent, FinalEvent
    from qa.terminal.rendering import emphasised, unwrapped

    answerable = False
    for event in events:
        if isinstance(event, DeltaEvent):
            shown = printable(unwrapped(event.text))
            click.echo(emphasised(shown, event, _strong), nl=False, color=colour())
        elif isinstance(event, FinalEvent):
            answerable = event.answer.answerable
            click.echo("\n")
            _print_sources(event.answer)
        elif isinstance(event, ErrorEvent):
            click.echo()
            raise event.error()
    return answerable


def _strong(words: str) -> str:
    return click.style(words, bold=True)


def print_json(events: "Iterable[Event]") -> bool:
    """Print the whole answer as JSON; returns whether there was one."""
    from qa.answer import ErrorEvent, FinalEvent

    answerable = False
    for event in events:
        if isinstance(event, FinalEvent):
            answerable = event.answer.answerable
            click.echo(json.dumps(event.answer.model_dump(mode="json"), indent=2))
        elif isinstance(event, ErrorEvent):
            raise event.error()
    return answerable


def _print_sources(answer: "Answer") -> None:
    from qa.terminal.rendering import citation_lines, notes

    for citation in answer.citations:
        first, *rest = citation_lines(citation)
        click.secho(first, bold=True, color=colour())
        click.echo("\n".join(rest))
    for line in notes(answer):
        click.echo(line)


def print_passage(row: "PassageRow") -> None:
    """A passage found, with its ranks and its beginning."""
    ranks = f"dense {row.dense_rank or '-'}, lexical {row.lexical_rank or '-'}"
    span = f"{row.start}-{row.end}"
    click.echo(f"{row.rank}. {_headline(row.title, row.source, row.published_at, row.article_id)}")
    read = "" if row.relevance is None else f", reader {row.relevance:.2f}"
    click.echo(f"   {ranks}, fused {row.fused_rank}, match {row.score:.3f}{read}, {span}")
    words = " ".join(row.text.split())
    click.echo(f"   {printable(words[:200])}{'…' if len(words) > 200 else ''}")


def headline(article: "ArticleRow") -> str:
    """Title, source, date and id on one line."""
    return _headline(article.title, article.source, article.published_at, article.id)


def _headline(*parts: str | None) -> str:
    return printable(" · ".join(part for part in parts if part))


def printable(text: str) -> str:
    """Nothing of an article or a model reaches a terminal but printable characters."""
    from qa.terminal.rendering import printable as shown

    return shown(text)


def drop_output() -> None:
    """What is still to be written goes nowhere, so that the end of the program does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell_unwritten(error: OSError) -> None:
    """Say what cannot be read or written, and why; the rest of the output goes nowhere."""
    drop_output()
    click.echo(f"error: {error.filename or 'the output'}: {error.strerror or error}", err=True)
    if error.errno == errno.ENOSPC:
        click.echo("hint: is the disk full?", err=True)


def colour() -> bool:
    """Whether standard output is a terminal that wants colour."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
