"""How long the reader takes for the eight passages of a search; 300 ms wanted, 150 hoped for.

Passages as the library makes them, of the set's first articles; each question with eight of them.
"""

import time
from itertools import islice
from statistics import fmean

import numpy as np

from eval.bench.library_data import articles, progress, questions, show
from eval.bench.reader.reader_options import opened, reader_parser
from index.encoder.minilm import MiniLM
from index.passages import passages
from index.sentences import sentences
from qa.readers.trained.inference import Passage

COUNT = 8


def main() -> None:
    """Print p50 and p95."""
    options = reader_parser(__doc__)
    options.add_argument("--set", default="squad2_dev")
    options.add_argument("--questions", type=int, default=50)
    arguments = options.parse_args()
    reader, encoder = opened(arguments), MiniLM()
    laid: list[Passage] = []
    for article in islice(articles(arguments.data / arguments.set), 4):
        whole = sentences(article.text, "en", lambda part: len(part) <= 700)
        counts = encoder.count_tokens([span.of(article.text) for span in whole])
        for span in passages(whole, counts, article.text):
            text = span.of(article.text)
            inside = sentences(text, "en", lambda part: True)
            laid.append(Passage(article.title, text, inside))
    times = []
    asked = [question.text for question in questions(arguments.data / arguments.set)]
    for at, question in enumerate(progress(asked[: arguments.questions], "asking")):
        eight = [laid[(at * COUNT + place) % len(laid)] for place in range(COUNT)]
        started = time.perf_counter()
        reader.scores(question, eight)
        times.append((time.perf_counter() - started) * 1000)
    tokens = fmean(encoder.count_tokens([passage.text for passage in laid]))
    p50, p95 = (float(np.percentile(times, share)) for share in (50, 95))
    row = {"passages": COUNT, "tokens a passage": tokens, "p50 ms": p50, "p95 ms": p95}
    show([row], arguments.json)


if __name__ == "__main__":
    main()
