"""Comments of Markdown are for its writers, and no text."""

import pytest

from index.sources.markdown import without_comments


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (
            "<!-- ask Bob whether 7 million is right -->\nIt cost 9 million.\n",
            "It cost 9 million.\n",
        ),
        ("It cost <!-- 7 or -->9 million.", "It cost 9 million."),
        ("One.\n\n<!-- two\n\nthree -->\n\nFour.", "One.\n\n\nFour."),
        ("a <!-- b --> c <!-- d --> e", "a  c  e"),
        ("a <!-- b -->", "a "),
        ("a <!-- b", "a <!-- b"),
        ("a <!-- b\n```\n-->", "a "),
        ("```\n<!-- code -->\n```\n<!-- gone -->\nb", "```\n<!-- code -->\n```\nb"),
        ("~~~~\n<!-- a -->\n~~~\n<!-- b -->\n~~~~\n", "~~~~\n<!-- a -->\n~~~\n<!-- b -->\n~~~~\n"),
        ("``` js\n<!-- never closed -->", "``` js\n<!-- never closed -->"),
        ("Write `<!-- x -->` so.", "Write `<!-- x -->` so."),
        ("`a` <!-- b --> c", "`a`  c"),
        ("", ""),
    ],
)
def test_comments_are_dropped_but_in_code(written: str, kept: str) -> None:
    assert without_comments(written) == kept


def test_a_comment_in_markdown_is_no_text_of_the_article(article):
    found = article("a.md", "---\ntitle: Pier\n---\n<!-- 7 million? -->\nIt cost 9 million.")
    assert found.text == "It cost 9 million."
    assert article("a.txt", "<!-- kept --> It rained.").text == "<!-- kept --> It rained."


@pytest.mark.parametrize("unit", ["<!--", "<!-- -->", "`<!--", "```\n", "-->", "\n<!--\n", "`"])
def test_long_texts_take_no_square_of_time(unit: str) -> None:
    assert len(without_comments(unit * 100_000)) <= len(unit) * 100_000
