"""The view of all articles: files come in, are found, and go."""

from pathlib import Path

from playwright.sync_api import expect

from tests.qa.web.site import Site, Visit, marked


def test_articles_are_added_found_and_deleted(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    good, bad = tmp_path / "kelp.md", tmp_path / "torn.pdf"
    good.write_text(
        "---\ndate: 2030-05-01\n---\n# Kelp returns\n\nThe kelp of Ardnish came back in May. 🌊\n",
        "utf-8",
    )
    bad.write_bytes(b"%PDF-1.4 torn")
    page.click("[data-view=articles]")
    expect(page.locator(".row").first).to_be_visible()
    before = page.locator(".row").count()
    page.click("text=More articles")
    expect(page.locator(".row")).not_to_have_count(before)
    page.set_input_files("#files", [good, bad])
    expect(page.locator("#uploads [data-outcome=added]")).to_contain_text("kelp.md")
    expect(page.locator("#uploads [data-outcome=failed]")).to_contain_text("torn.pdf")

    page.fill("#search-text", "kelp of Ardnish")
    page.click(".row-open:has(.near-quote) >> text=Kelp returns")
    assert "The kelp of Ardnish came back in May. 🌊" in marked(page)
    page.fill("#search-text", "")
    page.click("[aria-label='Delete Kelp returns']")
    page.click("#confirm >> text=Cancel")
    expect(page.locator(".row >> text=Kelp returns")).to_be_visible()
    page.click("[aria-label='Delete Kelp returns']")
    page.click("#confirm-yes")
    expect(page.locator(".row >> text=Kelp returns")).to_have_count(0)
    expect(page.locator("#article")).to_be_hidden()


def test_files_dropped_on_any_view_are_added(site: Site, visit: Visit) -> None:
    page = visit.page
    page.evaluate(
        """() => {
            const dropped = new DataTransfer();
            dropped.items.add(new File(["Otters are back in the Lugg."], "otters.txt"));
            const event = { dataTransfer: dropped, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new DragEvent("dragover", event));
            document.body.dispatchEvent(new DragEvent("drop", event));
        }"""
    )
    expect(page.locator("#uploads [data-outcome=added]")).to_contain_text("otters.txt")
    site.library.remove("otters.txt")


def test_an_empty_library_says_how_to_begin(visit: Visit) -> None:
    page = visit.page
    nothing = {"readers": ["x"], "articles": 0, "passages": 0, "backlog": 0, "sources": []}
    none = {"articles": [], "next": None, "total": 0, "backlog": 0}
    page.route("**/info", lambda route: route.fulfill(json=nothing))
    page.route("**/articles?*", lambda route: route.fulfill(json=none))
    page.reload()
    expect(page.locator("#start")).to_contain_text("There are no articles yet.")
    page.click("#start >> text=Add articles")
    expect(page.locator("#articles-list")).to_contain_text("Drop files here")
