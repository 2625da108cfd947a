"""Code points to UTF-16 code units, for any text."""

from hypothesis import given
from hypothesis import strategies as st

from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article
from qa.api.offsets import Utf16, answer_in_utf16
from qa.engine import Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.service import Local


@given(st.text(alphabet=st.sampled_from("aß\u05d0👍\U0001f1fa\ufeff\n")), st.data())
def test_a_span_is_the_same_text_in_both_units(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    unit = Utf16(text)
    units = text.encode("utf-16-le")
    assert units[2 * unit(start) : 2 * unit(end)].decode("utf-16-le") == text[start:end]


def test_what_was_found_counts_in_its_version(library: Library, encoder: MiniLM) -> None:
    text = "👍🏽 The moon was full over Korvik.\n"
    list(library.add([Article("moon", text)]))
    list(library.embed())
    engine = Engine(library, ExtractiveReader(encoder))
    answer = engine.ask("What is the price of gold in Zurich?")
    list(library.add([Article("moon", "Changed.")]))
    moved = answer_in_utf16(answer, Local(library, lambda: engine).text)
    (near,), (place,) = moved.nearest, moved.read.places
    assert (place.start, place.end) == (0, len(text) + 2)
    assert (near.start, near.end) == (0, len(text) + 1)
    stored = library.catalog.version("moon", near.version).article.text
    assert near.quote == stored.strip()
