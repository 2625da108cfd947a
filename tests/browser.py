"""A real browser, for the tests of all that is shown in one."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser; a machine without one skips, but for CI."""
    executable = _executable()
    with sync_playwright() as playwright:
        launch = playwright.chromium.launch
        with launch(executable_path=executable, args=["--no-sandbox"]) as browser:
            yield browser


def _executable() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail("chromium is not installed; .ci/run installs it")
    pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
