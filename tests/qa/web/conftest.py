"""A real browser, and a real server over real articles whose reader says what a test tells it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article
from index.sources import read
from qa.readers.extractive.extractive_reader import ExtractiveReader
from tests.api_server import serving
from tests.browser import chromium
from tests.conftest import SAMPLES
from tests.qa.web.site import Scripted, Site, Visit


@pytest.fixture(scope="package")
def site(encoder: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Some of the sample articles and more than fit one page. Tests leave it as they find it."""
    data = tmp_path_factory.mktemp("page")
    library = Library(data / "library", encoder)
    reader = Scripted(ExtractiveReader(encoder))
    with serving(library, data, reader) as served:
        site = Site(served, reader, library)
        site.add(
            *(item for item in read(sorted(SAMPLES.glob("nato*"))) if isinstance(item, Article))
        )
        site.add(*(Article(f"tide-{n}", f"High water at {n}.", f"Tide {n}") for n in range(30)))
        yield site
    library.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """A desktop window with an empty conversation. No error, no dialog, no request elsewhere."""
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        visit = Visit(context.new_page(), site.url)
        yield visit
        assert visit.faults == []
        assert visit.foreign == []
