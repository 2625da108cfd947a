"""axe-core over every view, in both themes and on a phone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.qa.web.site import ONE, QUESTION, SILENCE, Site, Visit, marked

DOUBTFUL = f"{QUESTION} And how many?"


def violations(page: Page) -> list[str]:
    """What axe-core finds, with the elements."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.fixture(params=["light", "dark", "phone"])
def themed(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Visit]:
    phone = request.param == "phone"
    with browser.new_context(
        color_scheme="dark" if request.param == "dark" else "light",
        viewport={"width": 390, "height": 844} if phone else {"width": 1360, "height": 860},
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        yield Visit(page, site.url)


def test_no_view_has_a_barrier(site: Site, themed: Visit) -> None:
    page = themed.page
    page.wait_for_selector(".newest")
    assert violations(page) == []
    site.reader.scripts[DOUBTFUL] = [(ONE, ONE), ("From Atlantis came 4,321.", ONE)]
    themed.ask(DOUBTFUL)
    themed.ask(SILENCE)
    page.click("#filters-toggle")
    page.get_by_role("checkbox", name="Harbour Wire").check()
    assert violations(page) == []
    page.click("[aria-label='Remove filter Harbour Wire']")
    page.route("**/ask?*", lambda route: route.abort())
    themed.ask("Are you there?")
    page.unroute("**/ask?*")
    themed.ask(QUESTION)
    page.locator(".turn:last-child .chip").first.click()
    marked(page)
    assert violations(page) == []
    page.click("[aria-label='Close the article']")
    page.goto(f"{site.url}/#/articles")
    page.wait_for_selector(".row")
    assert violations(page) == []
    page.locator(".row .icon-button").first.click()
    assert violations(page) == []
    page.click("#confirm >> text=Cancel")
    page.fill("#search-text", "NATO")
    page.wait_for_selector(".row .near-quote")
    assert violations(page) == []


def test_the_drawer_of_a_phone_has_no_barrier(browser: Browser, site: Site) -> None:
    size = {"width": 390, "height": 844}
    with browser.new_context(viewport=size, reduced_motion="reduce") as context:  # type: ignore[arg-type]
        page = context.new_page()
        visit = Visit(page, site.url)
        visit.ask(QUESTION)
        page.click(".menu")
        page.wait_for_selector("#rail:popover-open")
        assert violations(page) == []
        page.click(".close-rail")
        assert not page.locator("#rail").is_visible()
