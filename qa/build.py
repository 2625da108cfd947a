"""The composition root: settings to a library and an engine. Nothing else names their classes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index.encoder.minilm import MiniLM
from index.errors import LibraryBusy
from index.library import Library
from index.vectors import Encoder
from qa.client import Client
from qa.engine import Engine
from qa.readers.extractive import ExtractiveReader
from qa.service import Local, Service
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.chat_model import ChatModel


@contextmanager
def open_library(settings: Settings, url: str = "") -> Iterator[Library]:
    """The library in the data folder, closed at the end; `url` is where others can ask it."""
    library = Library(settings.data, _encoder(settings), url)
    try:
        yield library
    finally:
        library.close()


@contextmanager
def open_service(settings: Settings) -> Iterator[Service]:
    """The server that is named or that owns the data folder; else the folder's own library.

    Closed at the end.
    """
    with ExitStack() as stack:
        if settings.server:
            yield stack.enter_context(Client(settings.server, settings.key))
            return
        try:
            library = stack.enter_context(open_library(settings))
        except LibraryBusy as error:
            if not error.url:
                raise
            yield stack.enter_context(Client(error.url, settings.key))
            return
        yield Local(library, lambda: make_engine(settings, library))


def make_engine(settings: Settings, library: Library) -> Engine:
    """The engine over a library: a language model reads if one is named, else the extractive."""
    inside = library.encoder if isinstance(library.encoder, MiniLM) else MiniLM()
    extractive = ExtractiveReader(inside)
    if not settings.llm:
        return Engine(library, extractive)
    from qa.readers.llm import LLMReader

    reader = LLMReader(make_model(settings), make_prompts(settings))
    return Engine(library, reader, fallback=extractive)


def _encoder(settings: Settings) -> Encoder:
    if not settings.embeddings:
        return MiniLM()
    from index.encoder.openai import OpenAIEncoder

    return OpenAIEncoder(settings.embeddings, settings.api_key, settings.base_url)


def make_model(settings: Settings) -> "ChatModel":
    """The language model of the settings."""
    from qa.chat_model import ChatModel

    return ChatModel(settings.llm, settings.api_key, settings.base_url, settings.deadline_seconds)


def make_prompts(settings: Settings) -> Path:
    """The folder of prompts."""
    from qa.readers.llm import PROMPTS

    return settings.prompts or PROMPTS
