"""`qa serve` as a process of its own, and the commands beside it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result

from index.errors import ServiceUnavailable
from qa.client import Client
from qa.terminal.commands import main
from tests.conftest import SAMPLES
from tests.openai_server import OpenAIServer, Reply, chunk
from tests.openai_server import embedded as from_openai

QUESTION = "What conditions did Zelenskyy propose?"
RUN = [sys.executable, "-c", "from qa.terminal.commands import main; main()"]


@contextmanager
def process(data: Path, *words: str, **environ: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """`qa serve` over a data folder, when it is ready, and its address."""
    command = [*RUN, "--data", str(data), "serve", "--port", "0", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=os.environ | environ,
    ) as running:  # fmt: skip
        try:
            yield running, running.stdout.readline().split(" at ")[1].split()[0]
        finally:
            running.kill()


def qa(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *words])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that a server owns."""
    data = tmp_path_factory.mktemp("served")
    with process(data):
        assert qa(data, "add", str(SAMPLES)).stdout == (
            "32 added, 0 updated, 0 unchanged, 0 failed\n"
        )
        yield data


def test_commands_use_the_server_that_owns_the_folder(data: Path) -> None:
    assert len(qa(data, "list").stdout.splitlines()) == 32
    answer = json.loads(qa(data, "ask", "--json", QUESTION).stdout)
    assert answer["answerable"]
    assert qa(data, "ask", QUESTION).stdout.startswith(answer["answer"])
    assert qa(data, "ask", "What is the boiling point of tungsten?").exit_code == 1
    citation = answer["citations"][0]
    span = f"{citation['start']}:{citation['end']}"
    shown = qa(data, "show", citation["article_id"], "--span", span)
    assert f">>>{citation['quote']}<<<" in shown.stdout
    found = json.loads(qa(data, "search", "--json", "Key Bridge").stdout)
    assert found["passages"][0]["rank"] == 1
    assert "articles   32" in qa(data, "info").stdout
    assert qa(data, "show", "nothing").exit_code == 3
    assert qa(data, "ask", " ").exit_code == 2


def test_articles_come_and_go_beside_the_server(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Ship\n\nThe ship sank off Malta.\n")
    (tmp_path / "b.txt").write_bytes(b"\x00\x01")
    added = qa(data, "add", str(tmp_path))
    assert added.stdout == "1 added, 0 updated, 0 unchanged, 1 failed\n"
    assert "b.txt" in added.stderr
    article_id = f"{tmp_path.name}/a.md"
    assert qa(data, "remove", article_id).exit_code == 0
    assert qa(data, "remove", article_id).exit_code == 3


def test_what_needs_the_folder_itself_says_who_has_it(data: Path) -> None:
    for command in ("check", "rebuild", "serve"):
        done = qa(data, command, *(["--port", "0"] if command == "serve" else []))
        assert done.exit_code == 4
        assert "is in use by process" in done.stderr


def test_keys_are_asked_of_the_commands_too(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = qa(data, "keys", "add", "joe").stdout.strip()
    try:
        assert "joe  ask  made 2" in qa(data, "keys", "list").stdout
        assert secret not in qa(data, "keys", "list").stdout
        refused = qa(data, "list")
        assert (refused.exit_code, refused.stderr.splitlines()[0]) == (4, "error: a key is needed")
        monkeypatch.setenv("QA_KEY", secret)
        assert qa(data, "list").exit_code == 0
        assert qa(data, "remove", "nato-letter-2024-12").exit_code == 4
        assert qa(data, "keys", "add", "joe").exit_code == 2
    finally:
        assert qa(data, "keys", "remove", "joe").exit_code == 0
    assert qa(data, "keys", "remove", "joe").exit_code == 3


def test_a_server_may_be_named(data: Path, tmp_path: Path) -> None:
    url = json.loads((data / "owner.json").read_text())["url"]
    named = CliRunner().invoke(
        main, ["--server", url, "list"], env={"QA_DATA": str(tmp_path / "x")}
    )
    assert len(named.stdout.splitlines()) == 32
    assert not (tmp_path / "x").exists()
    for command in ("check", "rebuild"):
        refused = CliRunner().invoke(main, ["--server", url, command])
        assert (refused.exit_code, "leave out --server" in refused.stderr) == (2, True)
    gone = CliRunner().invoke(main, ["--server", "http://127.0.0.1:1", "list"])
    assert (gone.exit_code, gone.stdout) == (6, "")
    assert "cannot be reached" in gone.stderr


def test_an_address_that_cannot_be_had(data: Path, tmp_path: Path) -> None:
    port = json.loads((data / "owner.json").read_text())["url"].rpartition(":")[2]
    taken = qa(tmp_path, "serve", "--port", port)
    assert (taken.exit_code, "already in use" in taken.stderr) == (2, True)
    public = qa(tmp_path, "serve", "--host", "0.0.0.0", "--port", "0")
    assert (public.exit_code, "qa keys add" in public.stderr) == (2, True)
    assert qa(tmp_path, "serve", "--host", "no.such.host.invalid").exit_code == 2


def test_a_signal_lets_open_answers_end(tmp_path: Path, openai_server: OpenAIServer) -> None:
    told = threading.Event()
    openai_server.replies = [Reply(pausing(told))]
    environ = {"QA_LLM": "m", "OPENAI_BASE_URL": openai_server.url}
    with process(tmp_path, **environ) as (running, url), httpx2.Client(base_url=url) as http:
        http.post("/articles", json={"text": "The ship sank off Malta. All were saved."})
        with http.sse(
            "/ask", method="POST", json={"question": "Did the ship sink?", "stream": True}
        ) as source:
            sent = iter(source)
            seen = [next(sent).event for _ in range(3)]
            running.terminate()
            wait_until_it_refuses(url)
            told.set()
            seen += [event.event for event in sent]
        assert seen == ["meta", "citation", "delta", "delta", "final", "done"]
        assert running.wait(30) == 0
    assert not (tmp_path / "owner.json").exists()


def test_nobody_asks_under_another_address(tmp_path: Path) -> None:
    with process(tmp_path, QA_REQUESTS_PER_MINUTE="2") as (_, url):
        told = [
            httpx2.get(f"{url}/info", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
            for n in range(3)
        ]
    assert told == [200, 200, 429]


def wait_until_it_refuses(url: str) -> None:
    with Client(url) as client, suppress(ServiceUnavailable):
        while client.info():
            pass


def pausing(told: threading.Event) -> Iterator[bytes]:
    """A model that says a sentence, waits in the next, and ends it."""
    yield chunk("The ship sank off Malta [1]. All were ")
    told.wait(60)
    yield chunk("saved [1].")
    yield chunk(None, "stop")
    yield b"data: [DONE]\n\n"


def test_a_model_that_hangs_does_not_hold_the_end_up(
    tmp_path: Path, openai_server: OpenAIServer
) -> None:
    told = threading.Event()
    openai_server.replies = [Reply(pausing(told)), Reply(pausing(told))]
    environ = {"QA_LLM": "m", "OPENAI_BASE_URL": openai_server.url, "QA_GRACE_SECONDS": "1"}
    with (
        process(tmp_path, **environ) as (running, url),
        httpx2.Client(base_url=url) as http,
        ThreadPoolExecutor() as pool,
    ):
        http.post("/articles", json={"text": "The ship sank off Malta. All were saved."})
        with http.sse(
            "/ask", method="POST", json={"question": "Did the ship sink?", "stream": True}
        ) as source:
            sent = iter(source)
            assert [next(sent).event for _ in range(3)] == ["meta", "citation", "delta"]
            whole = pool.submit(http.post, "/ask", json={"question": "Did the ship sink?"})
            while len(openai_server.requests) < 2:
                time.sleep(0.01)
            running.send_signal(signal.SIGINT)
            error, done = sent
            assert (error.event, done.event) == ("error", "done")
            assert json.loads(error.data)["detail"] == "the server is stopping"
            assert whole.result().json()["detail"] == "the server is stopping"
            assert whole.result().status_code == 503
            assert running.wait(30) == 0
    assert not (tmp_path / "owner.json").exists()
    told.set()


LONG = "The ship sank in the harbour at night, and all of its crew were saved by a tug. " * 1_500


def embedded(data: Path) -> int:
    """How many passages have a vector by now."""
    return count(data, "vectors")


def count(data: Path, table: str) -> int:
    """The rows of a table of the catalog."""
    with closing(sqlite3.connect(data / "catalog.sqlite")) as connection:
        (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(rows)


def wait_until(true: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def assert_goes_on(data: Path) -> None:
    """Not all was embedded, and what lacks a vector gets one."""
    before = embedded(data)
    assert 0 < before < count(data, "passages")
    assert qa(data, "add", "--quiet", str(data / "long.txt")).exit_code == 0
    assert embedded(data) == count(data, "passages")
    assert qa(data, "check").exit_code == 0


def test_a_server_that_is_told_to_end_stops_within_a_long_article(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text(LONG)
    with process(tmp_path) as (running, _):
        assert qa(tmp_path, "add", str(tmp_path / "long.txt")).exit_code == 0
        wait_until(lambda: embedded(tmp_path))
        running.terminate()
        assert running.wait(60) == 0
    assert not (tmp_path / "owner.json").exists()
    assert_goes_on(tmp_path)


def test_ctrl_c_ends_an_adding_within_a_long_article(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text(LONG)
    command = [*RUN, "--data", str(tmp_path), "add", str(tmp_path / "long.txt")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        try:
            wait_until(lambda: (tmp_path / "catalog.sqlite").exists() and held(tmp_path))
            running.send_signal(signal.SIGINT)
            _, told = running.communicate(timeout=60)
        finally:
            running.kill()
    assert (running.returncode, told) == (130, "interrupted; what was acknowledged is kept\n")
    assert_goes_on(tmp_path)


def held(data: Path) -> int:
    """The same of a catalog that may have no tables yet."""
    with suppress(sqlite3.OperationalError):
        return embedded(data)
    return 0


def test_an_embedding_service_that_hangs_does_not_hold_the_end_up(
    tmp_path: Path, openai_server: OpenAIServer
) -> None:
    openai_server.replies = [from_openai(1), from_openai(1), Reply((), wait_seconds=600)]
    environ = {
        "QA_EMBEDDINGS": "small", "OPENAI_BASE_URL": openai_server.url, "OPENAI_API_KEY": "k",
        "QA_GRACE_SECONDS": "1",
    }  # fmt: skip
    with process(tmp_path, **environ) as (running, url):
        for name in ("a", "b"):
            httpx2.post(f"{url}/articles", json={"id": name, "text": "The ship sank off Malta."})
        wait_until(lambda: len(openai_server.requests) == 3)
        running.terminate()
        assert running.wait(25) == 0  # the service is given three times 30 seconds
    assert not (tmp_path / "owner.json").exists()
