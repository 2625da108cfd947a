"""Clients under load: each does something, looks at what comes back, and does something else."""

import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic, perf_counter
from typing import Any
from urllib.parse import quote

import anyio
import httpx2

PUT_OFF = (429, 503)

DELTAS_READ = 2
"""Events that one who leaves has read."""

TEXT = (
    "The harbour of {place} was closed on day {day}. The mayor, Ada Nilsen, said that {count} "
    "boats had to wait. Nobody was hurt 🚢. Work should end within a week."
)


@dataclass
class Tally:
    """What was seen: requests by kind, and every violation in words."""

    done: Counter[str] = field(default_factory=Counter)
    put_off: int = 0
    citations: int = 0
    violations: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """Of each answer that was not put off."""
    took: float = 0.0
    """Seconds from the first request to the last response."""


class Visitor:
    """One client. `done` counts what it finished; `violations` says what should not have been."""

    def __init__(
        self, http: httpx2.AsyncClient, questions: Sequence[str], tally: Tally, number: int
    ) -> None:
        self._http = http
        self._questions = questions
        self._tally = tally
        self._chance = random.Random(number)
        self._number = number
        self._own: list[str] = []
        self._texts: dict[tuple[str, str], str | None] = {}

    async def visit(self, until: float) -> None:
        """Mixed requests until this moment of the monotonic clock."""
        acts: list[Callable[[], Awaitable[None]]] = [
            self.ask, self.stream, self.search, self.add, self.delete, self.leave,
        ]  # fmt: skip
        while monotonic() < until:
            (act,) = self._chance.choices(acts, weights=(25, 25, 20, 12, 8, 10))
            try:
                await act()
                self._tally.done[act.__name__] += 1
            except httpx2.HTTPError as error:
                self._fault(f"{act.__name__}: {type(error).__name__} {error}")

    async def keep_asking(self, until: float, reader: str) -> None:
        """One answer after the other by a reader until this moment."""
        while monotonic() < until:
            started = perf_counter()
            body = {"question": self._question(), "reader": reader}
            if await self._sent("POST", "/ask", json=body):
                self._tally.seconds.append(perf_counter() - started)

    async def ask(self) -> None:
        """A whole answer, every citation verified."""
        response = await self._sent("POST", "/ask", json={"question": self._question()})
        if response:
            await self._verify(response.json())

    async def stream(self) -> None:
        """The same as events: in order, complete, the deltas the answer's text."""
        events = await self._events(most=None)
        if not events:
            return
        names = [name for name, _ in events]
        if names[0] != "meta" or names[-2:] != ["final", "done"]:
            told = [data for name, data in events if name == "error"]
            if not (told and told[0]["status"] in PUT_OFF):
                self._fault(f"stream: {names} {told}")
            return
        final = events[-2][1]
        if "".join(data["text"] for name, data in events if name == "delta") != final["answer"]:
            self._fault("stream: the deltas are not the answer")
        await self._verify(final)

    async def leave(self) -> None:
        """Begin to read an answer, and go."""
        await self._events(most=DELTAS_READ)

    async def search(self) -> None:
        """Passages."""
        await self._sent("GET", "/search", params={"q": self._question()})

    async def add(self) -> None:
        """An article of one's own."""
        id_ = f"load/{self._number}/{self._chance.randrange(10**9)}"
        words = {"place": f"Port {self._number}", "day": len(self._own), "count": len(id_)}
        body = {"id": id_, "text": TEXT.format(**words), "title": f"Port {self._number}"}
        if await self._sent("POST", "/articles", json=body):
            self._own.append(id_)

    async def delete(self) -> None:
        """An article that one added."""
        if self._own:
            id_ = self._own[-1]
            if await self._sent("DELETE", f"/articles/{quote(id_, safe='')}"):
                self._own.remove(id_)

    async def _sent(self, method: str, path: str, **what: Any) -> httpx2.Response | None:
        """A response that succeeded; None if it was put off, after waiting, or was none."""
        response = await self._http.request(method, path, **what)
        if response.is_success:
            return response
        await self._refused(response, f"{method} {path}")
        return None

    async def _refused(self, response: httpx2.Response, what: str) -> None:
        retry = response.headers.get("retry-after")
        if response.status_code not in PUT_OFF or retry is None:
            self._fault(f"{what}: {response.status_code} {response.text[:200]}")
            return
        self._tally.put_off += 1
        await anyio.sleep(float(retry) * self._chance.uniform(0.5, 1))

    async def _events(self, most: int | None) -> list[tuple[str, Any]]:
        body = {"question": self._question(), "stream": True}
        events: list[tuple[str, Any]] = []
        async with self._http.sse("/ask", method="POST", json=body) as source:
            if not source.response.is_success:
                await source.response.aread()
                await self._refused(source.response, "stream")
                return []
            async for sent in source:
                events.append((sent.event, json.loads(sent.data)))
                if len(events) == most:
                    break
        return events

    async def _verify(self, answer: dict[str, Any]) -> None:
        """Each quote stands in its version at its offsets; one that was removed cannot be read."""
        for citation in answer["citations"]:
            text = await self._text(citation["article_id"], citation["version"])
            self._tally.citations += 1
            if text is None:
                if not citation["article_id"].startswith("load/"):
                    self._fault(f"citation: {citation['article_id']} cannot be read")
            elif text[citation["start"] : citation["end"]] != citation["quote"]:
                self._fault(f"citation: {citation['article_id']} {citation['start']}")

    async def _text(self, article_id: str, version: str) -> str | None:
        key = (article_id, version)
        if key not in self._texts:
            path = f"/articles/{quote(article_id, safe='')}"
            response = await self._http.get(path, params={"version": version})
            self._texts[key] = response.json()["text"] if response.is_success else None
        return self._texts[key]

    def _question(self) -> str:
        return self._chance.choice(self._questions)

    def _fault(self, what: str) -> None:
        self._tally.violations.append(what)
