"""A body is received as it comes and read in its turn, whatever is in it and however it comes."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from index.library import Library
from qa.api.app import WRITES
from qa.api.bodies import MOST_FIELDS
from qa.api.problems import MOST_FAULTS
from qa.api.routes.articles import MAX_JSON_BYTES, MAX_ROWS
from tests.api_server import Serve, Served, reading
from tests.openai_server import OpenAIServer, Reply
from tests.qa.api.test_limits import held

JSON = {"Content-Type": "application/json"}
ASK = {"question": "What conditions did Zelenskyy propose?"}
WRONG = b'{"messages": [' + b'{"role": "user", "content": [' + b"{}," * 300_000 + b"{}]}]}"
"""A message of 300,000 parts, none of which is one."""


@pytest.fixture
def writable(serve: Serve, library: Library) -> Served:
    return serve(library=library)


def begun(served: Served, path: str) -> socket.socket:
    """A request of which half the body has been sent."""
    address = urlsplit(served.url)
    sent = socket.create_connection((address.hostname, address.port))
    head = f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
    sent.sendall(f'{head}Content-Length: 40\r\n\r\n{{"text": "It'.encode())
    return sent


@pytest.mark.parametrize("path", ["/ask", "/v1/chat/completions"])
def test_a_body_is_read_when_it_is_its_turn(
    serve: Serve, openai_server: OpenAIServer, path: str
) -> None:
    opened = threading.Event()
    openai_server.replies = [Reply(held(opened))]
    served = serve(reading(openai_server), concurrent_answers=1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(served.http.post, "/ask", json=ASK, timeout=60)
        while not openai_server.requests:
            time.sleep(0.01)
        second = pool.submit(served.http.post, path, json={}, timeout=60)
        time.sleep(0.5)
        assert not second.done()
        assert served.http.get("/health/live").status_code == 200
        opened.set()
        assert (first.result().status_code, second.result().status_code) == (200, 422)


def test_a_body_that_is_on_its_way_takes_nobodys_turn(writable: Served) -> None:
    with ExitStack() as stack:
        for _ in range(2 * WRITES):
            stack.enter_context(begun(writable, "/articles"))
        article = {"text": "The ship sank."}
        assert writable.http.post("/articles", json=article).status_code == 200


@pytest.mark.parametrize("path", ["/articles", "/ask"])
def test_a_client_who_leaves_in_the_middle_is_no_fault(writable: Served, path: str) -> None:
    begun(writable, path).close()
    assert [line["status"] for line in writable.lines("request", 1)] == [499]
    assert writable.lines("fault", 0) == []


def test_of_many_faults_the_first_are_told(served: Served) -> None:
    """Each of these bodies kept the event loop for seconds, and was answered with megabytes."""
    started = time.perf_counter()
    unknown = json.dumps({f"k{n}": 1 for n in range(MOST_FIELDS - 1)} | {"question": "x"})
    for path, body in (
        ("/v1/chat/completions", WRONG),
        ("/v1/chat/completions", b'{"messages": [' + b"{}," * 300_000 + b"{}]}"),
        ("/ask", b'{"question": "x", "history": [' + b"{}," * 300_000 + b"{}]}"),
        ("/ask", b'{"question": "x", "filters": {"source": [' + b"1," * 300_000 + b"1]}}"),
        ("/ask", unknown.encode()),
        ("/articles", unknown.encode()),
    ):
        told = served.http.post(path, content=body, headers=JSON, timeout=60).json()
        assert (told["status"], 0 < len(told["errors"]) <= MOST_FAULTS) == (422, True)
    assert time.perf_counter() - started < 15  # it was a minute


@pytest.mark.parametrize("path", ["/ask", "/articles", "/v1/chat/completions"])
def test_an_object_of_too_many_fields_is_refused(served: Served, path: str) -> None:
    body = {f"k{n}": 1 for n in range(50_000)}
    told = served.http.post(path, json=body).json()
    assert (told["status"], told["detail"]) == (
        422,
        "an object has 50,000 fields, and 1,000 are allowed",
    )


def test_json_has_to_say_that_it_is(served: Served) -> None:
    for path in ("/ask", "/v1/chat/completions"):
        told = served.http.post(path, content=b"{}", headers={"Content-Type": "text/plain"}).json()
        assert (told["status"], told["detail"]) == (422, "the body has to be JSON")
    kind = {"Content-Type": "application/vnd.qa+JSON; charset=utf-8"}
    body = json.dumps(ASK).encode()
    assert served.http.post("/ask", content=body, headers=kind).status_code == 200


def test_a_body_that_does_not_say_how_long_it_is_ends_all_the_same(writable: Served) -> None:
    piece = b" " * 2**20
    for path, pieces in (("/articles", 70), ("/ask", 2)):
        told = writable.http.post(path, content=[piece] * pieces, headers=JSON, timeout=60).json()
        assert (told["status"], told["type"]) == (413, "/docs#TooLarge")


def test_an_article_as_json_may_be_as_long_as_an_article(writable: Served) -> None:
    too_large = b'{"text": "' + b"x" * MAX_JSON_BYTES + b'"}'
    assert writable.http.post("/articles", content=too_large, headers=JSON).status_code == 413
    escaped = b'{"text": "' + b"\\u4e00\\u3002 " * 2_300_000 + b'"}'
    assert len(escaped) < MAX_JSON_BYTES
    assert b"too large" in writable.http.post("/articles", content=escaped, headers=JSON).content


def test_a_form_in_a_character_set_that_is_none(writable: Served) -> None:
    named = b'Content-Disposition: form-data; name="file"; filename="\xff.a..b.txt"'
    body = b"--b\r\n" + named + b"\r\n\r\nx\r\n--b--\r\n"
    for charset in ("idna", "punycode", "hex", "utf-7", "utf-16", "nothing"):
        kind = {"Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}
        sent = writable.http.post("/articles", content=body, headers=kind)
        assert sent.status_code < 500, charset


def test_the_rows_of_an_upload_are_counted(writable: Served) -> None:
    rows = b'{"text": "The ship sank."}\n' + b"{}\n" * (MAX_ROWS + 1)
    files = {"file": ("a.jsonl", rows)}
    told = writable.http.post("/articles", files=files, timeout=60).json()["articles"]
    assert (len(told), told[0]["outcome"]) == (MAX_ROWS + 1, "added")
    assert told[-1]["error"] == "the rest: the upload has more than 50,000 articles"
    failed = writable.http.post("/articles", files={"file": ("a.jsonl", b"{}\n" * 1_000)}).json()
    assert (failed["status"], len(failed["errors"])) == (422, MOST_FAULTS)
