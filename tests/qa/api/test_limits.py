"""Too much at once, or too much in a minute, is put off with a time to come back."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

import anyio

from index.errors import Overloaded
from qa.api.limits import Admission
from tests.api_server import Serve, reading
from tests.openai_server import OpenAIServer, Reply, chunk

ASK = {"question": "What conditions did Zelenskyy propose?"}


def test_requests_a_minute(serve: Serve) -> None:
    served = serve(requests_per_minute=3)
    assert [served.http.get("/info").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = served.http.get("/info")
    assert refused.json()["type"] == "/docs#TooManyRequests"
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert served.http.get("/health/live").status_code == 200


def test_each_key_has_its_own_count(serve: Serve) -> None:
    served = serve(requests_per_minute=1)
    for name in ("a", "b"):
        headers = {"Authorization": f"Bearer {served.keys.add(name, 'ask')}"}
        told = [served.http.get("/info", headers=headers).status_code for _ in range(2)]
        assert told == [200, 429]


def test_answers_at_once(serve: Serve, openai_server: OpenAIServer) -> None:
    """One is written, two wait, the others are put off; then all that waited are answered."""
    opened = threading.Event()
    openai_server.replies = [Reply(held(opened)) for _ in range(3)]
    served = serve(reading(openai_server), concurrent_answers=1)
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(served.http.post, "/ask", json=ASK, timeout=60) for _ in range(5)]
        done = as_completed(asked)
        refused = [next(done).result() for _ in range(2)]
        assert served.http.get("/search?q=NATO").status_code == 200
        opened.set()
        statuses = sorted(future.result().status_code for future in asked)
    assert statuses == [200, 200, 200, 503, 503]
    for response in refused:
        assert response.json()["type"] == "/docs#Overloaded"
        assert int(response.headers["retry-after"]) >= 1


def test_those_who_find_a_place_do_not_wait_for_it() -> None:
    async def arrive(together: int) -> int:
        admission, refused = Admission(at_once=2, waiting=1), 0

        async def one() -> None:
            nonlocal refused
            try:
                async with admission.turn():
                    await anyio.sleep(0.01)
            except Overloaded:
                refused += 1

        async with anyio.create_task_group() as group:
            for _ in range(together):
                group.start_soon(one)
        return refused

    assert [anyio.run(arrive, n) for n in (3, 4)] == [0, 1]


def held(opened: threading.Event) -> Iterator[bytes]:
    """A model that waits before it says a word."""
    opened.wait(30)
    yield chunk("It was so [1].")
    yield chunk(None, "stop")
    yield b"data: [DONE]\n\n"
