"""The composition root: settings to a library and an engine. Nothing else names their classes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from index.encoder.minilm import MiniLM
from index.library import Library
from index.vectors import Encoder
from qa.engine import Engine
from qa.readers import Reader
from qa.readers.extractive import ExtractiveReader
from qa.service import Local, Service
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.chat_model import ChatModel
    from qa.readers.llm import Model


@contextmanager
def open_library(settings: Settings) -> Iterator[Library]:
    """The library in the data folder, closed at the end."""
    library = Library(settings.data, make_encoder(settings))
    try:
        yield library
    finally:
        library.close()


@contextmanager
def open_service(settings: Settings) -> Iterator[Service]:
    """The library in the data folder with the engine over it, closed at the end."""
    with open_library(settings) as library:
        yield Local(library, lambda: make_engine(settings, library))


def make_engine(settings: Settings, library: Library) -> Engine:
    """The engine over a library: a language model reads if one is named, else the extractive."""
    inside = library.encoder if isinstance(library.encoder, MiniLM) else MiniLM()
    extractive = ExtractiveReader(inside)
    if not settings.llm:
        return Engine(library, extractive)
    return make_llm_engine(settings, library, make_model(settings), extractive)


def make_llm_engine(
    settings: Settings, library: Library, model: "Model", fallback: Reader | None
) -> Engine:
    """The engine in which this model reads, and rewrites follow-ups."""
    from qa.conversation import LLMRewriter
    from qa.readers.llm import LLMReader

    reader = LLMReader(model, settings.prompts, settings.llm_window)
    rewriter = LLMRewriter(model, settings.prompts)
    return Engine(library, reader, fallback, rewriter, settings.deadline_seconds)


def make_encoder(settings: Settings) -> Encoder:
    """The encoder of the settings: the one inside, unless another is named."""
    if not settings.embeddings:
        return MiniLM()
    from index.encoder.openai import OpenAIEncoder

    return OpenAIEncoder(settings.embeddings, settings.api_key, settings.base_url)


def make_model(settings: Settings) -> "ChatModel":
    """The language model of the settings."""
    from qa.chat_model import ChatModel

    return ChatModel(settings.llm, settings.api_key, settings.base_url)
