"""What a person at a terminal, or a script behind a pipe, gets to see of a result."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from index.library import Added, Library
    from index.model import Article
    from index.retrieve import Hit
    from qa.answer import Answer, Event

T = TypeVar("T")


def progress(items: Iterable[T], label: str, quiet: bool) -> Iterator[T]:
    """The items, with a bar of how many went by where somebody looks on."""
    if quiet or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr, show_pos=True) as bar:
        yield from bar


def tell_state(library: "Library") -> None:
    """Say what makes an answer poorer than it could be."""
    if not library.catalog.counts()["articles"]:
        click.echo("note: the library is empty; `qa add PATH` fills it", err=True)
    elif backlog := library.backlog:
        click.echo(f"note: {backlog} passages are found by their words only yet", err=True)


def tell_added(row: "Added", as_json: bool) -> None:
    """A row of JSON for each article; for people, only those that failed."""
    if as_json:
        error = row.error.message if row.error else None
        line = {"article": row.article_id, "outcome": row.outcome, "version": row.version}
        click.echo(json.dumps(line | ({"error": error} if error else {})))
    elif row.error:
        click.echo(f"failed: {printable(row.error.message)}", err=True)


def print_answer(events: "Iterable[Event]") -> bool:
    """Print an answer as it comes; returns whether there was one."""
    from qa.answer import DeltaEvent, ErrorEvent, FinalEvent

    answerable = False
    for event in events:
        if isinstance(event, DeltaEvent):
            click.echo(printable(_unwrapped(event.text)), nl=False)
        elif isinstance(event, FinalEvent):
            answerable = event.answer.answerable
            click.echo("\n")
            _print_sources(event.answer)
        elif isinstance(event, ErrorEvent):
            click.echo()
            raise event.error()
    return answerable


def _print_sources(answer: "Answer") -> None:
    from qa.render import citation_lines, notes

    for citation in answer.citations:
        first, *rest = citation_lines(citation)
        click.secho(first, bold=True, color=colour())
        click.echo("\n".join(rest))
    for line in notes(answer):
        click.echo(line)


def _unwrapped(delta: str) -> str:
    """Line breaks inside a statement, which an article had, as blanks; one before it stays."""
    before = delta[: len(delta) - len(delta.lstrip())]
    return before + " ".join(delta.split())


def print_hit(hit: "Hit") -> None:
    """A passage found, with its ranks and its beginning."""
    found = hit.found
    ranks = f"dense {hit.dense_rank or '-'}, lexical {hit.lexical_rank or '-'}"
    click.echo(f"{hit.rank}. {headline(found.article)}")
    click.echo(f"   {ranks}, fused {hit.rank} ({hit.match.score:.3f}), {found.passage.span}")
    words = " ".join(found.text.split())
    click.echo(f"   {printable(words[:200])}{'…' if len(words) > 200 else ''}")


def hit_row(hit: "Hit") -> dict[str, Any]:
    """A passage found, as a row of JSON."""
    passage = hit.found.passage
    return {
        "rank": hit.rank,
        "score": hit.match.score,
        "match": hit.match._asdict(),
        "dense_rank": hit.dense_rank,
        "lexical_rank": hit.lexical_rank,
        "article_id": passage.article_id,
        "version": passage.version,
        "title": hit.found.article.title,
        "start": passage.span.start,
        "end": passage.span.end,
        "text": hit.found.text,
    }


def article_row(article: "Article") -> dict[str, Any]:
    """An article without its text, as a row of JSON."""
    from qa.cite import iso

    row = asdict(article)
    del row["text"]
    return row | {"published_at": iso(article.published_at)}


def headline(article: "Article") -> str:
    """Title, source, date and id on one line."""
    from qa.cite import iso

    parts = (article.title, article.source, iso(article.published_at), article.id)
    return printable(" · ".join(part for part in parts if part))


def printable(text: str) -> str:
    """Nothing of an article or a model reaches a terminal but printable characters."""
    from qa.render import printable as shown

    return shown(text)


def colour() -> bool:
    """Whether standard output is a terminal that wants colour."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
