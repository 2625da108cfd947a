"""How much of the encoder's own speed is left when it works inside a library: 0.85 wanted.

Rounds alternate between `Library.add` and `embed` on a slice of articles, and `encode` on the
very texts that were embedded, so that a busy machine slows both alike.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from eval.bench.library_data import articles, progress, show
from eval.bench.library_data import reading_parser as parser
from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Article


def main() -> None:
    """Print tokens a second both ways, and their ratio."""
    options = parser(__doc__)
    options.add_argument("--set", default="squad2_dev")
    options.add_argument("--rounds", type=int, default=4)
    options.add_argument("--articles", type=int, default=8, help="a round")
    arguments = options.parse_args()
    encoder = MiniLM()
    held = list(articles(arguments.data / arguments.set))
    size = arguments.articles
    parts = [held[at * size : (at + 1) * size] for at in range(arguments.rounds)]
    rows = [one_round(part, encoder) for part in progress(parts, "rounds")]
    tokens = sum(row[0] for row in rows)
    added, embedded, bare = (sum(row[i] for row in rows) for i in (1, 2, 3))
    row = {
        "tokens": int(tokens),
        "encoder tokens/s": tokens / bare,
        "ingest tokens/s": tokens / (added + embedded),
        "ratio": bare / (added + embedded),
        "ratio of embed alone": bare / embedded,
    }
    show([row], arguments.json)


def one_round(items: Sequence[Article], encoder: MiniLM) -> tuple[float, float, float, float]:
    """Tokens; seconds to add, to embed, and to encode the same texts in bulk."""
    with tempfile.TemporaryDirectory() as scratch:
        library = Library(Path(scratch) / "library", encoder)
        library.backlog  # noqa: B018  opens Chroma, once for any number of articles
        moments = [time.perf_counter()]
        list(library.add(items))
        moments.append(time.perf_counter())
        list(library.embed())
        moments.append(time.perf_counter())
        found = library.catalog.passage_records(library.catalog.passage_ids())
        texts = [library._embedded(passage) for passage in found.values()]
        library.close()
    started = time.perf_counter()
    encoder.encode(texts)
    bare = time.perf_counter() - started
    tokens = float(sum(encoder.count_tokens(texts)))
    return tokens, moments[1] - moments[0], moments[2] - moments[1], bare


if __name__ == "__main__":
    main()
