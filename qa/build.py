"""The composition root: settings to a library and an engine. Nothing else names their classes.

What a command turns out to need is imported when it does: talking to a server takes no indexes.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from index.errors import LibraryBusy, LibraryError
from index.lock import owner
from qa.settings import Settings

if TYPE_CHECKING:
    from index.library import Library
    from index.retrieve import Hit
    from index.vectors import Encoder
    from qa.chat_model import ChatModel
    from qa.engine import Engine
    from qa.readers import Reader
    from qa.readers.llm import Model
    from qa.readers.trained.cross_encoder import CrossEncoder
    from qa.service import Local, Service


@contextmanager
def open_library(settings: Settings, url: str = "", *, make: bool = False) -> "Iterator[Library]":
    """The library in the data folder, closed at the end; `url` is where others can ask it.

    LibraryError if there is none, unless it is to be made.
    """
    from index.library import Library

    if not make and not (settings.data / "catalog.sqlite").exists():
        raise LibraryError(
            f"there is no library in {settings.data}",
            "`qa add PATH` makes one there; --data or QA_DATA names another folder",
        )
    library = Library(settings.data, make_encoder(settings), url)
    try:
        yield library
    finally:
        library.close()


@contextmanager
def open_service(
    settings: Settings, *, make: bool = False, reading: bool = False
) -> "Iterator[Service]":
    """The server that is named or that owns the data folder; else the folder's own library.

    Closed at the end. If a process owns the folder that is no server, it is opened to be read if
    `reading` is all that is wanted, else LibraryBusy. LibraryError if there is no library, unless
    it is to be made.
    """
    busy = None if settings.server else owner(settings.data)
    if url := settings.server or (busy.url if busy else ""):
        from qa.client import Client

        with Client(url, settings.key) as client:
            yield client
    elif busy and not reading:
        raise busy
    else:
        opened = _open_reader(settings, busy) if busy else open_library(settings, make=make)
        with opened as library:
            if not busy and library.former_vectors:
                library.embed_behind()
            yield make_local(settings, library)


@contextmanager
def _open_reader(settings: Settings, busy: LibraryBusy) -> "Iterator[Library]":
    from index.reader import LibraryReader

    with closing(LibraryReader(settings.data, make_encoder(settings), busy)) as library:
        yield library


def make_local(settings: Settings, library: "Library") -> "Local":
    """The service over a library of this process."""
    from qa.service import Local

    def relevance(question: str, hits: "Sequence[Hit]") -> list[float]:
        from qa.readers.trained.reading import relevance

        return relevance(_network(), question, hits)

    return Local(
        library,
        lambda: make_engine(settings, library),
        relevance if settings.trained_reader else None,
    )


@cache
def _network() -> "CrossEncoder":
    """The trained reader's, loaded when first needed."""
    from qa.readers.trained.cross_encoder import CrossEncoder

    return CrossEncoder()


def make_engine(settings: Settings, library: "Library") -> "Engine":
    """The engine over a library: a language model reads if one is named, else the extractive."""
    from index.encoder.minilm import MiniLM
    from qa.engine import Engine
    from qa.readers.extractive import ExtractiveReader

    inside = library.encoder if isinstance(library.encoder, MiniLM) else MiniLM()
    extractive = ExtractiveReader(inside, _network() if settings.trained_reader else None)
    if not settings.llm:
        return Engine(library, extractive)
    return make_llm_engine(settings, library, make_model(settings), extractive)


def make_llm_engine(
    settings: Settings, library: "Library", model: "Model", fallback: "Reader | None"
) -> "Engine":
    """The engine in which this model reads, and rewrites follow-ups; what is found for it is
    ordered anew by the trained reader, if the settings have one."""
    from qa.conversation import LLMRewriter
    from qa.engine import Engine
    from qa.readers.llm import LLMReader

    reader = LLMReader(model, settings.prompts, settings.llm_window)
    rewriter = LLMRewriter(model, settings.prompts)
    rerank = _rerank if settings.rerank and settings.trained_reader else None
    return Engine(library, reader, fallback, rewriter, settings.deadline_seconds, rerank)


def _rerank(question: str, hits: "Sequence[Hit]") -> "Sequence[Hit]":
    from qa.readers.trained.reading import relevance, reranked

    return reranked(hits, relevance(_network(), question, hits))


def make_encoder(settings: Settings) -> "Encoder":
    """The encoder of the settings: the one inside, unless another is named."""
    if not settings.embeddings:
        from index.encoder.minilm import MiniLM

        return MiniLM()
    from index.encoder.openai import OpenAIEncoder

    return OpenAIEncoder(settings.embeddings, settings.api_key, settings.base_url)


def make_model(settings: Settings) -> "ChatModel":
    """The language model of the settings."""
    from qa.chat_model import ChatModel

    return ChatModel(settings.llm, settings.api_key, settings.base_url)
