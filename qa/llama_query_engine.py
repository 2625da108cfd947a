"""The engine as a LlamaIndex query engine, apart from the rest for the sake of its import time."""

import asyncio

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.library import Library
from index.llama_retriever import span_node
from index.model import Filters, Span
from qa.answer import Citation
from qa.engine import Engine


class CitedQueryEngine(BaseQueryEngine):
    """Answers as `Response`s: `source_nodes[n - 1]` is what `[n]` in the text refers to.

    Its `start_char_idx:end_char_idx` slice the canonical text exactly. `metadata["answer"]` is
    the whole `Answer` as plain values.
    """

    def __init__(self, engine: Engine, library: Library, filters: Filters | None = None) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._engine = engine
        self._library = library
        self._filters = filters

    def _query(self, query_bundle: QueryBundle) -> Response:
        answer = self._engine.ask(query_bundle.query_str, self._filters)
        nodes = [NodeWithScore(node=self._node(citation)) for citation in answer.citations]
        metadata = {"answer": answer.model_dump()}
        return Response(response=answer.answer, source_nodes=nodes, metadata=metadata)

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _node(self, citation: Citation) -> TextNode:
        article = self._library.catalog.version(citation.article_id, citation.version).article
        span = Span(citation.start, citation.end)
        return span_node(article, citation.version, span, citation.quote)
