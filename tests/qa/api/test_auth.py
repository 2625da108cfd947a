"""Who may use a server: keys and scopes, hosts and origins."""

import pytest

from index.library import Library
from tests.api_server import Serve

ASK = {"question": "What conditions did Zelenskyy propose?"}


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_once_there_is_a_key_everybody_needs_one(serve: Serve) -> None:
    served = serve()
    assert served.http.get("/info").status_code == 200
    secret = served.keys.add("joe", "ask")
    for path in ("/info", "/search?q=x", "/articles", "/metrics", "/v1/models"):
        refused = served.http.get(path)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert served.http.get(path, headers=bearer("qa_guess")).status_code == 401
        assert served.http.get(path, headers=bearer(secret)).status_code == 200
    for path in ("/health/live", "/health/ready", "/docs", "/openapi.json"):
        assert served.http.get(path).status_code == 200
    served.keys.remove("joe")
    assert served.http.get("/info").status_code == 200


def test_scopes(serve: Serve, library: Library) -> None:
    served = serve(library=library)
    reader, writer = served.keys.add("reader", "ask"), served.keys.add("writer", "write")
    body = {"id": "a", "text": "It rained."}
    refused = served.http.post("/articles", json=body, headers=bearer(reader))
    assert (refused.status_code, refused.json()["type"]) == (403, "/docs#Forbidden")
    assert served.http.post("/articles", json=body, headers=bearer(writer)).status_code == 200
    assert served.http.delete("/articles/a", headers=bearer(reader)).status_code == 403
    assert served.http.post("/ask", json=ASK, headers=bearer(writer)).status_code == 200
    assert served.http.delete("/articles/a", headers=bearer(writer)).status_code == 204


def test_a_server_that_others_reach_needs_keys_even_without_any(serve: Serve) -> None:
    served = serve(on_loopback=False)
    assert served.http.get("/info").status_code == 401
    secret = served.keys.add("joe", "ask")
    headers = bearer(secret) | {"Host": "qa.example.org"}
    assert served.http.get("/info", headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[::", "evil@x", ""])
def test_a_name_that_resolves_to_us_is_refused(serve: Serve, host: str) -> None:
    response = serve().http.get("/info", headers={"Host": host})
    assert (response.status_code, response.json()["type"]) == (403, "/docs#Forbidden")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.1.1:8000", "[::1]:80", "LOCALHOST"])
def test_our_own_names_are_not(serve: Serve, host: str) -> None:
    assert serve().http.get("/info", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_pages_of_other_sites_are_refused(serve: Serve, origin: str) -> None:
    served = serve()
    response = served.http.post("/ask", json=ASK, headers={"Origin": origin})
    assert response.status_code == 403
    assert served.http.get("/info", headers={"Origin": served.url}).status_code == 200


def test_origins_of_the_settings_are_let_in(serve: Serve) -> None:
    friend = {"Origin": "https://news.example.org"}
    asked = friend | {"Access-Control-Request-Method": "POST"}
    served = serve(origins=("https://news.example.org",))
    preflight = served.http.options("/ask", headers=asked)
    assert preflight.headers["access-control-allow-origin"] == friend["Origin"]
    response = served.http.get("/info", headers=friend)
    assert response.headers["access-control-allow-origin"] == friend["Origin"]
    assert served.http.get("/info", headers={"Host": "news.example.org"}).status_code == 200
    assert served.http.options("/ask", headers=asked | {"Origin": "null"}).status_code == 403


def test_without_such_settings_no_browser_is_told_yes(serve: Serve) -> None:
    response = serve().http.get("/info")
    assert "access-control-allow-origin" not in response.headers


def test_keys_and_questions_are_not_in_the_log(serve: Serve) -> None:
    served = serve()
    secret = served.keys.add("joe", "ask")
    served.http.post("/ask", json=ASK, headers=bearer(secret))
    served.http.get("/search?q=Zelenskyy", headers=bearer(secret))
    served.http.get("/articles/nato-letter-2024-12", headers=bearer(secret))
    lines = served.lines("request", 3)
    assert [line["caller"] for line in lines] == ["key joe"] * 3
    assert lines[2]["route"] == "/articles/{article_id:path}"
    for told in (secret, "Zelenskyy", "nato-letter"):
        assert told not in served.log.getvalue()
