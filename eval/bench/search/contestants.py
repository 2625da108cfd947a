"""What a user would write instead, and ours, behind one interface; run by `peers.py`.

`python -m eval.bench.search.contestants NAME JOB RESULT` runs one of them in a process of its own.
JOB and RESULT are JSON files. All read with the same encoder; the peers run with their defaults.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article
from index.search.retriever import head
from qa.engine import Engine
from qa.readers.extractive.extractive_reader import ExtractiveReader

Piece = dict[str, Any]
"""article: its id; text; start and end: where the system says that the text stands, or None."""

DEPTH = 8


class Contestant(Protocol):
    """A system in an empty folder."""

    def add(self, articles: Sequence[Article]) -> None:
        """Ready to be asked when it returns."""

    def search(self, question: str) -> list[Piece]:
        """The best `DEPTH`, best first."""

    def ask(self, question: str) -> None:
        """All that the system does for an answer, but for the time a language model takes."""

    def chunks(self) -> list[str]:
        """The texts that were embedded."""


class Ours:
    """The library and the extractive reader: an answer with checked citations."""

    def __init__(self, folder: Path) -> None:
        encoder = MiniLM()
        self._library = Library(folder / "library", encoder)
        self._engine = Engine(self._library, ExtractiveReader(encoder))

    def add(self, articles: Sequence[Article]) -> None:
        """Both indexes are complete when it returns."""
        for row in self._library.add(articles):
            assert row.error is None, row
        for _ in self._library.embed():
            pass

    def search(self, question: str) -> list[Piece]:
        """Passages."""
        return [
            {
                "article": hit.record.article.id,
                "text": hit.record.text,
                "start": hit.record.passage.span.start,
                "end": hit.record.passage.span.end,
            }
            for hit in self._library.retrieve(question, DEPTH).hits
        ]

    def ask(self, question: str) -> None:
        """The whole answer."""
        self._engine.ask(question)

    def chunks(self) -> list[str]:
        """Passages."""
        catalog = self._library.catalog
        return [found.text for found in catalog.passage_records(catalog.passage_ids()).values()]


class LlamaIndexDefault:
    """Documents into a VectorStoreIndex on Chroma, asked with CitationQueryEngine."""

    def __init__(self, folder: Path) -> None:
        import chromadb
        from llama_index.core import StorageContext
        from llama_index.core.llms import MockLLM
        from llama_index.vector_stores.chroma import ChromaVectorStore

        from index.llama_retriever import EncoderEmbedding

        client = chromadb.PersistentClient(str(folder))
        self._collection = client.get_or_create_collection("articles", embedding_function=None)
        store = ChromaVectorStore(chroma_collection=self._collection)
        self._storage = StorageContext.from_defaults(vector_store=store)
        self._embedding = EncoderEmbedding(MiniLM())
        self._model = MockLLM(max_tokens=1)

    def add(self, articles: Sequence[Article]) -> None:
        """With the default splitter: 1,024 tokens of a model of OpenAI's, 200 of overlap."""
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.query_engine import CitationQueryEngine

        documents = [Document(id_=a.id, text=a.text, metadata={"title": a.title}) for a in articles]
        index = VectorStoreIndex.from_documents(
            documents, storage_context=self._storage, embed_model=self._embedding
        )
        self._retriever = index.as_retriever(similarity_top_k=DEPTH)
        self._engine = CitationQueryEngine.from_args(
            index, llm=self._model, similarity_top_k=DEPTH, embed_model=self._embedding
        )

    def search(self, question: str) -> list[Piece]:
        """Nodes."""
        from llama_index.core.schema import TextNode

        pieces = []
        for found in self._retriever.retrieve(question):
            node = found.node
            assert isinstance(node, TextNode)
            start, end = node.start_char_idx, node.end_char_idx
            pieces.append(
                {"article": node.ref_doc_id, "text": node.text, "start": start, "end": end}
            )
        return pieces

    def ask(self, question: str) -> None:
        """Retrieval, numbered chunks, prompt; the model that answers takes no time."""
        self._engine.query(question)

    def chunks(self) -> list[str]:
        """Nodes."""
        return self._collection.get(include=["documents"])["documents"] or []


class LangChainDefault:
    """RecursiveCharacterTextSplitter as in its tutorial (1,000 characters, 200 of overlap)."""

    def __init__(self, folder: Path) -> None:
        from langchain_chroma import Chroma

        self._store = Chroma(
            "articles", embedding_function=_Embeddings(), persist_directory=str(folder)
        )

    def add(self, articles: Sequence[Article]) -> None:
        """Asked to remember where each chunk begins, which is not its default."""
        from langchain_core.documents import Document
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        documents = [
            Document(page_content=a.text, metadata={"article": a.id, "title": a.title})
            for a in articles
        ]
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=1000, chunk_overlap=200, add_start_index=True
        )
        chunks = splitter.split_documents(documents)
        for at in range(0, len(chunks), 5_000):  # more is refused by Chroma
            self._store.add_documents(chunks[at : at + 5_000])

    def search(self, question: str) -> list[Piece]:
        """Documents."""
        pieces = []
        for found in self._store.similarity_search(question, k=DEPTH):
            start = found.metadata.get("start_index")
            end = None if start is None else start + len(found.page_content)
            article, text = found.metadata["article"], found.page_content
            pieces.append({"article": article, "text": text, "start": start, "end": end})
        return pieces

    def ask(self, question: str) -> None:
        """Retrieval and a prompt; it has no citing chain of its own."""
        found = self._store.similarity_search(question, k=DEPTH)
        "\n\n".join(document.page_content for document in found)

    def chunks(self) -> list[str]:
        """Documents."""
        return list(self._store.get(include=["documents"])["documents"])


class _Embeddings:
    """Our encoder as LangChain wants one. Of a text over its window the beginning is embedded."""

    def __init__(self) -> None:
        self._encoder = MiniLM()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        room = self._encoder.window - 2
        rows = self._encoder.encode([head(text, self._encoder, room) for text in texts])
        return [[float(value) for value in row] for row in rows]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


CONTESTANTS: dict[str, Callable[[Path], Contestant]] = {
    "ours": Ours,
    "llamaindex": LlamaIndexDefault,
    "langchain": LangChainDefault,
}


def run(name: str, job: Path, result: Path) -> None:
    """Fill the system, ask it everything, write what was found and what it took."""
    wanted = json.loads(job.read_text(encoding="utf-8"))
    articles = [Article(**row) for row in wanted["articles"]]
    system = CONTESTANTS[name](result.parent / name)
    started = time.perf_counter()
    system.add(articles)
    ingest = time.perf_counter() - started
    system.search("Is it warm?")
    system.ask("Is it warm?")
    told = {
        "ingest s": ingest,
        "search ms": [_timed(system.search, q) for q in wanted["questions"]],
        "ask ms": [_timed(system.ask, q) for q in wanted["questions"]],
        "found": [system.search(q) for q in wanted["questions"]],
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    result.write_text(json.dumps(told | {"read": _share_read(system.chunks())}), encoding="utf-8")


def _timed(call: Callable[[str], object], question: str) -> float:
    started = time.perf_counter()
    call(question)
    return (time.perf_counter() - started) * 1000


def _share_read(chunks: Sequence[str]) -> float:
    """Share of the chunks' tokens that fitted the encoder's window, and so were embedded."""
    encoder = MiniLM()
    counts = encoder.count_tokens(chunks)
    return sum(min(count, encoder.window - 2) for count in counts) / sum(counts)


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
