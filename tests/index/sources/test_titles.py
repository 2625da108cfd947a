"""A title for a text that names none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources import titles

SAVED_PAGE = """Skip to main content

Council asks mayor for a new bridge next week, letter shows

·2 mins

Image

The Council\u2019s Renewed Push for a Bridge #

The council of Brookfield has urged the mayor to build a bridge. It is part of a plan.
"""


def test_the_headline_of_a_saved_page(article):
    expected = "Council asks mayor for a new bridge next week, letter shows"
    assert article("bridge-letter.txt", SAVED_PAGE).title == expected


@pytest.mark.parametrize(
    "residue",
    [
        *("Menu", "Image", "Share", "Share this article now", "3 min read", "· 12 minutes read"),
        *("Advertisement", "By Ann Example", "Published 3 December 2024", "3 December 2024"),
        *("Tuesday, 3 December 2024", "December 3, 2024", "Home > World > Europe"),
        *("We use cookies to improve this site", "Sign up to our newsletter", "Skip to footer"),
    ],
)
def test_page_residue_is_skipped(residue):
    assert titles.from_text(f"{residue}\n\nMayor promises a bridge\n\nText.") == (
        "Mayor promises a bridge"
    )


@pytest.mark.parametrize(
    "line",
    [
        *("By 2030 half of the town will cycle", "Regulator bans cookies on news sites"),
        *("Updated vaccine is ready for children", "5 ways of crossing a river"),
    ],
)
def test_headlines_that_look_like_residue(line):
    assert titles.from_text(f"{line}\n\nText.") == line


@pytest.mark.parametrize(
    "text",
    [
        "The council has asked the mayor of the town for a new bridge over the river. Why?",
        "The council has asked the mayor of\nthe town for a new bridge. He said no.",
        "Two words\n\nMore.\n",
        "word " * 31,
        "A headline, yet one too far down".join(["One.\n"] * 10 + [""]),
        "x" * 400 + " and more words",
        "",
    ],
)
def test_no_headline(text):
    assert titles.from_text(text) == ""


def test_the_file_name_is_the_last_resort(article):
    assert article("the_bridge-letter.txt", "Short. Text.").title == "the bridge letter"


def test_markdown_heading(article):
    text = "Some words before the heading\n\n```\n# a comment\n```\n\n# The **bridge**  #\n\n## Sub"
    found = article("a.md", text)
    assert found.title == "The **bridge**"
    assert found.text == text


def test_markdown_without_heading_has_a_headline(article):
    assert article("a.markdown", "Mayor promises a bridge\n\n## Details\n\nText.").title == (
        "Mayor promises a bridge"
    )


def test_a_hash_is_no_heading_in_plain_text(article):
    assert article("a.txt", "Mayor promises a bridge\n\n# A comment here\n").title == (
        "Mayor promises a bridge"
    )


@given(st.text(max_size=300))
def test_titles_are_single_lines(text):
    for title in (titles.from_text(text), titles.from_markdown(text)):
        assert title == " ".join(title.split())
