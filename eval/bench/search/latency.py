"""How long retrieval takes at 100,000 passages, the question's embedding included, and a whole
answer without a language model; 25 ms and 400 ms wanted.

The passages are those of one set, and as many copies of its articles with other ids and the words
of each line rotated as it takes. Only the originals are embedded: a copy's vector is its
original's with noise, made of length 1 again. It is stored through the catalog like any other,
so the vector index is built by its indexer as always.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.library_data import articles, filled, progress, questions, show
from eval.bench.library_data import reading_parser as parser
from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article
from qa.build import make_engine
from qa.settings import Settings

NOISE = 0.02
"""Standard deviation in each of 384 dimensions: a copy has a cosine of about 0.93."""

LIMIT = 8


def main() -> None:
    """Print passages, p50 and p95."""
    options = parser(__doc__)
    options.add_argument("--set", default="squad2_dev")
    options.add_argument("--passages", type=int, default=100_000)
    options.add_argument("--questions", type=int, default=300)
    options.add_argument("--scratch", type=Path, help="keep the large library in this folder")
    arguments = options.parse_args()
    encoder = MiniLM()
    held = list(articles(arguments.data / arguments.set))
    with filled(held, encoder, arguments.cache) as real:
        ids = real.catalog.embedded_ids()
        vectors = np.stack(list(real.catalog.vectors(ids).values()))
    asked = [question.text for question in questions(arguments.data / arguments.set)]
    chosen = random.Random(0).sample(asked, min(arguments.questions, len(asked)))
    with tempfile.TemporaryDirectory() as scratch:
        library = Library(arguments.scratch or Path(scratch) / "library", encoder)
        fill(library, held, vectors, arguments.passages)
        engine = make_engine(Settings(data=Path()), library)
        found = timed(lambda question: library.retrieve(question, LIMIT), chosen)
        answered = timed(engine.ask, chosen)
        passages = library.catalog.counts()["passages"]
        library.close()
    row = {"passages": passages} | percentiles("", found) | percentiles("answer ", answered)
    show([row], arguments.json)


def fill(
    library: Library, items: Sequence[Article], vectors: NDArray[np.float32], count: int
) -> None:
    """Add copies until there are `count` passages, give them vectors, bring the index up to it."""
    for _ in progress(library.add(until(library, copies(items), count)), "copying"):
        pass
    given = set(library.catalog.embedded_ids())
    bare = [id_ for id_ in library.catalog.passage_ids() if id_ not in given]
    noise = np.random.default_rng(0)
    for at in range(0, len(bare), 1024):
        part = bare[at : at + 1024]
        near = vectors[np.array(part) % len(vectors)]
        near = near + noise.normal(0, NOISE, near.shape).astype(np.float32)
        near /= np.linalg.norm(near, axis=1, keepdims=True)
        library.catalog.put_vectors(dict(zip(part, near, strict=True)))
    for _ in progress(library.embed(), "indexing", -(-library.backlog // 256)):
        pass


def until(library: Library, items: Iterator[Article], count: int) -> Iterator[Article]:
    """The articles, until the library has `count` passages."""
    for article in items:
        if library.catalog.counts()["passages"] >= count:
            return
        yield article


def copies(items: Sequence[Article]) -> Iterator[Article]:
    """The articles, then copies of them without end: words rotated within each line."""
    turn = 0
    while items:
        for article in items:
            lines = (rotated(line, turn) for line in article.text.splitlines())
            yield replace(article, id=f"{article.id}/{turn}", text="\n".join(lines))
        turn += 1


def rotated(line: str, turn: int) -> str:
    """The words of a line, begun `7 * turn` words later; the line as it was for turn 0."""
    words = line.split()
    at = 7 * turn % len(words) if words else 0
    return " ".join(words[at:] + words[:at]) if at else line


def timed(ask: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Wall times in ms, one after the other; the first question warms up."""
    ask(questions[0])
    return [_milliseconds(ask, question) for question in progress(questions, "asking")]


def percentiles(name: str, times: Sequence[float]) -> dict[str, float]:
    """p50 and p95."""
    return {f"{name}p{share} ms": float(np.percentile(times, share)) for share in (50, 95)}


def _milliseconds(ask: Callable[[str], object], question: str) -> float:
    started = time.perf_counter()
    ask(question)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
