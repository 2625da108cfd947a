"""Does the keyless mode know when not to answer? 0.65 wanted, on both sets.

Balanced accuracy, the mean of the share of answerable questions that are answered and of
unanswerable ones that are not, with the question's own passage in the context, and the
thresholds that answers are given at; with the trained reader, as it comes, and without.
"""

from collections.abc import Sequence
from functools import partial

from eval.bench.labelled_passages import Case, clapnq, squad2
from eval.bench.library_data import progress, reading_parser, show
from index.encoder.minilm import MiniLM
from qa.readers.extractive.extractive_reader import ExtractiveReader
from qa.readers.trained.cross_encoder import CrossEncoder
from qa.readers.trained.trained_scorer import score_by_network


def main() -> None:
    """Print a row a set."""
    options = reading_parser(__doc__)
    options.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    arguments = options.parse_args()
    encoder = MiniLM()
    readers = {
        "trained": ExtractiveReader(encoder, partial(score_by_network, CrossEncoder())),
        "likeness": ExtractiveReader(encoder),
    }
    sets = {"squad2_dev": squad2, "clapnq_dev": clapnq}
    cases = {name: list(read(arguments.data))[:: arguments.every] for name, read in sets.items()}
    rows = [
        {"reader": kind, "set": name} | figures(reader, cases[name])
        for kind, reader in readers.items()
        for name in sets
    ]
    show(rows, arguments.json)


def figures(reader: ExtractiveReader, cases: Sequence[Case]) -> dict[str, float]:
    """Both shares and their mean, over one set."""
    answered: dict[bool, list[bool]] = {True: [], False: []}
    for case in progress(cases, "reading"):
        answered[bool(case.gold)].append(reader.score(case.question, case.context).answered)
    kept = sum(answered[True]) / len(answered[True])
    refused = 1 - sum(answered[False]) / len(answered[False])
    return {
        "questions": len(cases),
        "balanced accuracy": (kept + refused) / 2,
        "answerable, answered": kept,
        "unanswerable, not answered": refused,
    }


if __name__ == "__main__":
    main()
