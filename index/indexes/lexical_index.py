"""The lexical index: BM25 by Tantivy over passages and their titles; see `indexer`.

Queries are built from the question's own terms, not by Tantivy's query parser, so no character
of a question has a meaning of its own.
"""

import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from index.catalog.mapping import Change, PassageRecord
from index.errors import unavailable
from index.indexes.fingerprint import discard, take_fingerprint, write_fingerprint
from index.indexes.tantivy_health import is_sound
from index.model import Filters, epoch_seconds

TITLE_BOOST = 0.25
"""Weight of a title's terms; tuned on open retrieval (`eval/bench/search/retrieval.py`)."""

MOST_TERMS = 64
"""Terms of a question that are looked up; the rest of a longer one is left out."""

_HEAP_BYTES = 50_000_000


class LexicalReader:
    """Tantivy over one folder, which another process may write to meanwhile."""

    def __init__(self, folder: Path) -> None:
        """IndexUnavailable if there is no index."""
        self._folder = folder
        self._analyzer = _analyzer(tantivy.Filter.stopword("english"))
        self._every_word = _analyzer()
        self._schema = _schema()
        self._index = self._opened()
        self._index.register_tokenizer("words", self._analyzer)

    def _opened(self) -> tantivy.Index:
        with _translated_errors():
            return tantivy.Index.open(str(self._folder))

    def __len__(self) -> int:
        return self._index.searcher().num_docs

    def query(self, question: str, limit: int, filters: Filters) -> list[int]:
        """The ids of at most `limit` passages, best first. Empty if no term is known."""
        terms = self._terms(question)
        if not terms:
            return []
        with _translated_errors():
            searcher = self._index.searcher()
            hits = searcher.search(self._query(terms, filters), limit, count=False).hits
            places = [place for _, place in hits]
            ids = searcher.fast_field_values("passage", places)
        return [int(id_) for id_ in ids if id_ is not None]

    def words(self, text: str) -> list[str]:
        """The stems of all words of a text, in order."""
        return self._every_word.analyze(text)

    def weights(self, question: str) -> dict[str, float]:
        """The idf that BM25 gives to each term of a question (Robertson and Zaragoza, 2009)."""
        terms = self._terms(question)
        with _translated_errors():
            searcher = self._index.searcher()
            count = searcher.num_docs
            frequencies = {term: searcher.doc_freq("text", term) for term in terms}
        return {
            term: math.log1p((max(count - frequency, 0) + 0.5) / (frequency + 0.5))
            for term, frequency in frequencies.items()
        }

    def ids(self) -> list[int]:
        """The ids of all passages that the index holds, ascending."""
        if not len(self):
            return []
        with _translated_errors():
            searcher = self._index.searcher()
            hits = searcher.search(Query.all_query(), len(self), count=False).hits
            values = searcher.fast_field_values("passage", [place for _, place in hits])
        return sorted(int(id_) for id_ in values if id_ is not None)

    def _terms(self, question: str) -> list[str]:
        return list(dict.fromkeys(self._analyzer.analyze(question)))[:MOST_TERMS]

    def _query(self, terms: Sequence[str], filters: Filters) -> Query:
        clauses = [(Occur.Should, self._term("text", term)) for term in terms]
        clauses += [
            (Occur.Should, Query.boost_query(self._term("title", term), TITLE_BOOST))
            for term in terms
        ]
        musts = [(Occur.Must, query) for query in self._filter_queries(filters)]
        if not musts:
            return Query.boolean_query(clauses)
        return Query.boolean_query([(Occur.Must, Query.boolean_query(clauses)), *musts])

    def _term(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term)

    def _filter_queries(self, filters: Filters) -> list[Query]:
        queries = []
        if filters.sources:
            queries.append(Query.term_set_query(self._schema, "source", list(filters.sources)))
        if filters.articles:
            queries.append(Query.term_set_query(self._schema, "article", list(filters.articles)))
        if filters.after or filters.before:
            queries.append(self._date_query(filters))
        return queries

    def _date_query(self, filters: Filters) -> Query:
        return Query.range_query(
            self._schema,
            "published_at",
            tantivy.FieldType.Integer,
            epoch_seconds(filters.after) if filters.after else None,
            epoch_seconds(filters.before) if filters.before else None,
            include_upper=filters.before is None,  # an open end has to be given as included
        )


class LexicalIndex(LexicalReader):
    """Tantivy over one folder. A folder that is damaged is replaced by an empty one."""

    name = "lexical"
    passages_at_once = 4_096  # each batch is a commit

    def __init__(
        self, folder: Path, found: Callable[[Sequence[int]], Mapping[int, PassageRecord]]
    ) -> None:
        """`found` looks passages up in the catalog, leaving out those that are not in sight."""
        self._found = found
        super().__init__(folder)
        self.generation = _generation(folder)
        self._writer = self._index.writer(_HEAP_BYTES, 1)

    def _opened(self) -> tantivy.Index:
        return _open(self._schema, self._folder)

    def close(self) -> None:
        """Wait for merges to end, and note how the files are left."""
        self._writer.wait_merging_threads()
        write_fingerprint(self._folder)

    def apply(self, batch: Sequence[Change]) -> None:
        """See `indexer.SearchIndex`."""
        wanted = {id_ for change in batch if change.kind == "added" for id_ in change.passages}
        found = self._found(sorted(wanted))
        with _translated_errors():
            for change in batch:
                self._forget(change.passages)
            for id_, one in found.items():
                self._writer.add_document(_document(id_, one))
            self._writer.commit()
            self._index.reload()

    def outdated(self) -> range:
        """See `index.follow.Index`. Nothing ever is."""
        return range(0)

    def clear(self) -> None:
        """See `indexer.SearchIndex`. Named anew first: whatever stops it, it is filled again."""
        with _translated_errors():
            (self._folder / "generation").unlink()
            self.generation = _generation(self._folder)
            self._writer.delete_all_documents()
            self._writer.commit()
            self._index.reload()

    def _forget(self, passages: range) -> None:
        if passages:
            block = Query.range_query(
                self._schema,
                "passage",
                tantivy.FieldType.Integer,
                passages.start,
                passages.stop - 1,
            )
            self._writer.delete_documents_by_query(block)


def _analyzer(*leaving_out: tantivy.Filter) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(64),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        *leaving_out,
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def _schema() -> tantivy.Schema:
    return (
        tantivy.SchemaBuilder()
        .add_integer_field("passage", indexed=True, fast=True)
        .add_text_field("title", tokenizer_name="words", index_option="freq")
        .add_text_field("text", tokenizer_name="words", index_option="freq")
        .add_text_field("source", tokenizer_name="raw", index_option="basic")
        .add_text_field("article", tokenizer_name="raw", index_option="basic")
        .add_integer_field("published_at", indexed=True, fast=True)
        .build()
    )


def _document(id_: int, found: PassageRecord) -> tantivy.Document:
    article = found.article
    document = tantivy.Document()
    document.add_integer("passage", id_)
    document.add_text("title", article.title)
    document.add_text("text", found.text)
    document.add_text("source", article.source)
    document.add_text("article", article.id)
    if article.published_at:
        document.add_integer("published_at", epoch_seconds(article.published_at))
    return document


def _open(schema: tantivy.Schema, folder: Path) -> tantivy.Index:
    """The index in `folder`; made anew if it is damaged, as the catalog can refill it."""
    with suppress(ValueError):
        if (take_fingerprint(folder) or is_sound(folder)) and tantivy.Index.exists(str(folder)):
            return tantivy.Index(schema, str(folder))
    discard(folder)
    folder.mkdir()
    return tantivy.Index(schema, str(folder))


def _translated_errors() -> AbstractContextManager[None]:
    """Translates Tantivy's errors into IndexUnavailable."""
    return unavailable("lexical search", ValueError, OSError)


def _generation(folder: Path) -> str:
    """The name in the folder's file, written when the folder is new."""
    file = folder / "generation"
    if not file.exists():
        file.write_text(uuid.uuid4().hex)
    return file.read_text()
