"""A real browser, for the tests of all that is shown in one."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser; a machine without one skips, but for CI."""
    executable = _executable()
    with sync_playwright() as playwright:
        launch = playwright.chromium.launch
        with launch(executable_path=executable, args=["--no-sandbox"]) as browser:
            yield browser


def with_profile(browser: Browser, folder: Path, preferences: Mapping[str, Any]) -> BrowserContext:
    """The same browser started again, with a profile of its own in this folder."""
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps(preferences))
    return browser.browser_type.launch_persistent_context(
        folder, executable_path=_executable(), args=["--no-sandbox"]
    )


def _executable() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail("chromium is not installed; .ci/run installs it")
    pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
