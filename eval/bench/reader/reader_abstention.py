"""Does the reader rank passages that answer over those that do not? AUROC of 0.70 wanted on both.

`qed_dev`: queries whose passage answers in one sentence against those without (`none`);
`clapnq_dev`: all. The balanced accuracy is at the threshold that was chosen elsewhere.
"""

from collections.abc import Sequence

from eval.bench.labelled_passages import Case, clapnq, qed
from eval.bench.library_data import progress, show
from eval.bench.reader.reader_options import opened, reader_parser
from eval.metrics import auroc, balanced_accuracy
from qa.readers.trained.cross_encoder import CrossEncoder


def main() -> None:
    """Print a row a set."""
    arguments = reader_parser(__doc__).parse_args()
    reader = opened(arguments)
    queries = [*qed(arguments.data), *qed(arguments.data, "none")]
    sets = {"qed_dev": queries, "clapnq_dev": list(clapnq(arguments.data))}
    show([figures(reader, name, cases) for name, cases in sets.items()], arguments.json)


def figures(reader: CrossEncoder, name: str, cases: Sequence[Case]) -> dict[str, object]:
    """Over one set."""
    read = [reader.scores(case.question, [case.passage])[0] for case in progress(cases, name)]
    answers, right = [scores.answers for scores in read], [bool(case.gold) for case in cases]
    outcomes = [
        (has, share >= reader.answers_at) for has, share in zip(right, answers, strict=True)
    ]
    found = [reader.passage_logits(case.question, case.passage)[0] for case in cases]
    return {
        "set": name,
        "questions": len(cases),
        "without an answer": right.count(False),
        "AUROC": auroc(answers, right),
        "by its own logit": auroc([one.answers for one in found], right),
        "by the words": auroc([one.span for one in found], right),
        "by the best sentence": auroc([float(one.support.max()) for one in found], right),
        "balanced accuracy": balanced_accuracy(outcomes),
    }


if __name__ == "__main__":
    main()
