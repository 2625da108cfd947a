"""A real browser, and a real server over real articles whose reader says what a test tells it."""

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article
from index.sources import read
from qa.api.app import make_app
from qa.api.server import address
from qa.engine import Engine
from qa.readers.extractive import ExtractiveReader
from qa.service import Local
from qa.settings import Settings
from tests.conftest import SAMPLES
from tests.qa.web.site import Scripted, Site, Visit


@pytest.fixture(scope="session")
def site(encoder: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample articles, served on loopback. Tests add to it and take nothing away."""
    data = tmp_path_factory.mktemp("page")
    library = Library(data, encoder)
    reader = Scripted(ExtractiveReader(encoder))
    app = make_app(Local(library, lambda: Engine(library, reader)), Settings(data))
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    with config.bind_socket() as bound:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        served = Site(address(bound), library, reader)
        served.add(*(item for item in read([SAMPLES]) if isinstance(item, Article)))
        yield served
        server.should_exit = True
        thread.join()
    library.close()


def _chromium() -> str:
    """Where the system's browser is; a machine without one skips, but for CI."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail("chromium is not installed; .ci/run installs it")
    pytest.skip("chromium is not installed (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """A desktop window with an empty conversation. No error, no dialog, no request elsewhere."""
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        visit = Visit(context.new_page(), site.url)
        yield visit
        assert visit.faults == []
        assert visit.foreign == []
