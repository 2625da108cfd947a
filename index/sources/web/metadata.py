"""What a page says of itself where trafilatura would guess or lose a part: its address, when it
was published, and its language."""

import re
from urllib.parse import urljoin, urlsplit

import lxml.html  # type: ignore[import-untyped]

HOME = re.compile(r"/?((index|default|home)(\.\w+)?|[a-z]{2}([-_][a-z]{2})?)?/?", re.IGNORECASE)
"""The path of a site's home page, or of the one of a language."""

OG_URL = "//meta[@property='og:url' or @name='og:url']/@content"

STATED = (
    *("article:published_time", "og:article:published_time", "og:published_time"),
    *("parsely-pub-date", "pubdate", "publishdate", "publish-date", "publish_date"),
    *("publication_date", "sailthru.date", "dc.date.issued", "dc.date", "date"),
)
"""Names of <meta> elements with the date, the most exact first."""

_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"\\]+)"')


def address(page: lxml.html.HtmlElement) -> str:
    """The page's own address, "" if it says none: that of the site's home page, which templates
    put into `<base>`, `og:url` or even the canonical link of every page, is not the article's."""
    base = page.xpath("string(//base/@href)")
    links = [
        link for link in page.iter("link") if "canonical" in link.get("rel", "").lower().split()
    ]
    said = [*(link.get("href", "") for link in links), *page.xpath(OG_URL)]
    found = (urljoin(base, url.strip()) for url in said if url.strip())
    return next(filter(_is_of_an_article, found), "")


def _is_of_an_article(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_home = HOME.fullmatch(parts.path) and not parts.query
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not is_home


def published(page: lxml.html.HtmlElement) -> str:
    """The date as the page states it for machines, "" if it does not."""
    metas = {
        _name(meta): meta.get("content", "").strip() for meta in reversed([*page.iter("meta")])
    }
    stated = [metas[name] for name in STATED if metas.get(name)]
    scripts = (script.text or "" for script in page.iter("script"))
    linked = [found[1] for text in scripts if (found := _JSON_DATE.search(text))]
    items = page.xpath("//*[@itemprop='datePublished']/@*[name()='content' or name()='datetime']")
    exact = [metas[name] for name in STATED[:3] if metas.get(name)]
    return next(filter(None, map(str.strip, [*exact, *linked, *items, *stated])), "")


def _name(meta: lxml.html.HtmlElement) -> str:
    return str(meta.get("property") or meta.get("name") or "").lower()


def language(page: lxml.html.HtmlElement) -> str:
    """The code that the page declares, "" if it has none."""
    said = {
        (meta.get("http-equiv") or _name(meta)).lower(): meta.get("content")
        for meta in page.iter("meta")
    }
    codes = (page.get("lang"), page.get("xml:lang"), said.get("content-language"))
    found = (str(code or "").strip() for code in (*codes, said.get("og:locale")))
    return next(filter(None, found), "")
