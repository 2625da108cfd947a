"""What every benchmark has: where its data is, how far it is, how it tells its figures."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import click

T = TypeVar("T")

data_option = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder with the question sets.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="For scripts.")


def report(figures: Mapping[str, float | str], as_json: bool) -> None:
    """A line a figure, or one JSON object."""
    if as_json:
        click.echo(json.dumps(dict(figures)))
        return
    width = max(map(len, figures))
    for name, value in figures.items():
        click.echo(
            f"{name:<{width}}  {value:.4g}"
            if isinstance(value, float)
            else f"{name:<{width}}  {value}"
        )


def watched(items: Iterable[T], label: str, length: int | None = None) -> Iterator[T]:
    """The items, with a progress bar on a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, length=length, label=label, file=sys.stderr) as bar:
        yield from bar
