"""Does the reader put the right passage first? 5 points over the library's own order wanted.

`squad2_dev` open: the first passages that the library finds for a question, ordered anew by how
relevant the reader finds them. A hit is a passage that overlaps the paragraph that the question
was written on, whether that answers it or not, as in `retrieval`.
"""

from collections.abc import Sequence
from statistics import fmean

from eval.bench.forms import read
from eval.bench.library_data import Question, filled, progress, show
from eval.bench.reader import opened, reader_parser
from index.encoder.minilm import MiniLM
from index.library import Library
from index.model import Span
from index.retrieve import Hit
from index.sentences import sentences
from qa.readers.trained.cross_encoder import CrossEncoder, Passage, Scores

MATCH_WEIGHT = 1.0
"""What the library's own match, a number of about 0 to 1, adds to the reader's probability."""


def main() -> None:
    """Print the share of questions whose paragraph is first, in each order."""
    options = reader_parser(__doc__)
    options.add_argument("--set", default="squad2_dev")
    options.add_argument("--depth", type=int, default=8, help="passages that are ordered anew")
    wanted = options.parse_args()
    reader, encoder = opened(wanted), MiniLM()
    corpus = read(wanted.data / wanted.set)
    asked = [question for question in corpus.questions if question.gold][:: wanted.every]
    with filled(corpus.articles, encoder, wanted.cache) as library:
        done = [
            ranks(reader, library, question, wanted.depth) for question in progress(asked, "asking")
        ]
    kinds = {"all": done}
    for answerable in (True, False):
        kinds["with an answer" if answerable else "without"] = [
            one
            for one, question in zip(done, asked, strict=True)
            if question.answerable == answerable
        ]
    show([{"questions": name} | row(some) for name, some in kinds.items()], wanted.json)


Ranks = dict[str, int | None]


def ranks(reader: CrossEncoder, library: Library, question: Question, depth: int) -> Ranks:
    """The rank, from 1, of the first right passage in each order."""
    hits = library.retrieve(question.text, depth).hits
    right = [_overlaps(hit, question) for hit in hits]
    scores = reader.scores(question.text, [_passage(hit) for hit in hits])
    orders = {
        "library": [-float(hit.rank) for hit in hits],
        "fused ranks": [_fused(hit) for hit in hits],
        "reader": [one.relevance for one in scores],
        "both": [_both(hit, one) for hit, one in zip(hits, scores, strict=True)],
    }
    return {name: _first(right, order) for name, order in orders.items()}


def row(done: Sequence[Ranks]) -> dict[str, float]:
    """Share found first in each order, and among those that were ordered."""
    shares = {name: fmean(one[name] == 1 for one in done) for name in done[0]}
    return (
        {"count": len(done)} | shares | {"found": fmean(one["library"] is not None for one in done)}
    )


def _both(hit: Hit, scores: Scores) -> float:
    return scores.relevance + MATCH_WEIGHT * hit.match.score


def _fused(hit: Hit) -> float:
    """Reciprocal rank fusion (Cormack et al., 2009)."""
    return sum(1 / (60 + rank) for rank in (hit.dense_rank, hit.lexical_rank) if rank)


def _first(right: Sequence[bool], order: Sequence[float]) -> int | None:
    ranked = sorted(range(len(order)), key=lambda at: -order[at])
    return next((rank for rank, at in enumerate(ranked, 1) if right[at]), None)


def _passage(hit: Hit) -> Passage:
    text = hit.found.text
    return Passage(hit.found.article.title, text, sentences(text, "en", lambda part: True))


def _overlaps(hit: Hit, question: Question) -> bool:
    passage = hit.found.passage
    places: Sequence[tuple[str, Span]] = question.gold
    return any(name == passage.article_id and s.overlap(passage.span) > 0 for name, s in places)


if __name__ == "__main__":
    main()
