"""The library in LlamaIndex's own pipeline, and LlamaIndex's embeddings in the library."""

from pathlib import Path

import llama_index.core
import numpy as np
import pytest
from llama_index.core import MockEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeWithScore, TextNode

from index.errors import EncoderError
from index.library import Library
from index.llama_retriever import EncoderEmbedding, HybridRetriever, LlamaEncoder
from index.model import Article, Filters

QUESTION = "What conditions did Zelenskyy propose?"


def assert_exact(hit: NodeWithScore, library: Library) -> None:
    assert isinstance(hit.node, TextNode)
    version = library.catalog.version(hit.node.metadata["article_id"], hit.node.metadata["version"])
    start, end = hit.node.start_char_idx, hit.node.end_char_idx
    assert start is not None
    assert version.article.text[start:end] == hit.node.text != ""


def test_a_stock_query_engine_gets_nodes_with_exact_offsets(samples: Library) -> None:
    retriever = HybridRetriever(samples, limit=6)
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
    nodes = engine.query(QUESTION).source_nodes
    assert len(nodes) == 6
    assert "nato-letter-2024-12" in {hit.node.metadata["article_id"] for hit in nodes}
    for hit in nodes:
        assert_exact(hit, samples)
    assert len({hit.node.node_id for hit in nodes}) == 6


def test_filters_are_the_librarys(samples: Library) -> None:
    found = HybridRetriever(samples, filters=Filters(articles=("nato-letter-2024-12",)))
    articles = {hit.node.metadata["article_id"] for hit in found.retrieve(QUESTION)}
    assert articles == {"nato-letter-2024-12"}


def test_the_encoder_is_a_llamaindex_embedding(samples: Library) -> None:
    embedding = EncoderEmbedding(samples.encoder)
    texts = ["A ship sank.", "word " * 900]
    vectors = np.array(embedding.get_text_embedding_batch(texts))
    assert vectors.shape == (2, samples.encoder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ embedding.get_query_embedding(texts[0]) > 0.97


def test_any_llamaindex_embedding_serves_a_library(tmp_path: Path) -> None:
    library = Library(tmp_path, LlamaEncoder(MockEmbedding(embed_dim=8)))
    list(library.add([Article(id="a", title="Ships", text="A ship sank. All were saved.")]))
    assert sum(library.embed()) == 1
    (hit,) = library.retrieve("ship", 3).hits
    assert (hit.dense_rank, hit.lexical_rank) == (1, 1)
    assert library.check() == []
    library.close()


class Down(MockEmbedding):
    """An embedding whose service goes away after the first request."""

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        if texts != ["length"]:
            raise ConnectionRefusedError("nobody there")
        return super()._get_text_embeddings(texts)


def test_a_dead_embedding_service_delays_and_loses_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path, LlamaEncoder(Down(embed_dim=8)))
    list(library.add([Article(id="a", title="Ships", text="A ship sank.")]))
    with pytest.raises(EncoderError, match="nobody there"):
        list(library.embed())
    retrieved = library.retrieve("ship", 3)
    assert [hit.lexical_rank for hit in retrieved.hits] == [1]
    assert "without dense" in retrieved.notices[0]
    assert library.backlog == 1
    library.close()


def test_no_global_of_llamaindex_is_touched(samples: Library) -> None:
    before = dict(vars(llama_index.core.Settings))
    HybridRetriever(samples).retrieve(QUESTION)
    EncoderEmbedding(samples.encoder).get_query_embedding(QUESTION)
    assert vars(llama_index.core.Settings) == before
    assert before["_llm"] is None
    assert before["_embed_model"] is None
