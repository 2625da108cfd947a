"""What the browser has kept may be anything: of another version of the page, or of somebody's hand.
A value that cannot be read is dropped, and the page works."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import with_profile
from tests.qa.web.site import QUESTION, Site, Visit

TURN = {"question": "Why?", "state": "stopped"}


def reloaded(page: Page, area: str, name: str, value: str) -> None:
    page.evaluate("([area, name, value]) => window[area].setItem(name, value)", [area, name, value])
    page.reload()
    page.wait_for_selector("#start *")


def works(visit: Visit) -> None:
    """It answers, lists the conversation and changes its theme."""
    visit.ask(QUESTION)
    expect(visit.page.locator(".turn:last-child .chip").first).to_be_visible()
    expect(visit.page.locator("#history a").first).to_have_text(QUESTION)
    visit.page.click("#theme")


@pytest.mark.parametrize(
    ("area", "name", "value"),
    [
        ("localStorage", "qa.theme", "pink"),
        ("localStorage", "qa.theme", ""),
        ("sessionStorage", "qa.key", "ключ\n"),
        ("sessionStorage", "qa.key", ""),
        *(
            ("sessionStorage", "qa.conversations", value)
            for value in (
                "", "{", "null", "7", '"text"', "{}", "[null]", "[7]", '[{"id": "a"}]',
                '[{"id": "a", "turns": null}]', '[{"id": "a", "turns": []}]',
                '[{"id": "a", "turns": [null]}]', '[{"turns": [{"question": "Why?"}]}]',
                '[{"id": "a", "turns": [{"question": {}}]}]',
            )
        ),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_dropped(
    visit: Visit, area: str, name: str, value: str
) -> None:
    reloaded(visit.page, area, name, value)
    expect(visit.page.locator("#history a")).to_have_count(0)
    works(visit)


@pytest.mark.parametrize(
    "turn",
    [
        {"answer": {}},
        {"answer": {"answer": "It sank.", "statements": [], "citations": [None]}},
        {"filters": None},
        {"filters": {"before": "never"}},
        {"text": 7},
        {"problem": {"title": 7}},
    ],
)
def test_a_turn_that_cannot_be_shown_is_dropped(visit: Visit, turn: dict[str, Any]) -> None:
    page = visit.page
    bad = {"question": "Broken?", "state": "failed"} | turn
    held = [{"id": "1-1", "turns": [TURN, bad]}, {"id": "2-2", "turns": [bad]}]
    reloaded(page, "sessionStorage", "qa.conversations", json.dumps(held))
    page.click("#history a[href='#/c/1-1']")
    expect(page.locator(".turn .question")).to_have_text(["Why?"])
    page.click("#history a[href='#/c/2-2']")
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#history a")).to_have_count(1)
    works(visit)


def test_a_browser_that_keeps_nothing(browser: Browser, site: Site, tmp_path: Path) -> None:
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    with with_profile(browser, tmp_path, blocked) as context:
        visit = Visit(context.new_page(), site.url)
        tried = "() => { try { localStorage } catch (error) { return error.name } }"
        assert visit.page.evaluate(tried) == "SecurityError"
        works(visit)
        expect(visit.page.locator("html")).to_have_attribute("data-theme", "light")
        assert visit.faults == []
