"""Lines of a page -> paragraphs."""

from hypothesis import given
from hypothesis import strategies as st

from index.sources.pdf.reflow import unwrap


def test_lines_become_paragraphs():
    page = (
        "The Bridge\n"
        "The council of Brookfield has asked its mayor for a new bridge,\n"
        "which would cost 3 million. The mayor has not said yes to it\n"
        "so far.\n"
        "A second paragraph begins here and goes on for one more line or\n"
        "a half.\n"
        "• one item\n"
        "• another item"
    )
    assert unwrap([page]).split("\n\n") == [
        "The Bridge",
        "The council of Brookfield has asked its mayor for a new bridge, which would cost 3 "
        "million. The mayor has not said yes to it so far.",
        "A second paragraph begins here and goes on for one more line or a half.",
        "• one item",
        "• another item",
    ]


def test_words_broken_at_line_ends():
    assert unwrap(["an invi-\ntation to the up\N{SOFT HYPHEN}\ncoming"]) == (
        "an invitation to the upcoming"
    )


def test_a_hyphen_stays_where_the_text_has_it_elsewhere_or_a_name_follows():
    assert unwrap(["a well-known man is well-\nknown"]) == "a well-known man is well-known"
    assert unwrap(["the years 2019-\n2020"]) == "the years 2019-2020"
    assert unwrap(["a Franco-\nGerman plan"]) == "a Franco-German plan"
    assert unwrap(["a pause -\nand on"]) == "a pause - and on"


def test_a_sentence_goes_on_over_the_page():
    pages = [f"Example News\nline {n} of the text and\n{n}" for n in range(1, 4)]
    assert unwrap(pages) == "line 1 of the text and line 2 of the text and line 3 of the text and"


def test_page_numbers_go_and_other_numbers_stay():
    assert unwrap(["one and\n7", "8\ntwo and", "three in\n1969"]) == "one and two and three in 1969"
    assert unwrap(["one and\n- 1 -", "two\nPage 2 of 2"]) == "one and two"


def test_a_page_of_one_line_is_no_running_head():
    assert unwrap(["Hello."] * 3) == "Hello. Hello. Hello."


def test_nothing():
    assert unwrap([]) == ""
    assert unwrap(["", " \n "]) == ""


@given(st.lists(st.text(alphabet="ab.-\n A1•", max_size=60), max_size=2))
def test_no_letter_is_lost(pages):
    assert [char for char in unwrap(pages) if char.isalpha()] == [
        char for page in pages for char in page if char.isalpha()
    ]
