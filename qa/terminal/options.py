"""Options that several commands take, and what becomes of them."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from index.model import Filters, Span

as_json = click.option("--json", "as_json", is_flag=True, help="For scripts.")


def filtered(command: Any) -> Any:
    """The options that say which articles count."""
    for option in (
        click.option("--article", "articles", multiple=True, help="Only this article (its id)."),
        click.option("--before", metavar="DATE", help="Published before this date (UTC)."),
        click.option("--after", metavar="DATE", help="Published on this date or later (UTC)."),
        click.option("--source", "sources", multiple=True, help="Only from this source."),
    ):
        command = option(command)
    return command


def _ask_there(ctx: click.Context, _: click.Parameter, url: str | None) -> None:
    if url:
        ctx.obj = replace(ctx.obj, server=url)


served = click.option(
    "--server",
    metavar="URL",
    expose_value=False,
    callback=_ask_there,
    help="A `qa serve` to ask; else QA_SERVER, or the one that owns the data folder.",
)


def to_filters(
    sources: tuple[str, ...], articles: tuple[str, ...], after: str | None, before: str | None
) -> "Filters":
    """What `filtered` options ask for. BadParameter names a date that is none."""
    from index.model import Filters

    return Filters(sources, articles, _date(after, "--after"), _date(before, "--before"))


def _date(text: str | None, option: str) -> datetime | None:
    from index.sources.dates import to_utc

    if text is None:
        return None
    try:
        return to_utc(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def to_span(text: str, length: int) -> "Span":
    """`A:B` as a span of a text of so many code points. BadParameter."""
    from index.model import Span

    try:
        start, end = (int(part) for part in text.replace("-", ":").split(":"))
        span = Span(start, end)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not A:B", param_hint="--span") from error
    if span.end > length:
        raise click.BadParameter(
            f"{span} ends outside an article of {length} characters", param_hint="--span"
        )
    return span
