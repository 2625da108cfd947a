"""YAML front matter: its fields as written, and a body that is not touched."""

from datetime import UTC, datetime

import pytest


def test_every_field(article):
    found = article(
        "a.md",
        '---\nid: 007\ntitle: "Kyiv\u2019s  letter"\nurl: https://example.org/a\nsource: Example\n'
        "author: [Ann, Ben]\npublished_at: 2024-12-03 10:00:00 +02:00\nlanguage: en-GB\n"
        "tags: [a, {b: c}]\n---\n\n\n# A heading\r\nBody. \n",
        source="Ignored",
    )
    assert (found.id, found.title, found.url) == (
        "007",
        "Kyiv\u2019s letter",
        "https://example.org/a",
    )
    assert (found.source, found.author, found.language) == ("Example", "Ann, Ben", "en-gb")
    assert found.published_at == datetime(2024, 12, 3, 8, tzinfo=UTC)
    assert found.text == "# A heading\r\nBody. \n"


@pytest.mark.parametrize(("written", "kept"), [("No", "No"), ("1984", "1984"), ("1e3", "1e3")])
def test_values_stay_as_written(article, written, kept):
    assert article("a.txt", f"---\ntitle: {written}\n---\nBody.").title == kept


def test_nulls_are_absent_and_date_is_another_name(article):
    found = article("a.txt", "---\ntitle: ~\nurl:\nauthor: null\ndate: 2024-12-03\n---\nBody.")
    assert (found.title, found.url, found.author) == ("a", "", "")
    assert found.published_at == datetime(2024, 12, 3, tzinfo=UTC)


def test_windows_lines_and_a_mark(article):
    found = article("a.txt", b"\xef\xbb\xbf---\r\ntitle: One\r\n---\r\n\r\nBody.\r\n")
    assert (found.title, found.text) == ("One", "Body.\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: never closed\n\nBody.",
        "---\nProse between two rules.\n---\nMore.",
        "----\ntitle: no\n---\nBody.",
        "\n---\ntitle: no\n---\nBody.",
        " ---\ntitle: no\n---\nBody.",
    ],
)
def test_what_is_no_front_matter_is_text(article, text):
    assert article("a.txt", text).text == text


def test_empty_front_matter(article):
    assert article("a.txt", "---\n---\nBody.").text == "Body."


@pytest.mark.parametrize(
    ("block", "line", "reason"),
    [
        ("a: 1\ntitle: a: b", 3, "front matter is not YAML: mapping values are not allowed here"),
        ("title: 'open", 3, "front matter is not YAML: found unexpected end of stream"),
        ("a: b\nc: \x07", 3, "front matter is not YAML: a control character"),
        ('title: "\\UFFFFFFFF"', 2, "front matter is not YAML: an escape for no character"),
        ("- a\n- b", 2, "front matter is a list, not `key: value` lines"),
        ("title: a\nTitle: b", 3, "front matter gives title twice"),
        ("a: &x [1]\nb: [*x, *x]", 2, "front matter uses a YAML anchor or alias"),
        ("a: " + "[" * 60_000, 2, "front matter is nested too deeply"),
        ("? " * 30_000, 2, "front matter is nested too deeply"),
        ("a: " + "b" * 70_000, None, "front matter is longer than 65,536 characters: 70,004"),
    ],
)
def test_faults(fault, block, line, reason):
    error = fault("a.md", f"---\n{block}\n---\nBody of the article, which has a few more words.")
    assert error.reason.startswith(reason)
    assert error.line == line


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("title: {a: b}", "title is not text"),
        ("title: " + "b" * 2_001, "title is longer than 2,000 characters: 2,001"),
        ("date: 2024-13-45", "date: '2024-13-45' is not a date (month must be in 1..12)"),
        ("date: [2024]", "date: list is not a date"),
    ],
)
def test_a_field_that_is_wrong_is_left_out_and_said(article, block, told):
    found = article("a.md", f"---\n{block}\nauthor: Ann\n---\nBody.")
    assert (found.title, found.author, found.text) == ("a", "Ann", "Body.")
    (notice,) = found.notices
    assert f"a.md: left out: {told}" in notice


def test_front_matter_and_nothing_else(fault):
    assert fault("a.md", "---\ntitle: a\n---\n\n").reason == "is empty"
