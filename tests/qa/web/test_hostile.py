"""Texts that want to be more than text, and texts whose offsets are easily got wrong."""

import json

import pytest
from playwright.sync_api import Page, expect

from index.model import Article
from tests.qa.web.site import Site, Visit, cited, marked

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '"><iframe src="https://evil.example/"></iframe>',
    "<a href='javascript:alert(1)'>press</a>",
    "![picture](https://evil.example/leak.png)",
    "[press](javascript:alert(1))",
    "</textarea><style>*{background:url(https://evil.example/)}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{constructor.constructor('alert(1)')()}}",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
]


def alive(page: Page) -> dict[str, int]:
    """How many elements there are of the kinds that text must not make."""
    counted: dict[str, int] = page.evaluate(
        """() => Object.fromEntries(
            ["script", "img", "iframe", "object", "embed", "style", "base", "link", "math", "table"]
            .map((tag) => [tag, document.querySelectorAll(tag).length]))"""
    )
    return counted


def hrefs(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    return found


def test_text_stays_text(site: Site, visit: Visit) -> None:
    """Wherever it comes from: an article and what is known of it, a person, a model."""
    page, nasty = visit.page, " ".join(CORPUS)
    before = alive(page)
    fact = f"The harbour of Vexholm {nasty} closed on Friday"
    known = ("javascript:alert(1)", f"By {nasty}", f"A {nasty}")
    site.add(Article(f"id {nasty}", fact, f"Title {nasty}", *known))
    page.reload()
    question = f"Which harbour {nasty} closed?"
    drafts = [(f"Vexholm {text} closed.", "Vexholm") for text in CORPUS]
    site.reader.scripts[question] = [*drafts, (nasty, "")]
    visit.ask(question)
    assert page.locator(".question").text_content() == question
    assert nasty in (page.locator(".answer").text_content() or "")
    page.locator(".answer .chip").first.hover()
    expect(page.locator("#card")).to_contain_text("Vexholm")
    page.locator(".answer .chip").first.click()
    assert marked(page) in fact
    assert page.locator(".article-text").text_content() == fact
    assert page.locator("#article-title").text_content() == f"Title {nasty}"
    page.click("#filters-toggle")
    expect(page.locator("#sources")).to_contain_text(nasty)
    page.click("[data-view=articles]")
    page.fill("#search-text", "harbour of Vexholm")
    expect(page.locator(".row:has(.near-quote)").first).to_contain_text("<script>alert(1)")
    page.fill("#search-text", "")
    page.click(".more")
    page.locator(".row", has_text="Title <script>").get_by_label("Delete").click()
    page.click("#confirm-yes")
    expect(page.locator(".row", has_text="Title <script>")).to_have_count(0)
    page.click("[data-view=ask]")
    page.reload()
    expect(page.locator(".question")).to_have_text(question)
    assert alive(page) == before
    assert all(href.startswith(site.url) for href in hrefs(page))


def test_only_web_addresses_become_links(site: Site, visit: Visit) -> None:
    page = visit.page
    addresses = {"good": "https://example.org/a?b=<c>", "bad": "javascript:alert(1)", "odd": "//x"}
    for name, url in addresses.items():
        site.add(Article(name, f"Words of {name}.", f"The {name} one", url))
    page.reload()
    for name, expected in {
        "good": ["https://example.org/a?b=%3Cc%3E"],
        "bad": [],
        "odd": [],
    }.items():
        page.goto(f"{site.url}/#/articles")
        page.fill("#search-text", f"Words of {name}.")
        page.click(f".row-open:has(.near-quote) >> text=The {name} one")
        expect(page.locator("#article-title")).to_have_text(f"The {name} one")
        page.wait_for_selector("mark.current")
        links = page.locator("#article a")
        assert links.evaluate_all("all => all.map(a => a.href)") == expected
        if expected:
            expect(links).to_have_attribute("rel", "noreferrer noopener")
    for name in addresses:
        site.library.remove(name)


TEXTS = {
    "emoji": "🦊🦊 Foxes 👩‍👩‍👧‍👦 first. The den at Brackwell 🏴󠁧󠁢󠁳󠁣󠁴󠁿 has 5 cubs 🦊. And more 🦊 later.",
    "hebrew": "בוקר טוב 🌅. הנמל בעיר וקסהולם נסגר ביום שישי 🚢. ואחר כך נפתח.",
    "arabic": "صباح الخير 🌅. أُغلِق ميناء فيكسهولم يوم الجمعة 🚢. ثم فُتح من جديد.",
    "combining": "Zoë\u0308 a\u0301 𝔘𝔫𝔦. The cafe\u0301 in Ðun 𝒳 opened in May 𝄞. It closed again.",
    "lines": "First 😀 line.\n\n\n\nThe second one 😀 stands\nover two lines.\n\nThird 😀.",
}
SAID = {
    "emoji": "The den at Brackwell 🏴󠁧󠁢󠁳󠁣󠁴󠁿 has 5 cubs 🦊.",
    "hebrew": "הנמל בעיר וקסהולם נסגר ביום שישי 🚢.",
    "arabic": "أُغلِق ميناء فيكسهولم يوم الجمعة 🚢.",
    "combining": "The cafe\u0301 in Ðun 𝒳 opened in May 𝄞.",
    "lines": "The second one 😀 stands\nover two lines.",
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_mark_is_the_quote_in_any_script(site: Site, visit: Visit, name: str) -> None:
    page = visit.page
    article = Article(f"script-{name}", TEXTS[name], f"Case {name} 🦊", language="")
    site.add(article)
    question = f"Say {SAID[name]}"
    site.reader.scripts[" ".join(question.split())] = [(f"🦊 {SAID[name]}", SAID[name])]
    visit.ask(question)
    (citation,) = cited(site, page)
    assert citation.quote == SAID[name]
    page.click(".answer .chip")
    assert marked(page) == citation.quote
    assert page.locator(".article-text").text_content() == TEXTS[name]
    wanted = "rtl" if name in ("hebrew", "arabic") else "ltr"
    direction = "mark => getComputedStyle(mark.parentElement).direction"
    assert page.locator("mark.current").first.evaluate(direction) == wanted
    site.library.remove(article.id)


def test_every_split_of_a_stream_gives_the_same_events(visit: Visit) -> None:
    stream = (
        ': a comment\r\nid: 1\r\nevent: delta\r\ndata: {"text":\r\ndata: "é 🦊"}\r\n\r\n'
        "event: done\ndata:{}\n\n\n: ping\n\ndata\n\nevent: lost\n\ndata:  two\r\rdata: unfinished"
    )
    whole = [
        {"event": "delta", "data": '{"text":\n"é 🦊"}'},
        {"event": "done", "data": "{}"},
        {"event": "message", "data": ""},
        {"event": "message", "data": " two"},
    ]
    found = visit.page.evaluate(
        """async (stream) => {
            const { EventParser } = await import("/static/sse.js");
            const read = (...chunks) => {
                const parser = new EventParser();
                return chunks.flatMap((chunk) => [...parser.push(chunk)]);
            };
            const places = [...stream.matchAll(/(?:)/g)].map((match) => match.index);
            const halves = places.map((at) => read(stream.slice(0, at), "", stream.slice(at)));
            return [read(stream), read(...stream), ...halves].map((one) => JSON.stringify(one));
        }""",
        stream,
    )
    assert json.loads(found[0]) == whole
    assert set(found) == {found[0]}
