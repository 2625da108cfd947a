"""Thoughts go, whatever their shape, and no cut of the text changes anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.llm.reasoning_tags import without_reasoning


def said(*pieces: str) -> str:
    return without_reasoning(pieces)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("He left.", "He left."),
        ("<think>Who left? [1]</think>He left.", "He left."),
        ("<think></think>\n\nHe left.", "\n\nHe left."),
        ("He <thinking>hm</thinking>left.", "He left."),
        ("Who left? Sentence [1] says so.\n</think>\nHe left.", "\nHe left."),
        ("<think>a</think>b</think>c", "c"),
        ("<think>never closed", ""),
        ("[THINK]hm[/THINK]He left.", "He left."),
        ("<|channel|>analysis<|message|>hm<|end|><|channel|>final<|message|>He left.", "He left."),
        ("1 < 2 and <b", "1 < 2 and <b"),
        ("<thin", "<thin"),
        ("<think>a</reasoning>b</think>c", "c"),
        ("", ""),
    ],
)
def test_thoughts_go(text: str, left: str) -> None:
    assert said(text) == left
    assert said(*text) == left
    for at in range(len(text)):
        assert said(text[:at], text[at:]) == left


PARTS = ["<think>", "</think>", "[THINK]", "[/THINK]", "<", "a", "[1]", "</", "think>", " "]


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.data())
def test_every_cut_gives_the_same(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert said(*pieces) == said(text)


@pytest.mark.parametrize("unit", ["<", "<think>", "</think>", "[", "a"])
def test_long_text_of_one_kind_goes_through(unit: str) -> None:
    assert set(said(unit * (100_000 // len(unit)))) <= set(unit)
