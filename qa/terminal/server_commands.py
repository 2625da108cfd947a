"""The commands that run a service, and those that say who may use it."""

from typing import TYPE_CHECKING

import click

from qa.settings import Settings

if TYPE_CHECKING:
    from qa.keys import Scope


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65_535))
@click.pass_obj
def serve(settings: Settings, host: str, port: int) -> None:
    """Serve the library over HTTP, with a page to ask from; Ctrl-C ends it.

    Without keys it answers this machine only; `qa keys add` makes one.
    """
    from qa.api.server import serve as run

    def ready(url: str) -> None:
        click.echo(f"serving {settings.data} at {url} (its documentation: {url}/docs)")

    run(settings, host, port, ready)


@click.group()
def keys() -> None:
    """Who may use `qa serve`: once there is a key, every request needs one."""


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(["ask", "write"]),
    default="ask",
    show_default=True,
    help="`write` may also add and remove articles.",
)
@click.pass_obj
def add(settings: Settings, name: str, scope: "Scope") -> None:
    """Make a key and print it, this once."""
    from qa.keys import Keys

    click.echo(Keys(settings.data).add(name, scope))
    click.echo("keep it: it is not shown again. Clients send it as QA_KEY", err=True)


@keys.command("list")
@click.pass_obj
def list_keys(settings: Settings) -> None:
    """List the keys by name, without what opens."""
    from qa.keys import Keys

    for key in Keys(settings.data).all():
        click.echo(f"{key.name}  {key.scope}  made {key.made}")


@keys.command()
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Forget a key; it opens nothing from now on."""
    from qa.keys import Keys

    Keys(settings.data).remove(name)
    click.echo(f"removed {name}")
