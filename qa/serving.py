"""The commands that run a service."""

import click

from qa.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65_535))
@click.pass_obj
def serve(settings: Settings, host: str, port: int) -> None:
    """Serve the library over HTTP, with a page to ask from; Ctrl-C ends it."""
    from qa.api.server import serve as run

    def ready(url: str) -> None:
        click.echo(f"serving {settings.data} at {url} (its documentation: {url}/docs)")

    run(settings, host, port, ready)
