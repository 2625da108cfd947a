"""Fields from any source -> an Article, or the name of the wrong one."""

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
    with pytest.raises(ArticleError, match="a: author is not text"):
        article("Text.", {"author": value}, {}, "a")


@pytest.mark.parametrize("key", ["id", "title", "url", "source", "author", "language"])
def test_a_field_too_long(key):
    with pytest.raises(ArticleError, match=f"a: {key} is longer than 2,000 characters: 2,001"):
        article("Text.", {key: "x" * 2_001}, {}, "a")


def test_squeezed():
    assert squeeze(" a\r\n\tb \x00\x07 c\u202e\ud800d\x85e ") == "a b cd e"


@given(st.text(), st.text())
def test_any_text_makes_an_article(title, author):
    found = article("Text.", {"title": title, "author": author}, {}, "a")
    found.title.encode()
    assert found.title == one_line("title", title)
