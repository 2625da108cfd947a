"""Servers: one over the sample articles, others as a test wants them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from index.library import Library
from tests.api_server import Serve, Served, serving


@pytest.fixture(scope="session")
def served(samples: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over the sample articles; not to be changed."""
    with serving(samples, tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture
def serve(samples: Library, tmp_path: Path) -> Iterator[Serve]:
    """Starts servers over the sample articles, or over `library`, in the way a test wants."""
    with ExitStack() as stack:
        yield lambda reader=None, library=samples, **settings: stack.enter_context(
            serving(library, tmp_path, reader, **settings)
        )
