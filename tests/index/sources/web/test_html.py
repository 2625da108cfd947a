"""Web pages: the article, its metadata, its character set."""

import sys
from datetime import UTC, datetime

import pytest

PARAGRAPHS = "".join(
    f"<p>Brookfield\u2019s mayor said “we will build it” 🎉 the {n}th time, and all cheered.</p>"
    for n in range(4, 10)
)
PAGE = f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>The bridge | Example</title>
<link rel="canonical" href="https://example.org/bridge">
<meta property="og:title" content="Mayor\u2019s “bridge”"><meta name="author" content="Ann Example">
<meta property="og:site_name" content="Example News">
<meta property="article:published_time" content="2024-12-03T23:30:00-05:00"></head>
<body><nav><a href="/">Home page</a></nav><header>Banner words</header>
<article><h1>The bridge</h1>{PARAGRAPHS}</article>
<script>var tracking = 1</script><footer>Copyright words</footer></body></html>"""


def test_a_page(article):
    found = article("page.html", PAGE, source="Ignored")
    assert found.id.endswith("/page.html")
    assert found.url == "https://example.org/bridge"
    assert (found.title, found.author) == ("Mayor\u2019s “bridge”", "Ann Example")
    assert (found.source, found.language) == ("Example News", "en-gb")
    assert found.published_at == datetime(2024, 12, 4, 4, 30, tzinfo=UTC)
    assert "Brookfield\u2019s mayor said “we will build it” 🎉 the 4th time" in found.text
    for boilerplate in ("Home page", "Banner", "tracking", "Copyright"):
        assert boilerplate not in found.text


def test_a_fragment_falls_back_to_its_words(article):
    found = article("my-page.HTM", "<p>Hello <b>there</b></p><p>you<script>x</script></p>", "S")
    assert (found.title, found.source) == ("my page", "S")
    assert found.text.split() == ["Hello", "there", "you"]


@pytest.mark.parametrize(
    "charset", ["windows-1252", "iso-8859-1", "latin-1", "shift_jis", "iso-2022-jp", "koi8-r"]
)
def test_a_declared_character_set(article, charset):
    words = {"shift_jis": "日本語", "iso-2022-jp": "日本語", "koi8-r": "Київ"[0:1] + "иев"}
    text = words.get(charset, "café “quoted”")
    page = f'<html><head><meta charset="{charset}"></head><body><p>{text}</p></body></html>'
    codec = "cp1252" if charset in ("iso-8859-1", "latin-1") else charset
    assert article("a.html", page.encode(codec)).text == text


def test_utf8_that_declares_otherwise_and_an_xml_declaration(article):
    page = '<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>café</p></body></html>'
    assert article("a.html", page).text == "café"


def test_utf16(article):
    assert article("a.html", "<html><body><p>Київ</p></body></html>".encode("utf-16")).text == (
        "Київ"
    )


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("gb2312", "gb18030", "市长陶喆和朱镕基周一说，港口将重新开放。"),
        ("gbk", "gb18030", "价格为㐀元。"),
        ("Shift_JIS", "cp932", "市議会は①古い桟橋を閉鎖する。"),
        ("EUC-JP", "euc_jis_2004", "市議会は①古い桟橋を閉鎖する。"),
        ("euc-kr", "cp949", "똠방각하가 월요일에 말했다."),
        ("big5", "big5hkscs", "市長說嘅嘢。"),
        ("iso-8859-9", "cp1254", "Başkan “liman kapalı” dedi – dokuz milyon lira."),
        ("iso-8859-11", "cp874", "ท่าเรือ “ปิด” สองปี"),
        ("us-ascii", "cp1252", "The “café” is shut – for now."),
    ],
)
def test_a_label_means_what_browsers_read_under_it(article, charset, codec, text):
    page = f'<html><head><meta charset="{charset}"></head><body><p>{text}</p></body></html>'
    assert article("a.html", page.encode(codec)).text == text


@pytest.mark.parametrize(
    "head",
    [
        '<script>u="text/html;charset=utf-8;base64"</script><meta charset="windows-1251">',
        '<!-- <meta charset="utf-8"> --><meta charset="windows-1251">',
        '<meta name="description" content="charset=utf-8"><meta charset="windows-1251">',
        '<meta charset="nonsense"><meta charset="cp1251">',
        '<meta content="text/html; charset=windows-1251" http-equiv="Content-Type">',
        "<script>" + "x()\n" * 5_000 + '</script><meta charset="windows-1251">',
    ],
)
def test_the_meta_element_decides_the_character_set(article, head):
    page = f"<html><head>{head}</head><body><p>Мост закрыт.</p></body></html>"
    assert article("a.html", page.encode("cp1251")).text == "Мост закрыт."


@pytest.mark.parametrize(
    "charset", ["", "nonsense", "rot13", "unicode_escape", "idna", "iso-2022-kr"]
)
@pytest.mark.parametrize(
    "text",
    [
        "The café “Esk” on the pier will close for two years – so said the council.",
        "Le maire a déclaré : « l’été sera long », et l’école fut fermée.",
        "Über Größe und süße Äpfel sprach die Bürgermeisterin am Abend.",
    ],
)
def test_western_pages_that_declare_nothing_known_are_windows_1252(article, charset, text):
    page = f'<html><head><meta charset="{charset}"></head><body><p>{text}</p></body></html>'
    assert article("a.html", page.encode("cp1252")).text == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("iso8859-2", "Rada zdecydowała w poniedziałek o zamknięciu starego mola na dwa lata."),
        ("cp1250", "Starosta řekl v pondělí, že kůň a loď zůstanou v přístavu dva roky."),
        ("cp1254", "Belediye Başkanı liman iki yıl kapalı kalacak dedi."),
        ("cp1251", "Мост закрыт на два года."),
        ("cp1253", "Ο δήμος αποφάσισε να κλείσει."),
        ("gbk", "市议会星期一投票决定关闭旧码头"),
        ("cp932", "市議会は月曜日に古い桟橋を閉鎖する"),
    ],
)
def test_what_is_not_western_and_declares_nothing_is_refused(fault, codec, text):
    error = fault("a.html", f"<html><body><p>{text}</p></body></html>".encode(codec))
    assert error.reason.startswith("not UTF-8: byte ")
    assert "declare what it is" in error.hint


def test_bytes_that_are_not_the_utf8_that_they_declare_are_refused(fault):
    page = b'<html><meta charset="utf-8">\n<body>caf\xe9</body></html>'
    error = fault("a.html", page)
    assert (error.line, error.reason) == (2, "not UTF-8: byte 0xe9 in column 10")


def test_a_byte_outside_the_declared_set(fault):
    error = fault("a.html", b"<html><meta charset=windows-1252><body>\xe9\x81")
    assert error.reason == "not CP1252: byte 0x81 in column 41"


@pytest.mark.parametrize(
    "page", ["<html></html>", "<html><body><script>x()</script></body></html>", "<!-- a -->"]
)
def test_no_text(fault, page):
    assert fault("a.html", page).reason.startswith("has no text")


def test_deep_nesting_is_refused_and_not_cut(fault):
    page = "<html><body><p>Before.</p>" + "<div>" * 10_000 + "Deep." + "</div>" * 10_000
    assert fault("a.html", page).reason == "its elements are nested too deeply"


STORY = f"<article><h1>The bridge</h1>{PARAGRAPHS}</article>"


def with_head(head: str, attributes: str = "") -> str:
    return f"<html {attributes}><head>{head}<title>T</title></head><body>{STORY}</body></html>"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<base href="https://a.org/">', ""),
        ('<base href="https://a.org/news/">', ""),
        ('<meta property="og:url" content="https://a.org">', ""),
        ('<link rel="canonical" href="https://a.org/"><base href="https://a.org/x/">', ""),
        ('<link rel="canonical" href=""><base href="https://a.org/x/">', ""),
        ('<link rel="canonical" href="https://a.org/index.php">', ""),
        ('<link rel="canonical" href="https://a.org/en-us/">', ""),
        ('<link rel="canonical" href="/story">', ""),
        ('<link rel="canonical" href="https://[half">', ""),
        ('<link rel="alternate" hreflang="x-default" href="https://a.org/b">', ""),
        ('<link rel="canonical" href="https://a.org/b">', "https://a.org/b"),
        ('<link rel="Canonical shortlink" href="https://a.org/?p=7">', "https://a.org/?p=7"),
        (
            '<base href="https://a.org/"><link rel="canonical" href="b.html">',
            "https://a.org/b.html",
        ),
        ('<meta property="og:url" content="https://a.org/b">', "https://a.org/b"),
        (
            '<link rel="canonical" href="https://a.org/">'
            '<meta property="og:url" content="https://a.org/b">',
            "https://a.org/b",
        ),
    ],
)
def test_only_an_address_of_its_own_is_the_article_s(article, head, url):
    assert article("a.html", with_head(head)).url == url


STATEMENTS = (
    '<meta property="article:published_time" content="{}">',
    '<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "{}"}}</script>',
    '<meta itemprop="datePublished" content="{}">',
    '<meta name="DC.date" content="{}">',
)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Fri, 19 Nov 2021 01:45:08 +02:00", datetime(2021, 11, 18, 23, 45, 8, tzinfo=UTC)),
        ("2021-11-19 01:45:08 +0200", datetime(2021, 11, 18, 23, 45, 8, tzinfo=UTC)),
        ("Sun, 05 Sept 2021 22:24:00 +0200", datetime(2021, 9, 5, 20, 24, tzinfo=UTC)),
        ("2 Jan 2020, 5:07 p.m. ET", datetime(2020, 1, 2, 22, 7, tzinfo=UTC)),
        ("2021年3月20日 19:39", datetime(2021, 3, 20, 19, 39, tzinfo=UTC)),
        ("2021-11-19", datetime(2021, 11, 19, tzinfo=UTC)),
        ("May 1, 2024 10:00 IST", datetime(2024, 5, 1, tzinfo=UTC)),
        ("12/11/2023", None),
    ],
)
def test_a_stated_date_keeps_its_zone_or_is_less_exact(article, statement, written, moment):
    found = article("a.html", with_head(statement.format(written)))
    assert found.published_at == moment
    assert bool(found.notices) == (moment is None or "IST" in written)


@pytest.mark.parametrize(
    ("head", "attributes", "language"),
    [
        ("", 'lang="de"', "de"),
        ("", 'xml:lang="de-AT"', "de-at"),
        ('<meta http-equiv="Content-Language" content="de">', 'lang=""', "de"),
        ('<meta property="og:locale" content="de_DE">', "", "de-de"),
        ("", "", "en"),
    ],
)
def test_the_language_that_a_page_declares(article, head, attributes, language):
    assert article("a.html", with_head(head, attributes)).language == language


def test_the_language_that_a_page_does_not_declare(article):
    text = "Der Rat hat am Montag beschlossen, den alten Pier zu schließen."
    assert article("a.html", f"<html><body><p>{text}</p></body></html>").language == "de"


def test_what_a_page_hides_still_says_when_it_was_published(article):
    body = f'{STORY}<time hidden itemprop="datePublished" datetime="2024-05-01T10:00Z">x</time>'
    found = article("a.html", f"<html><body>{body}</body></html>")
    assert found.published_at == datetime(2024, 5, 1, 10, tzinfo=UTC)


def test_a_broken_date_loses_no_text(article):
    page = PAGE.replace("2024-12-03T23:30:00-05:00", "2024-99-99T99")
    found = article("a.html", page)
    assert found.published_at is None
    assert "Brookfield" in found.text


@pytest.mark.parametrize("stray", ["\x01", "&#1;", "&#xD800;", "&#99999999;"])
def test_control_characters_raise_nothing(article, stray):
    assert article("a.html", f"<html><body><div>a few words {stray} more</div></body></html>")


def test_recursion_limit_is_untouched(article):
    limit = sys.getrecursionlimit()
    article("a.html", PAGE)
    assert sys.getrecursionlimit() == limit
