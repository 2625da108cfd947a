"""The composition root: settings to a library and an engine. Nothing else names their classes.

What a command turns out to need is imported when it does: talking to a server takes no indexes.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING

from index.errors import LibraryBusy, LibraryError
from index.lock import owner
from qa.settings import Settings

if TYPE_CHECKING:
    from index.indexes.vector_index import Encoder
    from index.library import Library
    from index.search.retriever import Hit
    from qa.engine import Engine
    from qa.readers.extractive.extractive_reader import Score
    from qa.readers.llm.llm_reader import Model
    from qa.readers.llm.model_client import ChatModel
    from qa.readers.protocol import Reader
    from qa.readers.trained.answering import LargeReader
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
    from index.read_only_library import LibraryReader

    with closing(LibraryReader(settings.data, make_encoder(settings), busy)) as library:
        yield library


def make_local(settings: Settings, library: "Library") -> "Local":
    """The service over a library of this process."""
    from qa.service import Local

    def relevance(question: str, hits: "Sequence[Hit]") -> list[float]:
        from qa.readers.trained.trained_scorer import relevance

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
    from qa.readers.extractive.extractive_reader import ExtractiveReader

    inside = library.encoder if isinstance(library.encoder, MiniLM) else MiniLM()
    extractive = ExtractiveReader(inside, _score(settings))
    if not settings.llm:
        rerank = _rerank if settings.reader == "large" else None
        return Engine(library, extractive, rerank=rerank, strictness=settings.strictness)
    return make_llm_engine(settings, library, make_model(settings), extractive)


def _score(settings: Settings) -> "Score | None":
    """What chooses among sentences; None leaves it to likeness."""
    if settings.reader == "large":
        return _large_reader()
    if settings.reader == "small":
        from qa.readers.trained.trained_scorer import score_by_network

        return partial(score_by_network, _network())
    return None


@cache
def _large_reader() -> "LargeReader":
    """Loaded when first needed."""
    from qa.readers.trained.answering import LargeReader

    return LargeReader()


def make_llm_engine(
    settings: Settings, library: "Library", model: "Model", fallback: "Reader | None"
) -> "Engine":
    """The engine in which this model reads, and rewrites follow-ups; what is found for it is
    ordered anew by the trained reader, if the settings have one."""
    from qa.engine import Engine
    from qa.readers.llm.llm_reader import LLMReader
    from qa.readers.llm.query_rewriting import LLMRewriter

    reader = LLMReader(model, settings.prompts, settings.llm_window)
    rewriter = LLMRewriter(model, settings.prompts)
    rerank = _rerank if settings.rerank and settings.trained_reader else None
    return Engine(
        library,
        reader,
        fallback,
        rewriter,
        settings.deadline_seconds,
        rerank,
        settings.strictness,
    )


def _rerank(question: str, hits: "Sequence[Hit]") -> "Sequence[Hit]":
    from qa.readers.trained.trained_scorer import relevance, reranked

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
    from qa.readers.llm.model_client import ChatModel

    return ChatModel(settings.llm, settings.api_key, settings.base_url)
