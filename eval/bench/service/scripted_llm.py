"""A language model by script: a server that answers 20 ms a token, with numbers that it cites.

`python -m eval.bench.service.scripted_llm` prints its address. It says sentences of the context
that it is given, in the words of the context, and now and then cites a number that is not there.
"""

import asyncio
import json
import random
import re
import socket
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

TOKEN_SECONDS = 0.02

SENTENCES = 2

WORDS = 20
"""The longest sentence that is said again."""

_ROW = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)


def make_app() -> FastAPI:
    """The routes of an OpenAI-compatible server, and `/open`: answers not yet ended."""
    app = FastAPI()
    app.state.open = 0

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> StreamingResponse:
        body = await request.json()
        prompt = "\n".join(message["content"] for message in body["messages"])
        return StreamingResponse(spoken(app, answer(prompt)), media_type="text/event-stream")

    @app.get("/open")
    async def still_open() -> int:
        open_: int = app.state.open
        return open_

    return app


async def spoken(app: FastAPI, text: str) -> AsyncIterator[str]:
    """The events of an answer, a word at a time; counted as open until the client has it all."""
    app.state.open += 1
    try:
        for word in re.findall(r"\S+\s*", text):
            await asyncio.sleep(TOKEN_SECONDS)
            yield _event({"content": word}, None)
        yield _event({}, "stop") + "data: [DONE]\n\n"
    finally:
        app.state.open -= 1


def answer(prompt: str) -> str:
    """Sentences of the context with their numbers; the same for the same prompt."""
    chance = random.Random(prompt)
    rows = [(n, text) for n, text in _ROW.findall(prompt) if len(text.split()) <= WORDS]
    said = chance.sample(rows, min(SENTENCES, len(rows)))
    wrong = "[999]" if chance.random() < 0.1 else ""
    return " ".join(f"{text} [{n}]{wrong}" for n, text in said) or "The articles do not say."


def serve() -> None:
    """Until it is ended."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as bound:
        print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True)
        config = uvicorn.Config(make_app(), log_level="error", access_log=False)
        uvicorn.Server(config).run(sockets=[bound])


def _event(delta: dict[str, str], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    row = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "scripted"}
    return f"data: {json.dumps(row | {'choices': [choice]})}\n\n"


if __name__ == "__main__":
    serve()
