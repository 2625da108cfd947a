"""The scanner: what is a marker, what is not, and that no cut of the text changes anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers.llm.citation_markers import Scanner
from qa.readers.protocol import DraftStatement

Statements = list[tuple[str, tuple[int, ...]]]


def scan(*pieces: str, known: int = 9) -> list[DraftStatement]:
    scanner = Scanner(range(1, known + 1))
    return [draft for piece in pieces for draft in scanner.feed(piece)] + list(scanner.end())


def told(text: str) -> Statements:
    return [(draft.text, draft.numbers) for draft in scan(text)]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("He left [1].", [("He left.", (1,))]),
        ("He left. [1]", [("He left.", (1,))]),
        ("He left.[1][2] She stayed [3].", [("He left.", (1, 2)), ("She stayed.", (3,))]),
        ("He left [1, 2], she stayed [3].", [("He left, she stayed.", (1, 2, 3))]),
        ("He left [1;2] and came back.", [("He left and came back.", (1, 2))]),
        ("He left [2–4].", [("He left.", (2, 3, 4))]),
        ("He left [[1]]. She stayed [ 2 ].", [("He left.", (1,)), ("She stayed.", (2,))]),
        ("He left [^1]. She [S2] stayed.", [("He left.", (1,)), ("She stayed.", (2,))]),
        ("He left 【1】。", [("He left。", (1,))]),
        ("He left ［٣］.", [("He left.", (3,))]),
        ("He left [99].", [("He left.", ())]),
        ("In the year [2024] he left.", [("In the year [2024] he left.", ())]),
        ("He said [sic] x[1] is it [2].", [("He said [sic] x[1] is it.", (2,))]),
        ("Mr. A. Smith of the U.S. left [1].", [("Mr. A. Smith of the U.S. left.", (1,))]),
        ("It cost 3.5 billion [1]. Why?", [("It cost 3.5 billion.", (1,)), ("Why?", ())]),
        ("An open [ bracket.", [("An open [ bracket.", ())]),
        ("He left.\n[1]\nShe stayed.", [("He left.", (1,)), ("She stayed.", ())]),
        ("He left. [Applause.] She stayed.", [("He left.", ()), ("[Applause.] She stayed.", ())]),
        ("He left 【4:0†source】.", [("He left.", (4,))]),
        ("He left [1](https://x.org/a?b=(c).", [("He left.", (1,))]),
        ("He left [1](as he said).", [("He left (as he said).", (1,))]),
        ("He left [Source 1] and [sentences 2, 3].", [("He left and.", (1, 2, 3))]),
        ("- [1] He left.\n- [2] She stayed.", [("- He left.", (1,)), ("- She stayed.", (2,))]),
        ("[1] He left.\n[2] She stayed.", [("He left.", (1,)), ("She stayed.", (2,))]),
        ("[1] He left. [2] She stayed.", [("He left.", (1,)), ("She stayed.", (2,))]),
        ("1. He left [1].\n2. She stayed.", [("1. He left.", (1,)), ("2. She stayed.", ())]),
        ("He left.\n\n[1][2]\n\nShe stayed.", [("He left.", (1, 2)), ("She stayed.", ())]),
        ("He left [1].\n\nSources:\n[1] Harbour Wire", [("He left.", (1,))]),
        ("He left [1].\n**Sources:** [1], [2]", [("He left.", (1,))]),
        ("He left [1].\n## References\n1. A page", [("He left.", (1,))]),
        ("Sources: three people say so [1].", [("Sources: three people say so.", (1,))]),
        ("He wrote `x = [1]` once [2].", [("He wrote `x = [1]` once.", (2,))]),
        ("A lone ` and [1].", [("A lone ` and.", (1,))]),
        (
            "So:\n```\na[1] = [2]\n```\nSo [3].",
            [("So:", ()), ("```", ()), ("a[1] = [2]", ()), ("```", ()), ("So.", (3,))],
        ),
        ("```markdown\nHe left [1].\n```", [("He left.", (1,))]),
        ("He left ``` once [1].", [("He left ``` once.", (1,))]),
        ("He scored 5[1]. Group A[2] won.", [("He scored 5.", (1,)), ("Group A won.", (2,))]),
        ("x[1] is it [2].", [("x[1] is it.", (2,))]),
        (
            "He left [1 and 2]. She [3 & 4] stayed [5 to 7].",
            [("He left.", (1, 2)), ("She stayed.", (3, 4, 5, 6, 7))],
        ),
        ("He left [Source: 1] [#2] [Ref. 3].", [("He left.", (1, 2, 3))]),
        (r"He left \[1\].", [("He left.", (1,))]),
        ("He left [S1", [("He left", ())]),
        ("He left [^1", [("He left", ())]),
        ("Sources: [2]", [("Sources:", (2,))]),
        (
            "Acme Corp. left [1]. Mt. Etna is near [2].",
            [("Acme Corp. left.", (1,)), ("Mt. Etna is near.", (2,))],
        ),
        ("He left [[[1]]].", [("He left.", (1,))]),
        ("He left [1, 2", [("He left", ())]),
        ("He left [1,\nShe stayed.", [("He left", ()), ("She stayed.", ())]),
        ("He left [12345678901].", [("He left.", ())]),
        ("He left [", [("He left", ())]),
        ("[1][2]", []),
        ("", []),
    ],
)
def test_markers_go_and_their_numbers_stay(text: str, statements: Statements) -> None:
    assert told(text) == statements


def test_numbers_that_are_not_on_the_table_are_counted() -> None:
    scanner = Scanner(range(1, 4))
    drafts = [*scanner.feed("It is so [2][7] [11]."), *scanner.end()]
    assert [draft.numbers for draft in drafts] == [(2,)]
    assert [draft.unknown for draft in drafts] == [2]


@given(
    st.lists(
        st.sampled_from(
            [
                "He left",
                ".",
                " ",
                "\n",
                "[1]",
                "[2-4]",
                "[",
                "]",
                "[[3]]",
                "【5】",
                "a",
                "[2024]",
                "[sic]",
                "!”",
                "Mr.",
                "[^1]",
                ",",
                "7",
                "[1, 99]",
                "Sources:",
                "## Ref",
                "`",
                "```",
                "](http://x",
                ")",
                "(",
                "1.",
                "†source】",
                "\n\n- ",
                "😀",
                "é",
            ]
        ),
        max_size=25,
    ),
    st.data(),
)
def test_every_cut_of_a_text_gives_the_same_drafts(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    whole = scan(text)
    for at in range(len(text) + 1):
        assert scan(text[:at], text[at:]) == whole
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=9)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert scan(*pieces) == whole
    assert scan(*text) == whole


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "1",
        "]",
        "[1",
        " ",
        "[[",
        "a ",
        "[1] ",
        ".",
        "\n",
        "`",
        "``",
        "` ",
        "[1](",
        "S",
        "#",
        "\n#",
    ],
)
def test_long_text_of_one_kind_goes_through(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert scan(*text) == scan(text)
