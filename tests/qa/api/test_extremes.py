"""Whatever value a field has, the answer is never a fault of the service."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from index.encoder.minilm import MiniLM
from index.library import Library
from tests.api_server import Served, serving

DATES = [
    *("9999-12-31", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-23:59"),
    *("0001-01-01", "0001-01-01T00:00:00+23:59", "0001-01-02", "10000-01-01", "-0001-01-01"),
    *(-62135596800, -62135596801, 253402300799, 253402300799.9999, 253402300800),
    *("Fri, 31 Dec 9999 23:59:59 -1200", "Mon, 01 Jan 0001 00:00:00 +1200", "2024-02-30"),
    *("NaN", "-0", "9" * 5_000, "\u202e2024-01-01", "٢٠٢٤-٠١-٠١", "²", "99991231", "2024-W01-1"),
]

TEXTS = [
    *("", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e\u2066x\u2069", "\ufeff", "\uffff"),
    *("\n\r\t\x85\u2028", "\u0301" * 3_000, "💥" * 3_000, "\U0010ffff", "x" * 2_000, "x" * 10_000),
    *(".", "..", "/", "//", "?", "#", "%", "%00", "a/b?c#d", "'", '"', "\\", "[1](x)", "ﷺ", "ß İ"),
    *("9" * 5_000, "half a million million", "99/99/9999", "31 December 9999", "0000-01-01"),
]

VALUES = [
    *(0, -0.0, -1, 1.5, 2**31, 2**63, -(2**63) - 1, 2**64, 10**30, 1e308, True, None, [], {}),
    *([[]], {"a": 1}, float("nan"), float("inf"), 10**5_000),
]

ARTICLE = "The summit was on Monday. The ship sank yesterday. On 3 May 12 people died near Bergen."

CURSORS = [
    *([2**62, "a"], [2**63, "a"], [-(2**63) - 1, "a"], [1e308, "a"], [float("nan"), "a"]),
    *([253402300799, "a"], [-62135596800, "a"], [None, ""], [None, "x" * 2_500], [None, " x"]),
    *([0.5, "a"], [True, "a"], ["1", "a"], [[], "a"], {"a": 1, "b": 2}, [1], [1, 2, 3]),
]  # fmt: skip


@pytest.fixture(scope="module")
def server(encoder: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that takes articles."""
    library = Library(tmp_path_factory.mktemp("extremes"), encoder)
    with serving(library, tmp_path_factory.mktemp("keys")) as served:
        yield served
    library.close()


def written(value: object) -> str:
    """A value as JSON, which Python does not write of an integer of 5,000 digits."""
    if isinstance(value, int) and abs(value) > 2**128:
        return f"1{'0' * 5_000}"
    return json.dumps(value)


def sent(server: Served, method: str, path: str, body: str | None = None) -> int:
    """The status of a request, which is no fault: nor is the end of a stream."""
    headers = {"Content-Type": "application/json"}
    response = server.http.request(method, path, content=body, headers=headers, timeout=60)
    assert response.status_code < 500, (method, path[:99], body, server.log.getvalue())
    assert '"status":500' not in response.text, (path, body, server.log.getvalue())
    return response.status_code


def one(name: str, value: object, **others: object) -> str:
    """A body with a field of this value, written beside the others."""
    fields = {name: written(value)} | {key: json.dumps(other) for key, other in others.items()}
    return "{" + ", ".join(f'"{key}": {field}' for key, field in fields.items()) + "}"


def in_address(value: object) -> str:
    told = value if isinstance(value, str) else written(value)
    return quote(told.encode("utf-8", "surrogatepass"), safe="")[:9_000]


@pytest.mark.parametrize("field", ["text", "id", "title", "url", "source", "author", "language"])
def test_any_value_in_an_article(server: Served, field: str) -> None:
    for value in (*TEXTS, *VALUES):
        others = {"text": ARTICLE, "id": "any"}
        others.pop(field, None)
        sent(server, "POST", "/articles", one(field, value, **others))
    assert sent(server, "POST", "/articles", one("text", ARTICLE)) == 200


@pytest.mark.parametrize("date", DATES)
def test_any_date_in_an_article_that_is_asked(server: Served, date: object) -> None:
    stored = sent(server, "POST", "/articles", one("published_at", date, id="d", text=ARTICLE))
    assert stored in (200, 422)
    for question in ("When was the summit?", "When did the ship sink?", "How many died on Friday?"):
        for offsets in ("codepoints", "utf16"):
            assert sent(server, "POST", f"/ask?offsets={offsets}", one("question", question)) == 200
    assert sent(server, "GET", "/articles?limit=1") == 200
    for name in ("after", "before"):
        sent(server, "GET", f"/search?q=summit&{name}={in_address(date)}")
        sent(server, "POST", "/ask", one("question", "summit", filters={name: date}))


ASKED: dict[str, Any] = {"question": "When was the summit?"}
SAID: dict[str, Any] = {"messages": [{"role": "user", "content": "When was the summit?"}]}


def test_any_value_in_a_question(server: Served) -> None:
    for n, value in enumerate((*TEXTS, *VALUES[:12])):
        turn = {"question": value, "answer": value}
        asked = ASKED | {"stream": bool(n % 2)}
        for name, given in (
            *(("question", value), ("reader", value), ("history", value), ("history", [turn] * 50)),
            *(("filters", value), ("filters", {"source": value, "article": [value]})),
        ):
            sent(server, "POST", "/ask", json.dumps(asked | {name: given}))


def test_any_value_in_a_completion(server: Served) -> None:
    for n, value in enumerate((*TEXTS, *VALUES[:12])):
        asked = SAID | {"stream": bool(n % 2)}
        for name, given in (
            *(("model", value), ("n", value), ("stream_options", value), ("messages", value)),
            ("messages", [{"role": "user", "content": value}]),
            ("messages", [{"role": value, "content": "x"}]),
        ):
            sent(server, "POST", "/v1/chat/completions", json.dumps(asked | {name: given}))


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/search?q=",
            "/search?q=summit&source=",
            "/search?q=summit&article=",
            "/search?q=x&limit=",
        ),
        *("/search?q=x&offsets=", "/articles?cursor=", "/articles?limit=", "/articles/"),
        *("/articles/any?version=", "/articles/", "/v1/models/", "/static/", "/"),
    ],
)
def test_any_value_in_an_address(server: Served, path: str) -> None:
    for value in (*TEXTS, *VALUES):
        sent(server, "GET", path + in_address(value))
        if path.endswith("/"):
            sent(server, "DELETE", path + in_address(value))


def test_any_place_in_a_cursor(server: Served) -> None:
    for place in CURSORS:
        word = urlsafe_b64encode(json.dumps(place).encode()).decode()
        assert sent(server, "GET", f"/articles?cursor={word}") in (200, 400)


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '{"text":' * 50_000, "NaN", "9" * 5_000])
def test_any_body(server: Served, body: str) -> None:
    for path in ("/ask", "/articles", "/v1/chat/completions"):
        assert sent(server, "POST", path, body) in (400, 422)
