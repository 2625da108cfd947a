"""Passages that answer none of the questions, to find the right one among: real text, none twice.

Articles of sets of others, then the documentation on this machine, until there are enough.
Paragraphs that came before, such as licences, and those that share a sentence with an article
that is asked about are left out. A copy with noise would say nothing: it is found as its original
is, or not at all.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from eval.bench.library_data import articles, progress
from index import sources
from index.library import Library
from index.model import Article
from index.sentences import sentences

SETS = ("squad2_dev", "chroma_chunking")

DOCUMENTATION = (Path("/usr/share/doc"), Path(sys.prefix))
"""Where systems and Python packages keep theirs."""

LEAST_WORDS = 8
"""A shorter sentence says nothing of where it is from."""

MOST_CHARS = 200_000
"""Of a file; more would be a dictionary or a change log."""

ARTICLES_AT_ONCE = 32


def add_others(
    library: Library, data: Path, folders: Iterable[Path], asked: Iterable[Article], count: int
) -> int:
    """Add articles until the library has `count` passages more, or there are none left; returns
    how many more it has. `asked` are the articles that no text may share a sentence with."""
    before = library.catalog.counts("passages")["passages"]
    added = 0
    known = {one for article in asked for one in _long_sentences(article.text)}
    fresh = iter(progress(_fresh(_texts(data, folders), known), "other passages"))
    while added < count and (batch := list(islice(fresh, ARTICLES_AT_ONCE))):
        for _ in library.add(batch):
            pass
        added = library.catalog.counts("passages")["passages"] - before
    return added


def _texts(data: Path, folders: Iterable[Path]) -> Iterator[Article]:
    for name in SETS:
        for article in articles(data / name) if (data / name).is_dir() else ():
            yield replace(article, id=f"{name}/{article.id}")
    for folder in folders:
        for item in sources.read([folder]) if folder.is_dir() else ():
            if isinstance(item, Article):
                yield replace(item, id=f"{folder}/{item.id}", text=item.text[:MOST_CHARS])


def _fresh(items: Iterable[Article], known: set[str]) -> Iterator[Article]:
    """The articles without the paragraphs that have a sentence that is known; theirs become it."""
    for article in items:
        kept = []
        for paragraph in article.text.split("\n\n"):
            held = _long_sentences(paragraph)
            if held and known.isdisjoint(held):
                kept.append(paragraph)
            known |= held
        if kept:
            yield replace(article, text="\n\n".join(kept))


def _long_sentences(text: str) -> set[str]:
    """The sentences of a few words or more, without what white space and case make different."""
    spans = sentences(text, "en", lambda part: len(part) <= MOST_CHARS)
    found = (span.of(text).casefold().split() for span in spans)
    return {" ".join(words) for words in found if len(words) >= LEAST_WORDS}
