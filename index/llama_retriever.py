"""The library for LlamaIndex users: a retriever, and embeddings in either direction.

Apart from the rest, because importing LlamaIndex takes seconds that a command shall not wait
for. No global of LlamaIndex is read or written.
"""

from collections.abc import Sequence

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.callbacks import CallbackManager
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from numpy.typing import NDArray
from pydantic import PrivateAttr

from index.encoder.minilm import MiniLM
from index.encoder.openai import unit_rows
from index.errors import EncoderError
from index.indexes.vector_index import Encoder
from index.library import Library
from index.model import Article, Filters, Span
from index.search.retriever import head


class HybridRetriever(BaseRetriever):
    """The passages of a library that either index finds, best match first, as LlamaIndex nodes.

    A node's score is its match (`index.search.ranking`), at most 1.
    """

    def __init__(self, library: Library, limit: int = 8, filters: Filters | None = None) -> None:
        """`limit` is the most passages that a query gives, best first."""
        super().__init__(callback_manager=CallbackManager([]))
        self._library = library
        self._limit = limit
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        nodes = []
        for hit in self._library.retrieve(query_bundle.query_str, self._limit, self._filters).hits:
            found, passage = hit.record, hit.record.passage
            node = span_node(found.article, passage.version, passage.span, found.text)
            nodes.append(NodeWithScore(node=node, score=hit.match.score))
        return nodes


def span_node(article: Article, version: str, span: Span, text: str) -> TextNode:
    """A span of a version's canonical text, offsets in code points, `text` being its characters.

    A model that reads it sees title, source and date; an embedding sees the title.
    """
    moment = article.published_at
    return TextNode(
        id_=f"{article.id}@{version}:{span.start}-{span.end}",
        text=text,
        start_char_idx=span.start,
        end_char_idx=span.end,
        metadata={
            "article_id": article.id,
            "version": version,
            "title": article.title,
            "source": article.source,
            "published_at": "" if moment is None else moment.isoformat(),
            "url": article.url,
        },
        excluded_llm_metadata_keys=["article_id", "version", "url"],
        excluded_embed_metadata_keys=["article_id", "version", "source", "published_at", "url"],
    )


class EncoderEmbedding(BaseEmbedding):
    """An encoder of ours for LlamaIndex. Of a text over its window the beginning is embedded."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(model_name=encoder.name, callback_manager=CallbackManager([]))
        self._encoder = encoder

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        tokens = self._encoder.window - 2
        rows = self._encoder.encode([head(text, self._encoder, tokens) for text in texts])
        return [[float(value) for value in row] for row in rows]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


class LlamaEncoder:
    """Any LlamaIndex embedding for a library. Passages are cut as for the model inside."""

    window = MiniLM.window

    def __init__(
        self, embedding: BaseEmbedding, passing: tuple[type[Exception], ...] = (OSError,)
    ) -> None:
        """Asks for one vector to learn its length.

        `passing` is what the embedding raises when its service is down. It becomes EncoderError,
        after which a library asks again; anything else comes through.
        """
        self.name = embedding.model_name
        self._embedding = embedding
        self._passing = passing
        self._counter = MiniLM(threads=1)
        self.dimension = self._request(["length"]).shape[1]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens in each text, counted by the tokenizer of the model inside."""
        return self._counter.count_tokens(texts)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1. EncoderError if there are none."""
        return (
            self._request(texts, self.dimension)
            if texts
            else np.zeros((0, self.dimension), np.float32)
        )

    def _request(self, texts: Sequence[str], dimension: int | None = None) -> NDArray[np.float32]:
        try:
            rows = self._embedding.get_text_embedding_batch(list(texts))
        except self._passing as error:
            raise EncoderError(f"the embedding service failed: {error}") from error
        return unit_rows(rows, (len(texts), dimension), self.name)
