"""The page in a real browser: ask, read, see the words behind each sentence."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Request, expect

from index.model import Article
from tests.qa.web.site import ONE, QUESTION, SILENCE, Site, Visit, cited, kept, marked


def test_ask_read_and_see_the_sentence(site: Site, visit: Visit) -> None:
    page = visit.page
    visit.ask(QUESTION)
    citations = cited(site, page)
    chips = page.locator(".answer .chip")
    assert chips.all_text_contents() == [str(citation.n) for citation in citations]

    chips.nth(1).hover()
    card = page.locator("#card")
    expect(card).to_contain_text(citations[1].quote)
    expect(card).to_contain_text(citations[1].title)
    expect(card).to_contain_text("Harbour Wire · 1 Dec 2024")

    chips.nth(1).click()
    assert marked(page) == citations[1].quote
    expect(page.locator("mark.current")).to_be_in_viewport()
    expect(page.locator("mark.current")).to_be_focused()
    expect(chips.nth(1)).to_be_in_viewport()
    page.click("[aria-label='Next citation']")
    expect(page.locator("mark.current")).to_have_attribute("data-n", "3")
    assert marked(page) == citations[2].quote
    whole = site.library.catalog.version(citations[1].article_id).article.text
    assert page.locator(".article-text").text_content() == whole

    page.keyboard.press("Escape")
    expect(page.locator("#article")).to_be_hidden()
    expect(chips.nth(1)).to_be_focused()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_it_streams_and_stops(site: Site, visit: Visit) -> None:
    page, gate = visit.page, threading.Event()
    slowly = f"{QUESTION} Slowly, please."
    site.reader.scripts[slowly] = [("It came with conditions.", ONE), gate, ("More.", ONE)]
    page.fill("#question", slowly)
    page.press("#question", "Enter")
    expect(page.locator(".turn .answer")).to_contain_text("It came with conditions.")
    expect(page.locator("#live")).to_contain_text("It came with conditions.")
    expect(page.locator("#send")).to_have_text("Stop")
    page.keyboard.press("Escape")
    gate.set()
    expect(page.locator(".turn")).to_have_attribute("data-state", "stopped")
    expect(page.locator(".turn .answer")).to_have_text("It came with conditions. 1")
    page.reload()
    expect(page.locator(".turn .answer")).to_have_text("It came with conditions. 1")
    expect(page.locator("#send")).to_have_text("Ask")
    page.click("text=Ask again")
    expect(page.locator(".turn:last-child .answer")).to_contain_text("More.")
    assert cited(site, page)


def test_what_is_not_supported_looks_different(site: Site, visit: Visit) -> None:
    page = visit.page
    many = f"{QUESTION} And how many?"
    said = "It came with 432 conditions from Atlantis."
    site.reader.scripts[many] = [(ONE, ONE), (said, ONE), ("Nobody paid 77 dollars.", "")]
    visit.ask(many)
    doubted = page.locator(".statement.doubted")
    assert [text.rstrip(" 1") for text in doubted.all_text_contents()] == [
        said,
        "Nobody paid 77 dollars.",
    ]
    assert page.locator(".doubt").all_text_contents() == [
        "Not in the cited text: 432, Atlantis",
        "No source cited",
    ]
    expect(page.locator(".statement:not(.doubted)")).to_have_count(1)


def test_the_articles_do_not_say(site: Site, visit: Visit) -> None:
    page = visit.page
    visit.ask(SILENCE)
    expect(page.locator(".answer")).to_have_text("The articles do not say.")
    near = page.locator(".near").first
    quote = near.locator(".near-quote").text_content()
    near.click()
    assert marked(page) == quote


def test_a_near_passage_is_marked_in_the_text_that_was_found(site: Site, visit: Visit) -> None:
    page = visit.page
    visit.ask(SILENCE)
    id_ = kept(page)["nearest"][0]["article_id"]
    found = site.library.catalog.version(id_).article
    try:
        site.add(replace(found, text=f"This line is new.\n\n{found.text}"))
        near = page.locator(".near").first
        quote = near.locator(".near-quote").text_content()
        near.click()
        assert marked(page) == quote
        expect(page.locator(".older")).to_contain_text("It has changed since.")
    finally:
        site.add(found)


def test_follow_ups_carry_the_conversation_and_the_filters(visit: Visit) -> None:
    page = visit.page
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if "/ask" in request.url else None)
    visit.ask(QUESTION)
    answer = kept(page)
    page.click("#filters-toggle")
    page.get_by_label("Harbour Wire").check()
    page.fill("#after", "2024-11-01")
    page.fill("#until", "2024-12-31")
    visit.ask("And what did NATO say?")
    body = sent[1].post_data_json
    assert body["history"] == [{"question": QUESTION, "answer": answer["answer"]}]
    wanted = {"source": ["Harbour Wire"], "after": "2024-11-01", "before": "2025-01-01"}
    assert body["filters"] == wanted
    about = "In Harbour Wire · from 1 Nov 2024 until 31 Dec 2024"
    expect(page.locator(".turn:last-child .about")).to_contain_text(about)
    for title in page.locator(".turn:last-child .source .origin").all_text_contents():
        assert title.startswith("Harbour Wire")


def test_sources_that_disagree_are_named_with_their_chips(site: Site, visit: Visit) -> None:
    page = visit.page
    dead = [Article(f"quay-{n}", f"{n} people died at Ostrel Quay.", f"Quay {n}") for n in (41, 58)]
    site.add(*dead)
    question = "How many people died at Ostrel Quay?"
    site.reader.scripts[question] = [(one.text, one.text) for one in dead]
    visit.ask(question)
    expect(page.locator(".notices")).to_contain_text("disagree")
    page.locator(".notices .chip").last.click()
    assert marked(page) == dead[1].text
    for one in dead:
        site.library.remove(one.id)


def test_an_answer_that_breaks_off_keeps_what_came(visit: Visit) -> None:
    page = visit.page
    citation = {"n": 1, "article_id": "a", "title": "A", "quote": "One.", "source": "S"}
    events = [
        ("meta", {"question": "And?", "standalone_question": "And in Derna?", "reader": "x"}),
        ("citation", citation),
        ("delta", {"text": "One. [1"}),
        ("delta", {"text": "]\n"}),
        ("delta", {"text": "\nTwo [7], and"}),
    ]
    told = "".join(f"event: {name}\r\ndata: {json.dumps(data)}\r\n\r\n" for name, data in events)
    stream = {"body": f"{told}: alive\n\n", "content_type": "text/event-stream"}
    page.route("**/ask?*", lambda route: route.fulfill(**stream))
    visit.ask("And?")
    expect(page.locator(".about")).to_contain_text("Looked up as “And in Derna?”")
    expect(page.locator(".answer p")).to_have_text(["One. 1", "Two [7], and"])
    expect(page.locator(".answer .chip")).to_have_count(1)
    expect(page.locator(".problem")).to_contain_text("The server ended the answer")


def test_a_changed_article_opens_as_it_was_cited(site: Site, visit: Visit) -> None:
    page = visit.page
    site.add(Article("tide", "The tide at Quillmouth reached 4 metres on Monday.", "Quillmouth"))
    visit.ask("How high was the tide at Quillmouth?")
    (citation,) = cited(site, page)
    site.add(Article("tide", "Corrected: it was 3 metres. Sorry.", "Quillmouth"))
    page.click(".answer .chip")
    assert marked(page) == citation.quote
    page.click("text=Show the current text")
    expect(page.locator(".article-text")).to_have_text("Corrected: it was 3 metres. Sorry.")


def test_copies_with_footnotes(site: Site, visit: Visit) -> None:
    page = visit.page
    visit.ask(QUESTION)
    page.click("text=Copy with footnotes")
    expect(page.locator("text=Copied").first).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    first = cited(site, page)[0]
    assert text.startswith(f"{ONE} [1] The first")
    note = f"[1] “{ONE}” {first.title}, Harbour Wire, 1 Dec 2024. {first.url}"
    assert note in text.split("\n\n")[1].splitlines()
    html = page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            return (await item.getType("text/html")).text();
        }"""
    )
    assert "[1]</sup>" in html
    assert f'href="{first.url}"' in html


def test_history_stays_in_the_tab(visit: Visit) -> None:
    page = visit.page
    visit.ask(QUESTION)
    page.click("text=New question")
    expect(page.locator(".turn")).to_have_count(0)
    visit.ask(SILENCE)
    page.reload()
    expect(page.locator(".turn .question")).to_have_text(SILENCE)
    page.click(f"#history >> text={QUESTION}")
    expect(page.locator(".answer .chip")).to_have_count(3)
    page.hover(f"#history >> text={SILENCE}")
    page.click(f"[aria-label='Forget {SILENCE}']")
    expect(page.locator("#history li")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_the_systems_or_the_chosen_one(visit: Visit, scheme: str) -> None:
    page = visit.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = "rgb(250, 249, 246)", "rgb(19, 21, 25)"
    assert page.evaluate(ground) == (light if scheme == "light" else dark)
    page.click("#theme")
    assert page.evaluate(ground) == light
    page.click("#theme")
    assert page.evaluate(ground) == dark
    page.reload()
    assert page.evaluate(ground) == dark


def test_everything_works_from_the_keyboard(visit: Visit) -> None:
    page = visit.page
    page.locator("#theme").focus()
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("One line")
    page.keyboard.press("Shift+Enter")
    assert page.input_value("#question") == "One line\n"
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".answer .chip")).to_have_count(3)
    page.keyboard.press("Shift+Tab")
    page.locator(".answer .chip").first.focus()
    page.keyboard.press("Tab")
    expect(page.locator(".answer .chip").nth(1)).to_be_focused()
    expect(page.locator("#card")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("mark.current")).to_be_focused()
    page.reload()
    page.focus("#skip")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_on_a_phone_the_article_is_a_sheet(browser: Browser, site: Site) -> None:
    size = {"width": 390, "height": 844}
    with browser.new_context(
        viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce"
    ) as context:  # type: ignore[arg-type]
        page = context.new_page()
        visit = Visit(page, site.url)
        visit.ask(QUESTION)
        page.locator(".answer .chip").nth(1).tap()
        assert marked(page) == cited(site, page)[1].quote
        expect(page.locator("mark.current")).to_be_in_viewport()
        assert page.locator("#article").evaluate("panel => panel.matches(':modal')")
        box = page.locator("#article").bounding_box()
        assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
        page.tap("[aria-label='Close the article']")
        word = "W" * 90
        site.add(Article("long", f"{word}.", word, source=word, published_at=datetime.now(UTC)))
        for address in ["#/", "#/articles"]:
            page.goto(site.url + "/" + address)
            page.reload()
            page.locator(".title:visible", has_text=word).first.wait_for()
            main = page.locator("#main")
            assert main.evaluate("main => main.scrollWidth - main.clientWidth") == 0
        site.library.remove("long")
        assert visit.faults == []
