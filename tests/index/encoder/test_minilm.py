"""The encoder inside: order, lengths, offsets, and what it refuses."""

import numpy as np
import pytest

from index.encoder.minilm import MiniLM

TEXTS = [
    "The bridge fell. " * 12,
    "Storm",
    "Parliament passed the law by a single vote after a night of debate.",
    "",
    "naïve café — 東京 🌊 and “quotes”",
    "The bridge fell. " * 30,
]


@pytest.fixture(scope="module")
def narrow() -> MiniLM:
    """Batches as small as they may be, so that these texts need several."""
    return MiniLM(threads=1, token_budget=MiniLM.window)


def test_vectors_have_length_one(encoder: MiniLM) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_vectors_come_in_the_order_of_the_texts(narrow: MiniLM) -> None:
    together = narrow.encode(TEXTS)
    alone = np.concatenate([narrow.encode([text]) for text in TEXTS])
    assert np.argmax(alone @ together.T, axis=1).tolist() == list(range(len(TEXTS)))


def test_batches_hardly_change_vectors(encoder: MiniLM, narrow: MiniLM) -> None:
    """Not at all but for int8: its activations are scaled by the batch's largest."""
    cosines = (encoder.encode(TEXTS) * narrow.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.95


def test_a_text_fills_the_window_but_does_not_go_over_it(encoder: MiniLM) -> None:
    full = " ".join(["bridge"] * (encoder.window - 2))
    assert encoder.count_tokens([full]) == [encoder.window - 2]
    assert encoder.encode([full]).shape == (1, encoder.dimension)
    for method in (encoder.encode, encoder.token_embeddings):
        with pytest.raises(ValueError, match="text 1 has 257 tokens"):
            method(["short", full + " bridge"])


def test_the_offsets_of_tokens_slice_the_text(encoder: MiniLM) -> None:
    text = "Ünal paid 3,500 \n\n  dollars in 東京 🌊."
    (tokens,) = encoder.token_embeddings([text])
    pieces = [text[start:end] for start, end in tokens.offsets]
    assert tokens.vectors.shape == (len(pieces), encoder.dimension)
    assert "".join(pieces) == "".join(text.split())
    assert {"dollars", "3", ",", "東"} <= set(pieces)


def test_token_vectors_come_in_the_order_of_the_texts(narrow: MiniLM) -> None:
    found = narrow.token_embeddings(TEXTS)
    assert [len(item.vectors) for item in found] == narrow.count_tokens(TEXTS)
    assert all(len(item.offsets) == len(item.vectors) for item in found)


def test_a_lone_surrogate_counts_as_one_character(encoder: MiniLM) -> None:
    text = "before \ud800 after"
    assert np.isfinite(encoder.encode([text])).all()
    (tokens,) = encoder.token_embeddings([text])
    assert [text[start:end] for start, end in tokens.offsets] == ["before", "\ud800", "after"]


def test_no_texts_give_no_vectors(encoder: MiniLM) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)
    assert encoder.token_embeddings([]) == []
    assert encoder.count_tokens([]) == []


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(ValueError, match="threads must be at least 1, not 0"):
        MiniLM(threads=0)
    with pytest.raises(ValueError, match="token_budget must be at least 256, not 255"):
        MiniLM(token_budget=255)
