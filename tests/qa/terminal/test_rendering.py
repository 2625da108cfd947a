"""Text for terminals: it fits, it loses nothing but what is cut, and nothing of it is a command."""

import re
import unicodedata

import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st

from index.model import Span
from qa.answer import Citation
from qa.results import ArticleText
from qa.terminal.rendering import citation_line, cut, neighbourhood, tail_of, text_lines, wrapped

WORDS = st.lists(
    st.sampled_from(
        [
            "storm",
            "Zoë\u0308",
            "日本語の新聞",
            "👩‍👩‍👧‍👦",
            "🇺🇦",
            "\u05d0\u05d1",
            "\x1b[31m",
            "\x07",
            "a" * 30,
        ]
    )
    | st.text(min_size=1, max_size=12)
)
TEXT = WORDS.map(" ".join)
COLUMNS = st.integers(2, 90)
MARKS = ("\x1b[7m", "\x1b[0m")


def without(marks: tuple[str, str], text: str) -> str:
    return text.replace(marks[0], "").replace(marks[1], "")


def controls(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) == "Cc"}


@given(TEXT, COLUMNS)
def test_cut_fits_and_keeps_the_beginning(text: str, columns: int) -> None:
    short, whole = cut(text, columns), cut(text, 0)
    assert wcwidth.width(short) <= columns
    assert not controls(short)
    assert short == whole or whole.startswith(short.removesuffix("…"))


@given(TEXT, st.integers(30, 120))
def test_a_citation_is_one_line_that_fits(text: str, columns: int) -> None:
    citation = Citation(
        n=12,
        article_id="storm",
        version="0",
        title=text,
        url="",
        source="Harbour Wire",
        published_at="2024-05-05",
        start=0,
        end=len(text),
        quote=text,
    )
    line = "".join(part for part, _ in citation_line(citation, columns))
    assert wcwidth.width(line) <= columns
    assert line.startswith("[12] ")
    assert not controls(line)


def test_a_citation_has_all_its_parts() -> None:
    citation = Citation(
        n=1,
        article_id="storm",
        version="0",
        title="Storm over the harbour",
        url="",
        source="Harbour Wire",
        published_at="2024-05-05",
        start=0,
        end=35,
        quote="The storm sank 12 boats\nin Port Ellis.",
    )
    narrow, wide, pipe = (
        "".join(part for part, _ in citation_line(citation, columns)) for columns in (80, 120, 0)
    )
    assert (
        narrow == "[1] Storm over the harbour · Harbour Wire · 2024-05-05 “The storm sank 12 boat…”"
    )
    assert wide == pipe == narrow.replace("boat…", "boats in Port Ellis.")


@given(TEXT, COLUMNS, st.data())
def test_an_article_fits_and_keeps_its_words_marked(
    text: str, columns: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    lines = text_lines(text, span, columns, MARKS)
    plain = [without(MARKS, line) for line in lines]
    assert all(wcwidth.width(line) <= columns for line in plain)
    assert not any(controls(line) for line in plain)


def test_a_mark_goes_on_over_lines_and_ends() -> None:
    text = "Before. The mark goes\non and on. After."
    span = Span(8, 32)
    assert text_lines(text, span, 0, (">", "<")) == [
        "Before. >The mark goes<",
        ">on and on.< After.",
    ]
    lines = text_lines(text, span, 12, MARKS)
    assert [re.sub(r"\x1b\[\d*m", "|", line) for line in lines] == [
        "Before. |The|",
        "|mark goes|",
        "|on and on.|",
        "After.",
    ]


@given(TEXT, COLUMNS)
def test_what_is_written_bit_by_bit_wraps_like_the_whole(text: str, columns: int) -> None:
    """What `Screen` relies on: the beginning of a line wraps to the beginning of its lines."""
    words = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f-]", "", text).split()).split(" ")
    so_far, lines = "", [""]
    for word in words:
        so_far = f"{so_far} {word}".strip()
        before, lines = lines, wrapped(so_far, columns)
        assert lines[: len(before) - 1] == before[:-1]


@pytest.mark.parametrize(("columns", "tail"), [(80, "abcdefgh"), (8, "abcdefgh"), (3, "gh")])
def test_the_tail_is_what_a_narrower_terminal_shows_last(columns: int, tail: str) -> None:
    assert tail_of("abcdefgh", columns) == tail


def test_neighbours_are_whole_sentences() -> None:
    sentences = [(0, 10), (10, 20), (20, 30), (30, 40)]
    article = ArticleText(
        id="a", title="", url="", source="", author="", published_at=None, language="en",
        version="0", current="0", versions=["0"], sentences=sentences, text="x" * 40,
    )  # fmt: skip
    assert neighbourhood(article, Span(12, 18), 1) == Span(0, 30)
    assert neighbourhood(article, Span(35, 40), 1) == Span(20, 40)
    assert neighbourhood(article, Span(0, 40), 2) == Span(0, 40)
