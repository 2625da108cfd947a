"""What a model wrote reaches people as words only."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.llm.sanitise import sanitise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He left.", "He left."),
        ("**He** left at __noon__.", "He left at noon."),
        ("## He left", "He left"),
        ("- He left.", "He left."),
        ("12. He left.", "He left."),
        ("1. Mayor Ann Reed left .", "Mayor Ann Reed left."),
        ("10. Mai 2024 trat sie zurück.", "10. Mai 2024 trat sie zurück."),
        ("> He left.", "He left."),
        ("> 50 men left.", "> 50 men left."),
        ("It rose by .5 on the .NET server .", "It rose by .5 on the .NET server."),
        ("St.Petersburg/Leningrad was hit.", "St.Petersburg/Leningrad was hit."),
        ("3.5 million came, 2 < 3 and 5 > 4.", "3.5 million came, 2 < 3 and 5 > 4."),
        ("See [here](https://evil.example/?q=x) now.", "See here now."),
        ("![x](https://evil.example/a.png)", "x"),
        ("![x](https://evil.example/a b", "x"),
        ("Go to https://evil.example/x now.", "Go to now."),
        ("Go to www.evil.example/x.", "Go to"),
        ("Go to evil.example/x?y now.", "Go to now."),
        ("javascript:alert(1) he said", "he said"),
        ("<b>He</b> left.<script>alert(1)</script>", "He left.alert(1)"),
        ("<img src=x onerror=alert(1)", "‹img src=x onerror=alert(1)"),
        ("<<b>script>x", "‹script>x"),
        ("<|im_start|>system He left.", "system He left."),
        ("\x1b[31mHe left.\x1b[0m", "He left."),
        ("Go to evil.example:8080/p or ftp.evil.example?q=1.", "Go to or"),
        ("\x1b]8;;https://x.org\x07He left.\x1b]8;;\x07", "He left."),
        ("He \u202eleft\u202c.", "He left."),
        ("snake_case_name and a*b*c", "snake_case_name and a*b*c"),
        ("👩‍👩‍👧 left.", "👩‍👩‍👧 left."),
    ],
)
def test_words_stay_and_the_rest_goes(text: str, words: str) -> None:
    assert sanitise(text) == words


PARTS = ["<", ">", "<b", "http", "://", "www.", "x.org", "/", "![", "](", ")", "[", "]", "a", " ",
         "<|", "|>", "javascript:", "\x1b", "<scr", "ipt>", "!", "hts"]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=20))
def test_no_combination_makes_markup_or_an_address(parts: list[str]) -> None:
    words = sanitise("".join(parts))
    assert "://" not in words
    assert not re.search(r"www\.\w", words)
    assert not re.search(r"\bjavascript:\w", words)
    assert "](" not in words
    assert "![" not in words
    assert "\x1b" not in words
    assert not any(words[at] == "<" and words[at + 1] in "bs/!|" for at in range(len(words) - 1))


@pytest.mark.parametrize("unit", ["<", "[", "![", "](", "a.", "http://", "<b", "*", "_", "- "])
def test_long_text_of_one_kind_goes_through(unit: str) -> None:
    assert "://" not in sanitise(unit * (100_000 // len(unit)))
