"""The engine as a LlamaIndex query engine."""

import asyncio

import llama_index.core

from index.library import Library
from qa.answer import Answer
from qa.engine import Engine
from qa.llama_query_engine import CitedQueryEngine
from qa.readers.extractive.extractive_reader import ExtractiveReader

QUESTION = "What conditions did Zelenskyy propose?"


def test_source_nodes_are_the_citations_with_exact_offsets(samples: Library) -> None:
    engine = CitedQueryEngine(Engine(samples, ExtractiveReader(samples.encoder)), samples)
    response = engine.query(QUESTION)
    answer = Answer.model_validate(response.metadata["answer"])
    assert str(response) == answer.answer
    assert len(response.source_nodes) == len(answer.citations) > 0
    for citation, hit in zip(answer.citations, response.source_nodes, strict=True):
        text = samples.catalog.version(citation.article_id, citation.version).article.text
        span = slice(hit.node.start_char_idx, hit.node.end_char_idx)
        assert text[span] == hit.node.get_content() == citation.quote
    later = asyncio.run(engine.aquery(QUESTION))
    assert str(later) == answer.answer


def test_no_answer_has_no_source(samples: Library) -> None:
    engine = CitedQueryEngine(Engine(samples, ExtractiveReader(samples.encoder)), samples)
    response = engine.query("What is the boiling point of tungsten?")
    assert (str(response), response.source_nodes) == ("The articles do not say.", [])
    assert llama_index.core.Settings._llm is None
    assert llama_index.core.Settings._embed_model is None
