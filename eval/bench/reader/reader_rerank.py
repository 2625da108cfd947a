"""Does the reader put the right passage first? 5 points over fused rank wanted, 10 hoped for.

`squad2_dev` open: the first passages that the library finds for a question, ordered anew by how
relevant the reader finds them (`by the reader`), and by that and the library's match (`reranked`,
which is what a language model gets). A hit is a passage that overlaps the paragraph that the
question was written on, whether that answers it or not, as in `retrieval`.
"""

from collections.abc import Sequence
from statistics import fmean

from eval.bench.library_data import Question, filled, progress, show
from eval.bench.reader.reader_options import opened, reader_parser
from eval.bench.search.retrieval import is_right
from eval.bench.set_formats import read
from index.encoder.minilm import MiniLM
from index.library import Library
from index.search.retriever import CANDIDATES, Hit
from qa.engine import FOUND_TO_RERANK
from qa.readers.trained.cross_encoder import CrossEncoder
from qa.readers.trained.trained_scorer import relevance, reranked

ALL_FOUND = 2 * CANDIDATES
"""As many as both indexes can find together."""


def main() -> None:
    """Print the share of questions whose paragraph is first, in each order."""
    options = reader_parser(__doc__)
    options.add_argument("--set", default="squad2_dev")
    options.add_argument(
        "--depth", type=int, default=FOUND_TO_RERANK, help="passages that are ordered anew"
    )
    arguments = options.parse_args()
    reader, encoder = opened(arguments), MiniLM()
    corpus = read(arguments.data / arguments.set)
    asked = [question for question in corpus.questions if question.gold][:: arguments.every]
    with filled(corpus.articles, encoder, arguments.cache) as library:
        done = [
            ranks(reader, library, question, arguments.depth)
            for question in progress(asked, "asking")
        ]
    kinds = {"all": done}
    for answerable in (True, False):
        kinds["with an answer" if answerable else "without"] = [
            one
            for one, question in zip(done, asked, strict=True)
            if question.answerable == answerable
        ]
    show([{"questions": name} | row(some) for name, some in kinds.items()], arguments.json)


Ranks = dict[str, int | None]


def ranks(reader: CrossEncoder, library: Library, question: Question, depth: int) -> Ranks:
    """The rank, from 1, of the first right passage in each order."""
    every = library.retrieve(question.text, ALL_FOUND).hits
    fused = sorted(every, key=lambda hit: hit.fused_rank)
    scores = relevance(reader, question.text, every[:depth])
    read = sorted(zip(scores, every, strict=False), key=lambda pair: -pair[0])
    orders = {
        "fused rank": fused,
        "library": every,
        "by the reader": [hit for _, hit in read],
        "reranked": reranked(every[:depth], scores),
    }
    return {name: _first(order, question) for name, order in orders.items()}


def row(done: Sequence[Ranks]) -> dict[str, float]:
    """Share of questions whose right passage is first, and among the first five."""
    shares = {
        f"{name} @{cut}": fmean((one[name] or cut + 1) <= cut for one in done)
        for name in done[0]
        for cut in (1, 5)
    }
    return {"count": len(done)} | shares


def _first(order: Sequence[Hit], question: Question) -> int | None:
    return next((rank for rank, hit in enumerate(order, 1) if is_right(hit, question)), None)


if __name__ == "__main__":
    main()
