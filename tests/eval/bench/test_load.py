"""The load test notices what it is there to notice."""

import anyio
import httpx2
import pytest

from eval.bench.service.load import GROWTH_FILES, GROWTH_MIB, growth
from eval.bench.service.processes import Use
from eval.bench.service.scripted_llm import answer
from eval.bench.service.visitors import Tally, Visitor

CITED = {"article_id": "a/b", "version": "v", "start": 0, "end": 4, "quote": "Ship"}
TEXT = httpx2.Response(200, json={"text": "Ship sank."})
RETRY = {"Retry-After": "0"}


def visited(act: str, first: httpx2.Response, then: httpx2.Response = TEXT) -> Tally:
    """What a visitor sees of a server that answers with these."""
    replies = iter([first, then])
    tally = Tally()

    async def visit() -> None:
        transport = httpx2.MockTransport(lambda _: next(replies))
        async with httpx2.AsyncClient(transport=transport, base_url="http://server") as http:
            await getattr(Visitor(http, ["What sank?"], tally, 0), act)()

    anyio.run(visit)
    return tally


def cited(**other: object) -> httpx2.Response:
    return httpx2.Response(200, json={"citations": [CITED | other]})


def test_a_right_citation_is_none() -> None:
    tally = visited("ask", cited())
    assert (tally.citations, tally.violations) == (1, [])


def test_a_busy_server_is_none_if_it_says_when_to_come_back() -> None:
    for status in (429, 503):
        tally = visited("ask", httpx2.Response(status, headers=RETRY))
        assert (tally.put_off, tally.violations) == (1, [])


@pytest.mark.parametrize(
    ("act", "first", "then"),
    [
        ("ask", cited(quote="Shop"), TEXT),
        ("ask", cited(end=5), TEXT),
        ("ask", cited(), httpx2.Response(404)),
        ("ask", httpx2.Response(503), TEXT),
        ("ask", httpx2.Response(500, headers=RETRY), TEXT),
        ("search", httpx2.Response(404), TEXT),
        (
            "stream",
            httpx2.Response(
                200, text="event: meta\ndata: {}\n\n", headers={"Content-Type": "text/event-stream"}
            ),
            TEXT,
        ),
    ],
)
def test_what_should_not_be_is_a_violation(
    act: str, first: httpx2.Response, then: httpx2.Response
) -> None:
    assert len(visited(act, first, then).violations) == 1


def test_an_article_that_was_removed_meanwhile_cannot_be_read() -> None:
    tally = visited("ask", cited(article_id="load/1/2"), httpx2.Response(404))
    assert tally.violations == []


def test_what_grows_is_told() -> None:
    level = [Use(100 + n % 3, 40) for n in range(30)]
    assert growth(level) == []
    assert growth([Use(100 + 2 * GROWTH_MIB * n / 10, 40) for n in range(30)])
    assert growth([Use(100, 40 + GROWTH_FILES * n // 5) for n in range(30)])
    assert growth([Use(10 * n, n) for n in range(10)] + [Use(100, 10)] * 20) == []


def test_the_scripted_model_cites_what_it_says() -> None:
    prompt = "==========\n[1] The ship sank.\n[2] All were saved.\n==========\nQuestion: x"
    assert answer(prompt) == answer(prompt)
    assert "The ship sank. [1]" in answer(prompt)
    assert answer("Question: x") == "The articles do not say."
