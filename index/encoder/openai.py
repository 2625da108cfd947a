"""Embeddings by an OpenAI-compatible service, in place of the model inside."""

from collections.abc import Sequence

import numpy as np
import openai
from numpy.typing import NDArray
from openai.types import CreateEmbeddingResponse

from index.encoder.minilm import MiniLM
from index.errors import EncoderError

TEXTS_AT_ONCE = 64

QUESTION_SECONDS = 5
"""How long one text, which is a question as a rule, waits: it can be answered without a vector."""

DIMENSIONS = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}


class OpenAIEncoder:
    """One embedding model of one service. Passages are cut as for the model inside.

    Its window is larger than ours, so counting with our tokenizer keeps every passage whole and
    a library's passages the same whichever model embeds them.
    """

    window = MiniLM.window

    def __init__(self, model: str, api_key: str, base_url: str | None) -> None:
        """A model whose vectors' length is not known is asked for one. EncoderError if it fails."""
        self.name = model
        self._client = openai.OpenAI(api_key=api_key, base_url=base_url, timeout=30, max_retries=2)
        self._hasty = self._client.with_options(timeout=QUESTION_SECONDS, max_retries=0)
        self._counter = MiniLM(threads=1)
        known = DIMENSIONS.get(model)
        self.dimension = known or self._request(self._client, ["length"]).shape[1]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens in each text, counted by the tokenizer of the model inside."""
        return self._counter.count_tokens(texts)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1. EncoderError if there are none.

        One text is asked for once, and not for long; see QUESTION_SECONDS.
        """
        client = self._hasty if len(texts) == 1 else self._client
        parts = [
            self._request(client, texts[at : at + TEXTS_AT_ONCE], self.dimension)
            for at in range(0, len(texts), TEXTS_AT_ONCE)
        ]
        return np.concatenate([np.zeros((0, self.dimension), np.float32), *parts])

    def _request(
        self, client: openai.OpenAI, texts: Sequence[str], dimension: int | None = None
    ) -> NDArray[np.float32]:
        try:
            reply = client.embeddings.create(
                model=self.name, input=list(texts), encoding_format="float"
            )
        except (openai.OpenAIError, ValueError) as error:
            raise EncoderError(f"the embedding service failed: {error}", _HINT) from error
        if not isinstance(reply, CreateEmbeddingResponse):  # what it sent was no JSON
            raise EncoderError("the embedding service sent no embeddings", _HINT)
        rows = [row.embedding for row in sorted(reply.data, key=lambda row: row.index)]
        return unit_rows(rows, (len(texts), dimension), self.name)


def unit_rows(
    rows: Sequence[Sequence[float]], shape: tuple[int, int | None], name: str
) -> NDArray[np.float32]:
    """Rows made of length 1. EncoderError, naming the model, if there are not `shape[0]` rows of
    `shape[1]` numbers, None for any, or one has no direction."""
    lengths = {len(row) for row in rows}
    if len(rows) != shape[0] or len(lengths) > 1 or (shape[1] and lengths - {shape[1]}):
        given = f"{len(rows)} vectors of {' and '.join(map(str, sorted(lengths)))} numbers"
        raise EncoderError(f"{name} gave {given}, not {shape[0]} of {shape[1]}", _HINT)
    vectors = np.array(rows, np.float32)
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if not np.isfinite(vectors).all() or not norms.all():
        raise EncoderError(f"{name} gave a vector that is no direction", _HINT)
    unit: NDArray[np.float32] = vectors / norms
    return unit


_HINT = "check OPENAI_API_KEY, OPENAI_BASE_URL and QA_EMBEDDINGS; what was added is kept"
