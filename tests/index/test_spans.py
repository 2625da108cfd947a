"""The laws of canonical text, sentences and passages, over hostile text."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.breakers import CharacterBreaker, WordBreaker

from index.canonical import canonical
from index.model import Span
from index.passages import PASSAGE_CHARS, PASSAGE_TOKENS, passages
from index.sentences import sentences

HOSTILE = (
    "One.\r\nTwo.\r\n\r\nThree",
    "nul \x00 in. The middle.",
    "👩‍👩‍👧‍👦 family. 👍🏽 Yes! 🇺🇦",
    "e\u0301 combining. Z\u0351\u0343\u036aalgo.",
    "مرحبا بالعالم. كيف حالك؟ \u202eevil\u202c.",
    "Again. Again. Again. Again.",
    "“He said. So.” Then “left.",
    "no final newline",
    "\n\n\n  \t\n",
    "a\ud800b. c",
    "word " * 12_000,
    "x" * 50_000,
    "日本語。" * 3_000,
)

UNSPACED = {
    "Thai": "ประเทศไทยมีเมืองหลวงชื่อกรุงเทพมหานครซึ่งเป็นเมืองใหญ่ที่สุดและน้ำท่วมทุกปี",
    "Lao": "ພາສາລາວເປັນພາສາທາງການຂອງປະເທດ",
    "Khmer": "ភាសាខ្មែរជាភាសាផ្លូវការរបស់ប្រទេស",
    "Burmese": "မြန်မာဘာသာစကားသည်ရုံးသုံးဘာသာစကားဖြစ်သည်",
    "Chinese": "船在马耳他附近沉没所有人都获救了市长感谢了水手",
    "Japanese": "船はマルタの沖で沈み全員が救助され市長は船員に感謝した",
}
"""A sentence each in scripts that put no spaces between words."""

texts = st.one_of(st.text(), st.sampled_from(HOSTILE))


@given(texts)
def test_canonical_is_idempotent_and_drops_only_what_it_says(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert "\r\n" not in once
    assert not set(once) & set("\x00\u202e\u2066\ud800")
    assert once.encode().decode() == once


@given(texts)
def test_sentences_tile_the_text_and_fit(text: str) -> None:
    text = canonical(text)
    spans = sentences(text, "en", lambda words: len(words) <= 300)
    assert "".join(span.of(text) for span in spans) == text
    assert all(0 < len(span) <= 300 for span in spans)


def test_words_stay_whole() -> None:
    text = "alpha beta gamma delta epsilon\n" * 2_000
    spans = sentences(text, "en", lambda words: len(words) <= 300)
    assert all(text[span.start - 1].isspace() for span in spans[1:])


@pytest.mark.parametrize("script", UNSPACED)
@given(data=st.data())
def test_no_sentence_starts_inside_a_character(script: str, data: st.DataObject) -> None:
    alphabet = st.sampled_from([*UNSPACED[script], *" \n。។", "\u200d", "👩", "👍🏽"])
    text = "".join(data.draw(st.lists(alphabet, max_size=200)))
    spans = sentences(text, "en", lambda words: len(words) <= 20)
    assert "".join(span.of(text) for span in spans) == text
    assert {span.start for span in spans} <= {0, *accumulate(map(len, CharacterBreaker(text, "")))}


@pytest.mark.parametrize("script", UNSPACED)
def test_text_without_spaces_is_cut_between_words(script: str) -> None:
    text = UNSPACED[script] * 500
    spans = sentences(text, "en", lambda words: len(words) <= 300)
    words = {0, *accumulate(map(len, WordBreaker(text, "")))}
    assert "".join(span.of(text) for span in spans) == text
    assert all(100 < len(span) <= 300 for span in spans)
    assert {span.start for span in spans} <= words


@pytest.mark.parametrize("stop", "。！？။។៕।۔؟")
def test_full_stops_of_all_scripts_end_sentences(stop: str) -> None:
    for sentence in UNSPACED.values():
        text = f"{sentence}{stop} {sentence}{stop}{sentence}{stop}”\n"
        found = [span.of(text) for span in sentences(text, "en", lambda words: True)]
        assert found == [f"{sentence}{stop} ", f"{sentence}{stop}", f"{sentence}{stop}”\n"]


def test_one_character_without_end_is_cut_all_the_same() -> None:
    text = "e" + "\u0301" * 20_000
    spans = sentences(text, "en", lambda words: len(words) <= 300)
    assert "".join(span.of(text) for span in spans) == text
    assert max(map(len, spans)) <= 300


@given(st.lists(st.integers(0, PASSAGE_TOKENS), max_size=60))
def test_passages_are_runs_of_whole_sentences_that_fit(counts: list[int]) -> None:
    text = "ab\n" * len(counts)
    spans = [Span(3 * i, 3 * i + 3) for i in range(len(counts))]
    runs = list(passages(spans, counts, text))
    assert "".join(run.of(text) for run in runs) == text
    for run in runs:
        assert sum(counts[run.start // 3 : run.end // 3]) <= PASSAGE_TOKENS


@pytest.mark.parametrize("tokens", [0, 1])
def test_passages_of_few_tokens_are_not_without_end(tokens: int) -> None:
    text = ("x" * 500 + "\n") * 9 + "y" * 1_200 + "\n" * 9_000 + "z"
    spans = sentences(text, "en", lambda words: len(words.strip()) <= PASSAGE_CHARS)
    runs = [run.of(text) for run in passages(spans, [tokens] * len(spans), text)]
    assert "".join(runs) == text
    assert max(len(run.strip()) for run in runs) <= PASSAGE_CHARS
    assert min(len(run.strip()) for run in runs[:-1]) >= 500


def test_a_very_long_article_is_cut_in_one_pass() -> None:
    text = "A short sentence, twice told. " * 70_000
    spans = sentences(text, "en", lambda words: len(words) <= 300)
    assert len(spans) == 70_000


def test_a_span_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(3, 2)
    with pytest.raises(ValueError, match="outside"):
        Span(0, 4).of("abc")


def test_overlap_and_trimming() -> None:
    assert Span(0, 5).overlap(Span(3, 9)) == 2
    assert Span(0, 3).overlap(Span(3, 9)) == 0
    assert Span(0, 6).trimmed("  ab  ") == Span(2, 4)
    assert Span(0, 3).trimmed("   ") == Span(3, 3)
