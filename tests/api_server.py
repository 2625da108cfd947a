"""The real service on loopback, in this process, over a library of a test."""

import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from index.library import Library
from qa.api.app import make_app
from qa.api.logs import make_log
from qa.api.middleware import Requests
from qa.engine import Engine
from qa.keys import Keys
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.llm.llm_reader import LLMReader
from qa.readers.llm.model_client import ChatModel
from qa.readers.protocol import Reader
from qa.service import Local
from qa.settings import Settings
from tests.openai_server import OpenAIServer

LOG_SECONDS = 10


@dataclass
class Served:
    """A server that runs, and a client that has not sent a key."""

    url: str
    http: httpx2.Client
    keys: Keys
    service: Local
    log: io.StringIO = field(repr=False)
    app: Requests = field(repr=False)

    def lines(self, of: str, count: int) -> list[dict[str, Any]]:
        """The logged events of a kind, waiting for `count` of them.

        A request is logged after its answer was sent, so its client can be earlier.
        """
        until = time.monotonic() + LOG_SECONDS
        while True:
            logged = [json.loads(line) for line in self.log.getvalue().splitlines()]
            lines = [line for line in logged if line["event"] == of]
            if len(lines) >= count or time.monotonic() > until:
                return lines
            time.sleep(0.01)


Serve = Callable[..., Served]


def reading(server: OpenAIServer) -> Reader:
    """A language model of this server, as a reader."""
    return LLMReader(ChatModel("m", "k", server.url))


@contextmanager
def running(app: Requests) -> Iterator[str]:
    """The app behind a real socket while the block runs; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def serving(
    library: Library,
    folder: Path,
    reader: Reader | None = None,
    *,
    fallback: bool = True,
    on_loopback: bool = True,
    **settings: Any,
) -> Iterator[Served]:
    """A server over a library; `reader` reads instead of the extractive one, which stands by."""
    extractive = ExtractiveReader(library.encoder)
    spare = extractive if fallback else None
    engine = Engine(library, reader, spare) if reader else Engine(library, extractive)
    service = Local(library, lambda: engine)
    log = io.StringIO()
    wanted = Settings(data=folder, **{"requests_per_minute": 0} | settings)
    app = make_app(service, wanted, make_log(log), on_loopback=on_loopback)
    with running(app) as url, httpx2.Client(base_url=url, trust_env=False) as http:
        yield Served(url, http, Keys(folder), service, log, app)
