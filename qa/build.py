"""The composition root: settings to a library and an engine. Nothing else names their classes."""

from collections.abc import Iterator
from contextlib import contextmanager

from index.encoder.minilm import MiniLM
from index.library import Library
from qa.engine import Engine
from qa.readers.extractive import ExtractiveReader
from qa.settings import Settings


@contextmanager
def open_library(settings: Settings) -> Iterator[Library]:
    """The library in the data folder, closed at the end."""
    library = Library(settings.data, MiniLM())
    try:
        yield library
    finally:
        library.close()


def make_engine(settings: Settings, library: Library) -> Engine:
    """The engine over a library, with the reader that the settings ask for."""
    return Engine(library, ExtractiveReader(library.encoder))
