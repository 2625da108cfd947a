"""Is the passage that answers among the first? Whole articles, each set in a library of its own.

A set is a folder in our form or BEIR's, or SQuAD 2.0 JSON (`eval/bench/set_formats.py`).

A question counts as answered at k if one of the first k passages overlaps a gold place: for
squad2_dev the paragraph it was written on, elsewhere any of its evidence. Wanted: 0.92 at 5 for
squad2_dev. MRR and nDCG look at the first ten and at the first passage that overlaps.
"""

import math
from collections.abc import Sequence
from statistics import fmean

from eval.bench.library_data import Question, filled, progress, show
from eval.bench.library_data import reading_parser as parser
from eval.bench.set_formats import read
from index.encoder.minilm import MiniLM
from index.library import Library
from index.search.retriever import Hit

DEPTH = 10
CUTS = (1, 3, 5, 10)


def main() -> None:
    """Print a row a set."""
    options = parser(__doc__)
    options.add_argument("--sets", nargs="+", default=["squad2_dev"])
    options.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    arguments = options.parse_args()
    encoder = MiniLM()
    rows = []
    for name in arguments.sets:
        cache = arguments.cache / name if arguments.cache else None
        corpus = read(arguments.data / name)
        asked = [q for q in corpus.questions if q.gold][:: arguments.every]
        with filled(corpus.articles, encoder, cache) as library:
            ranks = [first_rank(library, question) for question in progress(asked, name)]
        rows.append({"set": name, "questions": len(ranks)} | measures(ranks))
    show(rows, arguments.json)


def first_rank(library: Library, question: Question) -> int | None:
    """The rank, from 1, of the first of ten passages that overlaps a gold place."""
    hits = library.retrieve(question.text, DEPTH).hits
    return next((hit.rank for hit in hits if is_right(hit, question)), None)


def measures(ranks: Sequence[int | None]) -> dict[str, float]:
    """Share found at each cut, mean reciprocal rank, and nDCG with one relevant passage."""
    found = {f"@{k}": fmean(bool(rank and rank <= k) for rank in ranks) for k in CUTS}
    reciprocal = fmean(1 / rank if rank else 0.0 for rank in ranks)
    gain = fmean(1 / math.log2(1 + rank) if rank else 0.0 for rank in ranks)
    return found | {"MRR@10": reciprocal, "nDCG@10": gain}


def is_right(hit: Hit, question: Question) -> bool:
    """Whether the passage overlaps a gold place."""
    passage = hit.record.passage
    return any(
        article_id == passage.article_id and span.overlap(passage.span) > 0
        for article_id, span in question.gold
    )


if __name__ == "__main__":
    main()
