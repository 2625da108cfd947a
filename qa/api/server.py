"""The server process: one socket, one library, and an end that loses nothing."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

import uvicorn

from index.errors import IndexUnavailable, InputError
from index.model import Filters
from qa.api.app import make_app
from qa.api.logs import Forwarder, make_log
from qa.build import make_local, open_library
from qa.keys import Keys
from qa.service import Local
from qa.settings import Settings

BACKLOG = 1024
"""Connections that wait to be accepted."""

CLOSING_SECONDS = 2
"""What uvicorn gets beyond the grace period, in which the streams end themselves."""


def serve(settings: Settings, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve the library of the settings until SIGTERM or SIGINT; `ready` gets the address.

    `port` 0 is any free one. InputError if the address cannot be had, or needs keys.
    """
    with _bound(host, port) as bound:
        on_loopback = ip_address(bound.getsockname()[0]).is_loopback
        if not on_loopback and not Keys(settings.data).all():
            raise InputError(f"serving on {host} needs keys", "`qa keys add NAME` makes one")
        url = address(bound)
        with open_library(settings, url, make=True) as library:
            service = make_local(settings, library)
            _load(service)
            log = make_log()
            logging.getLogger().addHandler(Forwarder(log))
            library.embed_behind()
            if former := library.former_vectors:
                told = "%d passages have vectors of %s; they answer while they are made anew"
                logging.getLogger(__name__).warning(told, former, library.former_encoder)
            app = make_app(service, settings, log, on_loopback=on_loopback)
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # anybody can send X-Forwarded-For, and rates go by address
                timeout_graceful_shutdown=settings.grace_seconds + CLOSING_SECONDS,
            )
            ready(url)
            server = _Server(config, settings.grace_seconds, app.stop, library.stop_embedding)
            _run(server, bound)
    _leave()


def address(bound: socket.socket) -> str:
    """Where a client on this machine reaches a bound socket."""
    host, port = bound.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "::1" if bound.family == socket.AF_INET6 else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Has the answers say that they end before uvicorn cuts them off, and the embedding end in the
    same time."""

    def __init__(
        self,
        config: uvicorn.Config,
        grace_seconds: float,
        stop: Callable[[], None],
        stop_embedding: Callable[[float], None],
    ) -> None:
        super().__init__(config)
        self._grace = grace_seconds
        self._stop = stop
        self._stop_embedding = stop_embedding

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server`."""
        self._stop_embedding(self._grace + CLOSING_SECONDS)
        asyncio.get_running_loop().call_later(self._grace, self._stop)
        await super().shutdown(sockets)


def _run(server: uvicorn.Server, bound: socket.socket) -> None:
    """Until SIGTERM or SIGINT, and then as long as open answers need within the grace period."""
    # uvicorn raises the signal again when it is done; as a KeyboardInterrupt it stops here.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[bound])


def _leave() -> None:
    """End the process though threads may wait for a language model, which nothing can stop."""
    sys.stdout.flush()
    if threading.active_count() > 1:
        os._exit(0)


def _load(service: Local) -> None:
    """What would make the first request slow."""
    service.info()
    with suppress(IndexUnavailable):  # /health/ready will say so
        service.search("is everything there?", 1, Filters())
    # All that stays: a large body sets off collections, which took ten times as long through it.
    gc.freeze()


def _bound(host: str, port: int) -> socket.socket:
    try:
        (family, *_, place), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return socket.create_server(place[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        told = f"cannot serve on {host} port {port}: {error.strerror or error}"
        raise InputError(told, "name another --host or --port") from error
