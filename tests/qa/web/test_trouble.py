"""What the page says when something is in the way, and how one goes on from there."""

from playwright.sync_api import expect

from index.errors import LibraryError, ModelError
from tests.qa.web.site import QUESTION, Site, Visit


def test_a_page_of_two_versions_is_not_put_together(site: Site) -> None:
    for path in ("/", "/static/app.js", "/static/base.css"):
        first = site.served.http.get(path)
        assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    again = site.served.http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_too_many_requests_says_when_to_come_again(visit: Visit) -> None:
    page = visit.page
    told = {"title": "Slow down", "detail": "too many questions", "status": 429}
    headers = {"Retry-After": "1", "Content-Type": "application/problem+json"}
    page.route("**/ask?*", lambda route: route.fulfill(status=429, json=told, headers=headers))
    visit.ask(QUESTION)
    expect(page.locator(".problem")).to_contain_text("Too many questions.")
    again = page.locator(".problem button")
    expect(again).to_be_disabled()
    expect(again).to_have_text("Try again in 1 s")
    expect(again).to_be_enabled()
    page.unroute("**/ask?*")
    again.click()
    expect(page.locator(".turn:last-child .chip").first).to_be_visible()


def test_a_key_is_asked_for_and_stays_out_of_addresses(site: Site, visit: Visit) -> None:
    page = visit.page
    secret = site.served.keys.add("joe", "ask")
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    expect(page.locator("#key-text")).not_to_be_empty()
    page.fill("#key-value", f"{secret}\u200b")  # no header can carry it
    page.press("#key-value", "Enter")
    page.click(".problem button")
    expect(page.locator("#key")).to_be_visible()
    page.fill("#key-value", secret)
    page.press("#key-value", "Enter")
    expect(page.locator(".answer .chip").first).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('qa.key')") == secret
    page.click("[data-view=articles]")
    page.locator(".row .icon-button").first.click()
    page.click("#confirm-yes")
    expect(page.locator(".row .problem")).to_be_visible()
    assert not any(secret in address for address in [*addresses, page.url])
    site.served.keys.remove("joe")


def test_a_server_that_is_gone_is_told(visit: Visit) -> None:
    page = visit.page
    page.route("**/ask?*", lambda route: route.abort())
    visit.ask(QUESTION)
    expect(page.locator(".problem-title")).to_have_text("The server does not answer.")
    expect(page.locator(".problem")).to_contain_text("It may have been stopped")
    page.unroute("**/ask?*")
    page.click(".problem button")
    expect(page.locator(".turn:last-child .chip").first).to_be_visible()


def test_an_answer_that_is_not_the_servers_is_told(visit: Visit) -> None:
    page = visit.page
    page.route("**/articles?*", lambda route: route.fulfill(body="<p>Please log in</p>"))
    page.click("[data-view=articles]")
    expect(page.locator(".problem-title")).to_have_text("This is not the server’s answer.")


def test_another_reader_steps_in_for_a_model_that_fails(site: Site, visit: Visit) -> None:
    away = f"{QUESTION} Away."
    site.reader.scripts[away] = [ModelError("the model is away", "try later")]
    expect(visit.page.locator("#reader option")).to_have_text(["scripted", "extractive"])
    visit.ask(away)
    expect(visit.page.locator(".turn .chip").first).to_be_visible()
    expect(visit.page.locator(".problem")).to_have_count(0)
    expect(visit.page.locator(".notices")).to_contain_text("the model is away")


def test_what_nobody_steps_in_for_is_told(site: Site, visit: Visit) -> None:
    site.reader.scripts["Broken?"] = [LibraryError("the disk is away", "put it back")]
    visit.ask("Broken?")
    expect(visit.page.locator(".problem")).to_contain_text("The disk is away.")
    expect(visit.page.locator(".problem")).to_contain_text("Put it back.")
