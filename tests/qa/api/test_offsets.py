"""Code points to UTF-16 code units, for any text."""

from hypothesis import given
from hypothesis import strategies as st

from qa.api.offsets import Utf16


@given(st.text(alphabet=st.sampled_from("aß\u05d0👍\U0001f1fa\ufeff\n")), st.data())
def test_a_span_is_the_same_text_in_both_units(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    unit = Utf16(text)
    units = text.encode("utf-16-le")
    assert units[2 * unit(start) : 2 * unit(end)].decode("utf-16-le") == text[start:end]
