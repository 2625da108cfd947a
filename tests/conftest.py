"""What tests share: one encoder, and one library over the sample articles."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from eval.question_sets import articles_of
from index.encoder.minilm import MiniLM
from index.library import Library
from tests.openai_server import OpenAIServer, serving

settings.register_profile("same", derandomize=True)
settings.register_profile("fuzz", print_blob=True)
settings.load_profile("same")
"""A build goes red for its change, not for its luck; `make fuzz` looks for news."""

SAMPLES = Path(__file__).parent.parent / "eval" / "sets" / "news" / "articles"


@pytest.fixture(scope="session")
def encoder() -> MiniLM:
    return MiniLM()


@pytest.fixture(scope="session")
def samples(encoder: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library that holds the sample articles; not to be changed."""
    library = Library(tmp_path_factory.mktemp("samples"), encoder)
    for row in library.add(articles_of(SAMPLES)):
        assert row.error is None
    for _ in library.embed():
        pass
    yield library
    library.close()


@pytest.fixture
def library(encoder: MiniLM, tmp_path: Path) -> Iterator[Library]:
    """An empty library."""
    library = Library(tmp_path / "library", encoder)
    yield library
    library.close()


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """An OpenAI-compatible server on loopback that plays what a test tells it to."""
    with serving() as server:
        yield server
