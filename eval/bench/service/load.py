"""The service under load: 64 clients on loopback, no error but 429 and 503, nothing that grows.

A real server process reads with a language model by script (20 ms a token). The clients ask,
stream, search, add, delete and leave in the middle, and look up every citation they get. Then the
extractive reader alone answers as fast as it can. The clients run on the same cores as the server.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from time import monotonic

import anyio
import httpx2
import numpy as np

from eval.bench.library_data import parser, show
from eval.bench.service.processes import Use, service, use
from eval.bench.service.visitors import Tally, Visitor
from eval.question_sets import read_set
from index.model import Filters
from index.sources import read
from qa.client import Client

NEWS = Path(__file__).parents[2] / "sets" / "news"

ANSWERS_AT_ONCE = 32
"""QA_CONCURRENT_ANSWERS of the server: the scripted model takes time, but no processor."""

SATURATING = 8
"""Clients that ask the extractive reader: several for each core."""

GROWTH_MIB = 48
GROWTH_FILES = 16
"""What the server may hold more in the last third than in the middle one: it goes up and down."""

Uses = list[Use]


def main() -> None:
    """Print what was seen; exit code 1 if anything was that should not be."""
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--clients", type=int, default=64)
    arguments = options.parse_args()
    with (
        tempfile.TemporaryDirectory() as scratch,
        service(Path(scratch), ANSWERS_AT_ONCE) as (pid, url, llm),
    ):
        fill(url)
        mixed, uses, left = anyio.run(mix, url, llm, pid, arguments.clients, arguments.seconds)
        alone = anyio.run(saturate, url, max(5.0, arguments.seconds / 3))
    growing = growth(uses)
    show([row(mixed, alone, uses, arguments.clients)], arguments.json)
    violations = [*mixed.violations, *alone.violations, *growing, *left]
    for violation in violations[:20]:
        print(f"violation: {violation}", file=sys.stderr)
    sys.exit(1 if violations else 0)


def fill(url: str) -> None:
    """The sample articles, embedded."""
    with Client(url) as client:
        for added in client.add(read([NEWS / "articles"])):
            assert not added.error
        client.search("Is it loaded?", 1, Filters())
        while client.backlog:
            pass


async def mix(
    url: str, llm: str, pid: int, clients: int, seconds: float
) -> tuple[Tally, Uses, list[str]]:
    """Everything at once for so long; what was seen, what was used, and what was left behind."""
    tally, uses = Tally(), [use(pid)]
    async with client(url, clients) as http:
        until = monotonic() + seconds
        async with anyio.create_task_group() as group:
            for number in range(clients):
                group.start_soon(Visitor(http, questions(), tally, number).visit, until)
            while monotonic() < until:
                await anyio.sleep(1)
                uses.append(use(pid))
    left = await left_behind(llm)
    uses.append(use(pid))
    return tally, uses, left


async def saturate(url: str, seconds: float) -> Tally:
    """The extractive reader asked by a few clients without a pause."""
    tally = Tally()
    async with client(url, SATURATING) as http:
        until = monotonic() + seconds
        async with anyio.create_task_group() as group:
            for number in range(SATURATING):
                visitor = Visitor(http, questions(), tally, number)
                group.start_soon(visitor.keep_asking, until, "extractive")
    tally.took = monotonic() - until + seconds
    return tally


async def left_behind(llm: str) -> list[str]:
    """Answers that the language model still writes though nobody reads; a moment after."""
    async with httpx2.AsyncClient(trust_env=False) as http:
        with suppress(TimeoutError), anyio.fail_after(10):
            while (still_open := (await http.get(f"{llm}/open")).json()) > 0:
                await anyio.sleep(0.2)
    return [f"{still_open} answers are written that nobody reads"] if still_open else []


def growth(uses: Uses) -> list[str]:
    """What the server holds more and more of; the first third is warming up."""
    third = len(uses) // 3
    middle, last = uses[third:-third], uses[-third:]
    kinds: list[tuple[str, Callable[[Use], float], float]] = [
        ("MiB of memory", lambda one: one.mib, GROWTH_MIB),
        ("open files", lambda one: one.files, GROWTH_FILES),
    ]
    medians = [(what, median(map(of, middle)), median(map(of, last)), most)
               for what, of, most in kinds]  # fmt: skip
    return [
        f"{what} grew from {before:.0f} to {after:.0f}"
        for what, before, after, most in medians
        if after > before + most
    ]


def row(mixed: Tally, alone: Tally, uses: Uses, clients: int) -> dict[str, float]:
    """The figures, for people and for the table of the README."""
    p50, p99 = (float(np.percentile(alone.seconds, share)) * 1000 for share in (50, 99))
    return {
        "clients": clients,
        "requests": mixed.done.total(),
        "put off": mixed.put_off,
        "errors": len(mixed.violations),
        "citations": mixed.citations,
        "MiB before": round(uses[0].mib),
        "MiB after": round(uses[-1].mib),
        "files before": uses[0].files,
        "files after": uses[-1].files,
        "answers/s": round(len(alone.seconds) / alone.took, 1),
        "p50 ms": round(p50, 1),
        "p99 ms": round(p99, 1),
    }


def questions() -> Sequence[str]:
    """Those of the sample set."""
    return [case.question for case in read_set(NEWS).cases]


def client(url: str, connections: int) -> httpx2.AsyncClient:
    """One that has a connection for each visitor."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx2.AsyncClient(base_url=url, limits=limits, timeout=90, trust_env=False)


if __name__ == "__main__":
    main()
