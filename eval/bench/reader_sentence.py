"""Does the trained reader find the right sentence? 0.84 wanted, 0.90 hoped for.

Right-sentence accuracy on `qed_dev`: of the question's own passage, the sentence most likely to
support the answer must overlap the one that people marked.
"""

from eval.bench.data import qed
from eval.bench.library_data import progress, show
from eval.bench.reader import opened, reader_parser


def main() -> None:
    """Print the share of right sentences."""
    wanted = reader_parser(__doc__).parse_args()
    reader = opened(wanted)
    right = []
    for case in progress(list(qed(wanted.data)), "reading"):
        (scores,) = reader.scores(case.question, [case.passage])
        right.append(case.right(case.table.rows[int(scores.sentences.argmax())]))
    show([{"questions": len(right), "right sentence": sum(right) / len(right)}], wanted.json)


if __name__ == "__main__":
    main()
