"""How much at once, and how much in a minute. What is over is put off, with a time to come back."""

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from index.errors import Overloaded, TooManyRequests
from qa.api.dependencies import dependencies_of

WAIT_SECONDS = 10
"""How long a request waits for its turn."""


class Rates:
    """So many requests a minute for each caller."""

    def __init__(self, per_minute: int) -> None:
        """0 is any number."""
        self._limit = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, caller: str) -> None:
        """One more request of a caller. TooManyRequests if that is one too many."""
        if self._limit is None or self._limiter.hit(self._limit, caller):
            return
        free = self._limiter.get_window_stats(self._limit, caller).reset_time
        seconds = max(1, math.ceil(free - time.time()))
        told = f"more than {self._limit.amount} requests in a minute"
        error = TooManyRequests(told, f"come again in {seconds} s")
        error.retry_seconds = seconds
        raise error


class Admission:
    """Lets so many in at once, and a few more wait for their turn."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._turns = anyio.Semaphore(at_once)
        self._most_waiting = waiting
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Holds one place. Overloaded if too many wait already, or it takes too long."""
        try:
            self._turns.acquire_nowait()
        except anyio.WouldBlock:
            await self._wait()
        try:
            yield
        finally:
            self._turns.release()

    async def _wait(self) -> None:
        if self._waiting >= self._most_waiting:
            raise _overloaded()
        self._waiting += 1
        try:
            with anyio.fail_after(WAIT_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise _overloaded() from None
        finally:
            self._waiting -= 1


def _overloaded() -> Overloaded:
    return Overloaded("the server has as much to do as it can", "come again in a second")


async def answering(request: Request) -> AsyncIterator[None]:
    """A dependency: a place among those who write answers, held until the answer is sent."""
    async with dependencies_of(request).answering.turn():
        yield


async def searching(request: Request) -> AsyncIterator[None]:
    """The same among those who look something up."""
    async with dependencies_of(request).searching.turn():
        yield


async def writing(request: Request) -> AsyncIterator[None]:
    """The same among those who add or remove articles."""
    async with dependencies_of(request).writing.turn():
        yield
