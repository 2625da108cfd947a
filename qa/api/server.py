"""The server process: one socket, one library, and an end that loses nothing."""

import logging
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from index.errors import InputError
from index.model import Filters
from qa.api.app import make_app
from qa.api.logs import Forwarder, make_log
from qa.build import make_engine, open_library
from qa.keys import Keys
from qa.service import Local
from qa.settings import Settings

BACKLOG = 1024
"""Connections that wait to be accepted."""


def serve(settings: Settings, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve the library of the settings until SIGTERM or SIGINT; `ready` gets the address.

    `port` 0 is any free one. InputError if the address cannot be had.
    """
    with _bound(host, port) as bound:
        on_loopback = ip_address(bound.getsockname()[0]).is_loopback
        if not on_loopback and not Keys(settings.data).all():
            raise InputError(f"serving on {host} needs keys", "`qa keys add NAME` makes one")
        url = address(bound)
        with open_library(settings, url) as library:
            service = Local(library, lambda: make_engine(settings, library))
            service.info()
            service.search("is everything loaded?", 1, Filters())
            library.embed_behind()
            ready(url)
            log = make_log()
            logging.getLogger().addHandler(Forwarder(log))
            app = make_app(service, settings, log, on_loopback=on_loopback)
            _run(app, bound, settings.grace_seconds)


def address(bound: socket.socket) -> str:
    """Where a client on this machine reaches a bound socket."""
    host, port = bound.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "::1" if bound.family == socket.AF_INET6 else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bound(host: str, port: int) -> socket.socket:
    try:
        (family, *_, place), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return socket.create_server(place[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        told = f"cannot serve on {host} port {port}: {error.strerror or error}"
        raise InputError(told, "name another --host or --port") from error


def _run(app: ASGIApp, bound: socket.socket, grace_seconds: float) -> None:
    """Until a signal, and then as long as open streams need, at most the grace period."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(grace_seconds) + 2,
    )
    # uvicorn raises the signal again when it is done; as a KeyboardInterrupt it ends here.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[bound])
