"""The composition root: settings to a library and an engine. Nothing else names their classes."""

from collections.abc import Iterator
from contextlib import contextmanager

from index.encoder.minilm import MiniLM
from index.library import Library
from index.vectors import Encoder
from qa.engine import Engine
from qa.readers import Reader
from qa.readers.extractive import ExtractiveReader
from qa.settings import Settings


@contextmanager
def open_library(settings: Settings) -> Iterator[Library]:
    """The library in the data folder, closed at the end."""
    library = Library(settings.data, _encoder(settings))
    try:
        yield library
    finally:
        library.close()


def make_engine(settings: Settings, library: Library) -> Engine:
    """The engine over a library: a language model reads if one is named, else the extractive."""
    inside = library.encoder if isinstance(library.encoder, MiniLM) else MiniLM()
    extractive = ExtractiveReader(inside)
    if not settings.llm:
        return Engine(library, extractive)
    return Engine(library, _llm_reader(settings), fallback=extractive)


def _encoder(settings: Settings) -> Encoder:
    if not settings.embeddings:
        return MiniLM()
    from index.encoder.openai import OpenAIEncoder

    return OpenAIEncoder(settings.embeddings, settings.api_key, settings.base_url)


def _llm_reader(settings: Settings) -> Reader:
    from qa.chat_model import ChatModel
    from qa.readers.llm import PROMPTS, LLMReader

    model = ChatModel(settings.llm, settings.api_key, settings.base_url, settings.deadline_seconds)
    return LLMReader(model, settings.prompts or PROMPTS)
