"""The article in a page: all of it, without what stands around it or is hidden."""
# ruff: noqa: E501

import pytest

CONSENT = (
    "<p>Drop: we and our 842 partners store and access information on your device, such as cookies,"
    " and process personal data to show personalised content and to measure audiences.</p>"
) * 6


def keep(*numbers: int) -> str:
    """Paragraphs that belong to the article."""
    return "".join(
        f"<p>Keep {n}: the harbour council heard speaker {n} on Monday evening, and the speaker asked"
        f" that ferry number {n} should go on as before while the pier is closed for work.</p>"
        for n in numbers
    )


def drop(*numbers: int) -> str:
    """Paragraphs that do not."""
    return "".join(
        f"<p>Drop {n}: nobody who asks what the council decided wants to read this line {n}, which"
        " stands on every page of the site and speaks of something else altogether.</p>"
        for n in numbers
    )


def teaser(number: int) -> str:
    return f'<article class="card"><h3><a href="/{number}">Drop</a></h3>{drop(number)}</article>'


AD = '<div class="ad">Drop: Advertisement</div>'
H1 = "<h1>Pier to close</h1>"

PAGES = {
    "hidden in every way": f"""<article>{H1}{keep(1)}<p hidden>Drop</p><p aria-hidden="true">Drop</p>
        <div style="color: red; Display : NONE">{drop(1)}</div>
        <p style="visibility:hidden">Drop</p><template>{drop(2)}</template>
        <noscript>{drop(3)}</noscript><dialog>{drop(4)}</dialog>{keep(2, 3)}</article>""",
    "hidden, with text behind it": f"<article>{H1}{keep(1)}"
    "<p><span hidden>Drop</span>Keep 2: what stands behind a hidden word is seen.</p></article>",
    "a page behind an open dialog": f"""<div aria-hidden="true"><main>{H1}{keep(1, 2, 3)}</main></div>
        <div role="dialog" aria-modal="true">{drop(1)}</div>""",
    "a body that a script will show": f"<article>{H1}{keep(1, 2, 3)}</article>",
    "two blocks of one article": f"""<article class="article main-content">{H1}<div class="row">
        <div class="article__body">{keep(1, 2, 3)}</div></div>{AD}<div class="row">
        <div class="article__body">{keep(4, 5, 6)}</div></div></article>""",
    "blocks without an <article>": f"""<div class="page">{H1}<div class="article-body">{keep(1, 2)}
        </div>{AD}<div class="article-body">{keep(3)}</div>{AD}<div class="article-body">{keep(4, 5)}
        </div></div><div class="footer">{drop(1)}</div>""",
    "sections with advertisements between": "<div class='page'>"
    + "".join(f"<div class='longform'><div class='content'>{keep(n, n + 1)}</div></div>{AD}"
              for n in (1, 3, 5, 7))
    + "</div>",
    "sections right in the body": "".join(
        f"<div class='longform'><div class='content'>{keep(n, n + 1)}</div></div>{AD}" for n in (1, 3)
    ) + f"<div class='comments' id='comments'>{drop(1)}</div>",
    "sections of unlike names": f"""<main>{H1}<div class="content">{keep(1, 2)}</div>
        <div class="wide">{keep(3)}</div><section>{keep(4, 5)}</section></main>""",
    "a heading and a quotation between": f"""<div><div class="article-body">{keep(1)}</div>
        <h2>What it costs</h2><blockquote>{keep(3)}</blockquote>
        <div class="article-body">{keep(4)}</div></div>""",
    "a banner longer than the article": f"""<div id="c" class="consent-layer">{CONSENT}
        <button>Accept</button></div><article>{H1}<p>Keep 1: the harbour will close for two days.</p>
        <p>Keep 2: divers found a mine of about 300 kilograms beside berth seven.</p></article>""",
    "a banner that is not named so": f"""<div class="x1"><p>{CONSENT.replace("</p><p>", " ")}</p></div>
        <article>{H1}<p>Keep 1: the harbour will close for two days from Monday on.</p>
        <p>Keep 2: divers found a mine of about 300 kilograms beside berth seven.</p></article>""",
    "a banner without an <article>": f"""<div class="cmp-root"><div>{CONSENT}</div><button>OK</button>
        </div><div class="page">{H1}<p>Keep 1: the harbour will close for two days from Monday.</p>
        <p>Keep 2: divers found a mine of about 300 kilograms beside berth seven.</p></div>""",
    "what stands in and around it": f"""<header>{drop(1)}</header><article>{H1}{keep(1)}
        <aside>{drop(2)}</aside>{keep(2)}<figure><img src="a.jpg"><figcaption>Drop: the pier at dawn,
        seen from the old town.</figcaption></figure><div class="newsletter-signup">{drop(3)}</div>
        {keep(3)}<div class="related-links">{drop(4)}</div></article>
        <section id="comments">{drop(5)}</section><footer>{drop(6)}</footer>""",
    "teasers below, each an <article>": f"""<main><article>{H1}{keep(1, 2, 3)}</article>
        <section>{teaser(1)}{teaser(2)}{teaser(3)}</section></main>""",
    "teasers, and a story that is none": f"""<main>{H1}{keep(1, 2, 3, 4)}
        <section>{teaser(1)}{teaser(2)}{teaser(3)}</section></main>""",
    "a live blog": "<main>" + H1 + "".join(
        f"<article><h2>At {n} o'clock</h2>{keep(n)}</article>" for n in range(1, 6)
    ) + "</main>",
    "a live blog without <main>": f"<div>{H1}" + "".join(
        f"<article><time>10:0{n}</time>{keep(n, n + 4)}</article>" for n in range(1, 4)
    ) + f"</div><footer>{drop(1)}</footer>",
    "an endless page": f"<article>{H1}{keep(1, 2, 3)}</article>"
    + "".join(f"<article><h1>Drop</h1>{drop(n, n + 1, n + 2)}</article>" for n in (1, 4)),
    "an <article> that is a lede": f"""<article>{H1}{keep(1)}</article>
        <div class="article-body">{keep(2, 3, 4, 5)}</div>""",
    "comments, each an <article>": f"""<article>{H1}{keep(1, 2, 3)}</article><ol class="comment-list">
        <li><article class="comment-body">{drop(1)}</article></li>
        <li><article class="comment-body">{drop(2)}</article></li></ol>""",
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_all_of_the_article_and_nothing_else(article, name):
    body = '<body style="visibility:hidden">' if name.startswith("a body") else "<body>"
    page = f"<html lang=en><head><title>Pier</title></head>{body}{PAGES[name]}</body></html>"
    text = article("a.html", page).text
    expected = [n for n in range(1, 10) if f"Keep {n}:" in PAGES[name]]
    places = [text.find(f"Keep {n}:") for n in expected]
    assert -1 not in places, text
    assert "Drop" not in text
    assert all(text.count(f"Keep {n}:") == 1 for n in expected)
