"""The path of a language model against an OpenAI-compatible server that is not ours.

`transformers serve` with a tiny model of random weights, both in an environment of their own in
`.qa/second`, made first. What the model writes means nothing, so the answers are its nonsense
refused, the articles do not say, or the extractive reader's; what counts is that each question
ends in time with a typed end, that every quote is its article's, and that the next one works.
"""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.bench.library_data import parser, show
from eval.bench.search.peers import NEWS, ROOT, environment
from eval.question_sets import read_set
from eval.run import prepared
from index.encoder.minilm import MiniLM
from index.errors import ModelError
from index.library import Library
from qa.engine import Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.llm.llm_reader import LLMReader
from qa.readers.llm.model_client import ChatModel

DEADLINE_SECONDS = 20.0
QUESTIONS = 5


def main() -> None:
    """Print a row a question; exit code 1 if one ended wrongly."""
    options = parser(__doc__)
    options.add_argument("--env", type=Path, default=ROOT / ".qa" / "second")
    arguments = options.parse_args()
    python = environment(arguments.env, Path(__file__).parent / "second.txt")
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "tiny"
        maker = Path(__file__).parent / "tiny_model.py"
        subprocess.run([python, maker, NEWS / "articles", model], check=True)
        with (
            serving(python, model) as url,
            prepared(read_set(NEWS), Path(scratch) / "news", MiniLM()) as library,
        ):
            rows = [*heard(url, str(model)), *asked(library, url, str(model))]
    show(rows, arguments.json)
    sys.exit(any(row["end"].startswith("WRONG") for row in rows))


@contextlib.contextmanager
def serving(python: Path, model: Path) -> Iterator[str]:
    """The server on a free port of loopback; its URL once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(python.parent / "transformers"), "serve", str(model), "--device", "cpu"]
    server = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)])
    try:
        _wait(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait()


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit(f"the server ended with {server.returncode}")
        with contextlib.suppress(OSError), urllib.request.urlopen(url):
            return
        time.sleep(0.2)
    raise SystemExit("the server does not answer")


def heard(url: str, name: str) -> Iterator[dict[str, Any]]:
    """What the client makes of the server alone: an answer, a model it does not know, no time."""
    hello = [{"role": "user", "content": "Hello"}]
    for asked_of, seconds in ((name, DEADLINE_SECONDS), ("nobody", DEADLINE_SECONDS), (name, 0.3)):
        model = ChatModel(asked_of, "none", url)
        started = time.monotonic()
        try:
            end = f"{len(''.join(model.stream(hello, started + seconds)))} characters"
        except ModelError as error:
            end = f"{type(error).__name__}: {error.message}"
        late = time.monotonic() - started > seconds + 1
        yield _row(
            f"the client, {asked_of}, {seconds:g} s",
            started,
            f"WRONG: late: {end}" if late else end,
        )


def asked(library: Library, url: str, name: str) -> Iterator[dict[str, Any]]:
    """The first questions of the news set, through the engine."""
    reader = LLMReader(ChatModel(name, "none", url))
    extractive = ExtractiveReader(MiniLM())
    engine = Engine(library, reader, extractive, deadline_seconds=DEADLINE_SECONDS)
    for case in read_set(NEWS).cases[:QUESTIONS]:
        started = time.monotonic()
        answer = engine.ask(case.question)
        texts = (library.catalog.version(c.article_id, c.version) for c in answer.citations)
        exact = all(
            version.article.text[c.start : c.end] == c.quote
            for version, c in zip(texts, answer.citations, strict=True)
        )
        who = "extractive" if answer.reader == extractive.name else "model"
        end = f"{who}, answerable {answer.answerable}, {'; '.join(answer.notices) or 'no notice'}"
        yield _row(case.id, started, end if exact else f"WRONG: a quote is not exact: {end}")


def _row(what: str, started: float, end: str) -> dict[str, Any]:
    return {"asked": what, "seconds": time.monotonic() - started, "end": end[:160]}


if __name__ == "__main__":
    main()
