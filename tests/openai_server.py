"""A real HTTP server on loopback that plays an OpenAI-compatible one, by script."""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

VECTOR = [3.0, 0.0, 4.0]


@dataclass(frozen=True)
class Reply:
    """What one request gets; a body in pieces is sent piece by piece, `pause_seconds` apart."""

    pieces: Iterable[bytes]
    status: int = 200
    content_type: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    wait_seconds: float = 0.0
    """Before the first byte."""
    pause_seconds: float = 0.0


def chunk(content: str | None, finish: str | None = None) -> bytes:
    """One event of a streamed chat completion."""
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    row = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    return b"data: " + json.dumps(row | {"choices": [choice]}).encode() + b"\n\n"


def spoken(text: str, finish: str | None = "stop", size: int = 3) -> Reply:
    """A model that writes this, `size` characters at a time."""
    parts = [chunk(text[at : at + size]) for at in range(0, len(text), size)]
    ending = [chunk(None, finish), b"data: [DONE]\n\n"] if finish else []
    return Reply(tuple(parts + ending))


def held_back(first: str, rest: str, until: threading.Event) -> Reply:
    """A model that writes `first`, and the rest once `until` is set."""

    def pieces() -> Iterator[bytes]:
        yield chunk(first)
        until.wait()
        yield chunk(rest)
        yield chunk(None, "stop")

    return Reply(pieces())


def refused(status: int, message: str, **headers: str) -> Reply:
    """An error in OpenAI's form."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode()
    return Reply((body,), status, "application/json", headers)


def embedded(texts: int, vector: list[float] = VECTOR) -> Reply:
    """Embeddings of so many texts, all alike."""
    rows = [{"object": "embedding", "index": i, "embedding": vector} for i in range(texts)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    body = {"object": "list", "data": rows, "model": "m", "usage": usage}
    return Reply((json.dumps(body).encode(),), content_type="application/json")


class OpenAIServer:
    """Plays its replies in order, the last one again and again if `repeats`; `requests` and
    `headers` hold what came, `left` how many callers left before the end."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.repeats = False
        self.left = 0
        self.closing = threading.Event()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Message] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/v1"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append(json.loads(body))
                server.headers.append(self.headers)
                last = server.repeats and len(server.replies) == 1
                reply = server.replies[0] if last else server.replies.pop(0)
                server.closing.wait(reply.wait_seconds)
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for piece in reply.pieces:
                        self.wfile.write(piece)
                        self.wfile.flush()
                        server.closing.wait(reply.pause_seconds)
                except ConnectionError:
                    server.left += 1

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def serving() -> Iterator[OpenAIServer]:
    """A server that runs while the block does."""
    server = OpenAIServer()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.http.shutdown()
        server.http.server_close()
        thread.join()
