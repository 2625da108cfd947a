"""Does the trained reader find the right sentence? 0.84 wanted, 0.90 hoped for.

Right-sentence accuracy on `qed_dev`: of the question's own passage, the sentence that the keyless
mode scores best must overlap the one that people marked.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from eval.bench.labelled_passages import Case, qed
from eval.bench.library_data import progress, show
from eval.bench.reader.reader_options import opened, reader_parser
from qa.readers.trained.cross_encoder import CrossEncoder
from qa.readers.trained.trained_scorer import score_by_network


def main() -> None:
    """Print the share of right sentences, as the product chooses and by the network alone."""
    arguments = reader_parser(__doc__).parse_args()
    reader = opened(arguments)
    cases = list(qed(arguments.data))[:: arguments.every]
    done = [marks(reader, case) for case in progress(cases, "reading")]
    shares = {name: sum(one[name] for one in done) / len(done) for name in done[0]}
    show([{"questions": len(done)} | shares], arguments.json)


def marks(reader: CrossEncoder, case: Case) -> Mapping[str, bool]:
    """Whether the best sentence is right, by what it is the best."""
    (scores,) = reader.scores(case.question, [case.passage])
    found, _ = reader.passage_logits(case.question, case.passage)
    rows = case.context.sentences
    reading = score_by_network(reader, case.question, rows)
    by: dict[str, ArrayLike] = {
        "right sentence": [one.score for one in reading.sentences],
        "by the network": scores.sentences,
        "by support alone": found.support,
        "by the words alone": found.spans,
    }
    return {name: case.right(rows[int(np.argmax(some))]) for name, some in by.items()}


if __name__ == "__main__":
    main()
