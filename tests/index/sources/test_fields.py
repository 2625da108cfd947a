"""Fields from any source -> an Article, or the name of the wrong one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ArticleError
from index.sources.fields import article, one_line, squeeze


def test_the_id_given_goes_before_the_place_and_that_before_the_url():
    url = "https://example.org/a#part"
    assert article("Text.", {"id": "x", "url": url}, {"id": "docs/a.txt"}, "a").id == "x"
    assert article("Text.", {"url": url}, {"id": "docs/a.txt"}, "a").id == "docs/a.txt"
    assert article("Text.", {"url": url}, {"named": "n"}, "a").id == "https://example.org/a"
    assert article("Text.", {"url": "file:///etc"}, {"named": "n"}, "a").id == "n"
    assert article("Text.", {}, {}, "a").id == "stdin:f06dce27b84e"


def test_ids_of_before_are_told_of_what_is_given_none():
    url, lies = "https://example.org/a#part", {"id": "docs/a.txt", "formerly": "/home/docs/a.txt"}
    assert article("Text.", {"url": url}, lies, "a").former_ids == (url, "/home/docs/a.txt")
    assert article("Text.", {"url": "https://a.org/"}, {}, "a").former_ids == ()
    assert article("Text.", {"id": "x", "url": url}, lies, "a").former_ids == ()
    assert article("Text.", {"id": "x", "former_ids": ["y"]}, {}, "a").former_ids == ("y",)
    with pytest.raises(ArticleError, match="former_ids is not a list"):
        article("Text.", {"id": "x", "former_ids": "y"}, {}, "a")


@pytest.mark.parametrize("url", ["ftp://a.b/c", "javascript:x", "http://", "http://[::1", "a b"])
def test_only_web_addresses_are_kept(url):
    assert article("Text.", {"url": url}, {}, "a").url == ""


@pytest.mark.parametrize(
    ("given", "kept"),
    [("en-GB", "en-gb"), ("pt_BR", "pt-br"), ("de", "de"), ("English", "en"), ("", "en")],
)
def test_language(given, kept):
    assert article("Text.", {"language": given}, {}, "a").language == kept


@pytest.mark.parametrize("value", [True, {}, [["nested"]], [{}], object()])
def test_a_field_that_is_no_text(value):
    found = article("Text.", {"author": value, "title": "Pier"}, {"author": "Ann"}, "a")
    assert (found.author, found.title) == ("Ann", "Pier")
    assert found.notices == ("a: left out: author is not text",)
    with pytest.raises(ArticleError, match="a: id is not text"):
        article("Text.", {"id": value}, {}, "a")


@pytest.mark.parametrize("key", ["title", "url", "source", "author", "language"])
def test_a_field_too_long(key):
    found = article("Text.", {key: "x" * 2_001}, {}, "a")
    assert found.notices == (f"a: left out: {key} is longer than 2,000 characters: 2,001",)


def test_an_id_too_long():
    with pytest.raises(ArticleError, match="a: id is longer than 2,000 characters: 2,001"):
        article("Text.", {"id": "x" * 2_001}, {}, "a")


@pytest.mark.parametrize(
    ("given", "field", "kept"),
    [
        ({"headline": "Pier", "title": ""}, "title", "Pier"),
        ({"headline": "Long one", "title": "Pier"}, "title", "Pier"),
        ({"authors": ["Ann", "Ben"]}, "author", "Ann, Ben"),
        ({"authors": [{"@type": "Person", "name": "Ann"}]}, "author", "Ann"),
        ({"publisher": {"name": "The Post"}}, "source", "The Post"),
        ({"link": "https://example.org/a"}, "url", "https://example.org/a"),
        ({"lang": "fr"}, "language", "fr"),
        ({"pub_date": "May 1, 2024"}, "published_at", datetime(2024, 5, 1, tzinfo=UTC)),
        ({"datePublished": "2024-05-01"}, "published_at", datetime(2024, 5, 1, tzinfo=UTC)),
        ({"Publish-Date": "2024-05-01"}, "published_at", datetime(2024, 5, 1, tzinfo=UTC)),
        ({"date": "x", "pubDate": "2024-05-01"}, "published_at", datetime(2024, 5, 1, tzinfo=UTC)),
    ],
)
def test_other_names_of_a_field(given, field, kept):
    assert getattr(article("Text.", given, {}, "a"), field) == kept


@pytest.mark.parametrize(
    ("written", "kept", "told"),
    [
        ("12/11/2023", None, "a: left out: date: '12/11/2023' may be two dates; write it as"),
        ("0000-00-00 00:00:00", None, "a: left out: date: '0000-00-00 00:00:00' is not a date"),
        (
            "May 1, 2024, 5 p.m. IST",
            datetime(2024, 5, 1, tzinfo=UTC),
            "a: date: the time in 'May 1",
        ),
    ],
)
def test_a_date_that_cannot_be_told_is_less_exact_or_left_out_and_said(written, kept, told):
    found = article("Text.", {"date": written}, {}, "a")
    assert found.published_at == kept
    (notice,) = found.notices
    assert notice.startswith(told)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Rat hat am Montag beschlossen, den alten Pier zu schließen.", "de"),
        ("El alcalde dijo que el puente se cerrará el lunes.", "es"),
        ("Le conseil a voté la fermeture du vieux quai.", "fr"),
        ("Рада ухвалила рішення закрити старий причал.", "uk"),
        ("市議会は月曜日に古い桟橋を閉鎖する", "ja"),
        ("Belediye Başkanı liman iki yıl kapalı kalacak dedi.", "tr"),
        ("The council voted to close the old pier.", "en"),
        ("Ann Reed, Ben Ode", "en"),
        ("1 2 3", "en"),
    ],
)
def test_language_is_told_from_the_text_where_nothing_declares_it(text, language):
    for said in ({}, {"language": ""}, {"lang": "und"}, {"language": "not one"}):
        assert article(text, said, {}, "a").language == language
    assert article(text, {"language": "cy"}, {}, "a").language == "cy"


def test_squeezed():
    assert squeeze(" a\r\n\tb \x00\x07 c\u202e\ud800d\x85e ") == "a b cd e"


@given(st.text(), st.text())
def test_any_text_makes_an_article(title, author):
    found = article("Text.", {"title": title, "author": author}, {}, "a")
    found.title.encode()
    assert found.title == one_line("title", title)
