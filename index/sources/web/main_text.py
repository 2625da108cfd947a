"""The article in a page's tree: all of it, and nothing else of the page.

trafilatura extracts, and knows what advertisements, comments and related links are called. What it
does not do is done here, before it and after: it reads what the page hides, takes the first block
of an article that has several, and where an article is short takes the longest text of the page.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import islice, takewhile

import lxml.html  # type: ignore[import-untyped]
from lxml.etree import iterwalk  # type: ignore[import-untyped]
from lxml.html import HtmlElement as Element
from trafilatura import bare_extraction
from trafilatura.htmlprocessing import prune_unwanted_nodes
from trafilatura.settings import Document
from trafilatura.xpaths import OVERALL_DISCARD_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

FURNITURE = (
    *("head", "script", "style", "noscript", "template", "nav", "header", "footer", "aside"),
    "form",
)
BLOCKS = (
    *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "h1", "h2"),
    *("h3", "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre", "section", "table", "td"),
    *("th", "tr", "ul"),
)
MAIN = ("article", "main", "h1")

ASIDE = (*FURNITURE, "figure", "button", "dialog")
"""What holds no prose of an article."""

_HIDES = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|(?:content-)?visibility\s*:\s*(?:hidden|collapse))", re.I
)
_CONSENT = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|cmp|onetrust|didomi|usercentrics|truste|cookiebot"
    r"|cybot\w*|qc-cmp\w*|sp_message\w*)(?:$|[\s_-])|cookie-?(?:banner|notice|bar|law|wall)",
    re.IGNORECASE,
)
_AD = re.compile(r"(?:^|[\s_-])(?:ads?|advert\w*|adslot)(?:$|[\s_-])", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")

MIN_PROSE_CHARS = 40
"""A shorter paragraph may be a label."""

MAX_LINK_SHARE = 0.5

KEY_CHARS = 40
"""A paragraph is known by so many letters and digits of its beginning."""

ENOUGH = 0.9
"""The share of a container's prose in a text that has it whole, and of a text that is of it."""

ALMOST_ALL = 0.8
"""The share of the prose of all articles in the one that is the page's; the rest are teasers."""

WRAPPERS = 3
"""So many elements around each block of an article are looked at."""


def article_text(page: Element) -> str:
    """The text of the page's article, a block a line; "" if there is no text at all.

    The tree is changed: what does not belong to any article is taken out of it.
    """
    _drop(_hidden(page))
    _drop(_banners(page))
    _drop(_advertisements(page))
    _drop(_others(page))
    found = _extracted(page)
    container = _container(page, found)
    if container is not None:
        found = _whole(container, found)
    return found.strip() or words(page)


def words(root: Element) -> str:
    """All words of <body> outside its furniture, a block a line."""
    body = root.find("body")
    parts: list[str] = []
    walk = iterwalk(root if body is None else body, events=("start", "end"))
    for event, element in walk:
        if element.tag in BLOCKS:
            parts.append("\n")
        if element.tag in FURNITURE and event == "start":
            walk.skip_subtree()
        else:
            parts.append((element.text if event == "start" else element.tail) or "")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _extracted(page: Element) -> str:
    found = bare_extraction(page, include_comments=False)
    return found.text or "" if isinstance(found, Document) else ""


def _drop(elements: Iterable[Element]) -> None:
    """Take elements out of their tree; the text behind them stays."""
    for element in list(elements):
        if element.getparent() is not None:
            element.drop_tree()


def _hidden(page: Element) -> Iterator[Element]:
    return (element for element in page.iterdescendants() if _is_hidden(element))


def _is_hidden(element: Element) -> bool:
    """Whether a browser shows it not. A script may show the body later, and the page behind an
    open dialog is `aria-hidden`, and seen."""
    if element.tag == "body":
        return False
    if (
        element.tag in ("template", "noscript")
        or element.get("hidden", "until-found") != "until-found"
    ):
        return True
    if _HIDES.search(element.get("style", "")):
        return True
    if element.tag == "dialog":
        return "open" not in element.attrib
    return element.get("aria-hidden") == "true" and not _holds_main(element)


def _holds_main(element: Element) -> bool:
    return element.tag in MAIN or next(element.iterdescendants(*MAIN), None) is not None


def _banners(page: Element) -> Iterator[Element]:
    """What asks for consent, or is a dialog, and stands beside the article."""
    for element in page.iterdescendants("div", "section", "aside", "dialog", "form"):
        name = f"{element.get('class', '')} {element.get('id', '')}"
        asks = (
            _CONSENT.search(name) and next(element.iter("button", "a", "input"), None) is not None
        )
        is_dialog = element.get("role") in ("dialog", "alertdialog") or element.tag == "dialog"
        if (asks or is_dialog) and not _holds_main(element) and not _is_in(element, MAIN):
            yield element


def _advertisements(page: Element) -> Iterator[Element]:
    """What is named so, and is not the article's own frame with room for some."""
    most = _chars(page) / 2
    for element in page.iterdescendants("div", "section", "p", "span", "ins"):
        if _AD.search(_names(element)) and not _holds_main(element) and _chars(element) <= most:
            yield element


def _names(element: Element) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"


def _is_in(element: Element, tags: tuple[str, ...]) -> bool:
    return next(element.iterancestors(*tags), None) is not None


def _prose(root: Element) -> list[Element]:
    """Its paragraphs that are neither short nor links, nor in what stands beside an article."""
    return [element for element in root.iter("p") if _is_prose(element, root)]


def _is_prose(element: Element, root: Element) -> bool:
    chars = len(_line(element))
    linked = sum(len(_line(link)) for link in element.iter("a"))
    within = takewhile(lambda outer: outer is not root, element.iterancestors())
    beside = any(outer.tag in ASIDE for outer in within)
    return chars >= MIN_PROSE_CHARS and linked <= MAX_LINK_SHARE * chars and not beside


def _line(element: Element) -> str:
    return " ".join(element.text_content().split())


def _chars(root: Element) -> int:
    return sum(len(_line(paragraph)) for paragraph in _prose(root))


def _others(page: Element) -> Iterator[Element]:
    """Teasers of other stories, and those that follow the first on an endless page."""
    articles = _outermost(page, "article")
    teasers = [one for one in articles if _is_teaser(one)]
    if _chars(page) > sum(map(_chars, teasers)):  # else it is a list of them
        yield from teasers
    yield from [one for one in articles if next(one.iter("h1"), None) is not None][1:]


def _outermost(page: Element, tag: str) -> list[Element]:
    return [one for one in page.iter(tag) if not _is_in(one, (tag, "nav", "aside", "footer"))]


def _is_teaser(article: Element) -> bool:
    """Whether its heading is a link to the story, of which it has a paragraph or two."""
    headings = article.iter("h1", "h2", "h3", "h4")
    linked = any(next(heading.iter("a"), None) is not None for heading in headings)
    return (linked or article.getparent().tag == "a") and len(_prose(article)) <= 2


def _container(page: Element, found: str) -> Element | None:
    """What holds the whole article and little else, if the page's markup tells."""
    text = _key(found)
    known = [one for one in _prose(page) if _key(_line(one))[:KEY_CHARS] in text]
    parts = _marked(page) or _blocks_like(page, known)
    beside = [one for one in known if not any(part in parts for part in one.iterancestors())]
    if parts and len(beside) > sum(len(_prose(part)) for part in parts):
        parts += beside  # the story goes on outside of what is marked as its article
    return _together(parts) if parts else None


def _marked(page: Element) -> list[Element]:
    """The <article> or <main> that has the prose; several, if they are the posts of a live blog."""
    main = [one for one in page.iter("main") if _chars(one)][:1]
    articles = [one for one in _outermost(page, "article") if _chars(one)]
    best = max(articles, key=_chars, default=None)
    if best is None:
        return main
    if _chars(best) >= ALMOST_ALL * sum(map(_chars, articles)):
        articles = [best]
    is_all = not main or sum(map(_chars, articles)) >= ALMOST_ALL * _chars(main[0])
    return articles if is_all else main


def _blocks_like(page: Element, known: list[Element]) -> list[Element]:
    """The blocks of an article of which one has the paragraphs `known`: they are of its class."""
    if not known:
        return []
    block = _common(known)
    for element in islice((block, *block.iterancestors()), WRAPPERS):
        name = element.get("class")
        like = [one for one in page.iter(element.tag) if name and one.get("class") == name]
        outer = [one for one in like if not set(like) & {*one.iterancestors()} and _prose(one)]
        if len(outer) > 1:
            return outer
    return []


def _common(elements: list[Element]) -> Element:
    """The innermost element around all of them."""
    around = [[*reversed([*one.iterancestors()])] for one in elements]
    return [level[0] for level in zip(*around, strict=False) if len(set(level)) == 1][-1]


def _together(parts: list[Element]) -> Element:
    """The one part, or a copy of what stands from the first to the last of them."""
    if len(parts) == 1:
        return parts[0]
    around = _common(parts)
    held = {one for part in parts for one in (part, *part.iterancestors())}
    places = [place for place, child in enumerate(around) if child in held]
    together = lxml.html.Element("article")
    together.extend(map(deepcopy, around[places[0] : places[-1] + 1]))
    return together


def _whole(container: Element, found: str) -> str:
    """`found`, if that is the prose of the container; else the container's own text."""
    alone = _cleaned(container)
    prose = [_key(_line(one))[:KEY_CHARS] for one in _prose(alone)]
    inside = _key(alone.text_content())
    strange = [line for line in found.splitlines() if _key(line)[:KEY_CHARS] not in inside]
    is_of_it = sum(map(len, strange)) <= (1 - ENOUGH) * len(found)
    if not prose or (_share(prose, found) >= ENOUGH and is_of_it):
        return found
    text = _extracted(_page_of(alone))
    return text if _share(prose, text) >= ENOUGH else words(alone)


def _share(keys: list[str], text: str) -> float:
    """How many of the paragraphs with these keys are in the text, 0 to 1."""
    known = _key(text)
    return sum(key in known for key in keys) / len(keys)


def _key(text: str) -> str:
    return _NO_WORD.sub("", text)


def _cleaned(container: Element) -> Element:
    """A copy without comments and what trafilatura takes for no text."""
    copied = deepcopy(container)
    copied.tail = None
    _drop(copied.iterdescendants("nav", "aside", "footer", "form", "figure", "button"))
    prune_unwanted_nodes(copied, OVERALL_DISCARD_XPATH, with_backup=True)
    return prune_unwanted_nodes(copied, REMOVE_COMMENTS_AND_LISTS_XPATH)


def _page_of(container: Element) -> Element:
    """A page that is that container: an <article> without names that trafilatura would go by."""
    article = lxml.html.Element("article")
    article.extend(map(deepcopy, container))
    article.text = container.text
    for element in article.iterdescendants():
        for name in {"class", "id", "role", "itemprop", "style"} & set(element.attrib):
            del element.attrib[name]
    page = lxml.html.document_fromstring("<html><body></body></html>")
    page.find("body").append(article)
    return page
