"""Does the reader know when not to answer? `python -m eval.bench.abstention --data FOLDER`

Balanced accuracy, the mean of the share of answerable questions that are answered and of
unanswerable ones that are not, with the question's own passage on the table, and the
thresholds that answers are given at.
"""

from collections.abc import Sequence
from pathlib import Path

import click

from eval.bench.data import Case, clapnq, squad2
from eval.bench.report import data_option, json_option, report, watched
from index.encoder.minilm import MiniLM
from qa.readers.extractive import ExtractiveReader

AT_LEAST = 0.65


def figures(reader: ExtractiveReader, cases: Sequence[Case], name: str) -> dict[str, float]:
    """Both shares and their mean, over one set."""
    answered: dict[bool, list[bool]] = {True: [], False: []}
    for case in watched(cases, name):
        answered[bool(case.gold)].append(reader.score(case.question, case.table).answered)
    kept = sum(answered[True]) / len(answered[True])
    refused = 1 - sum(answered[False]) / len(answered[False])
    return {
        f"{name} balanced accuracy": (kept + refused) / 2,
        f"{name} answerable, answered": kept,
        f"{name} unanswerable, not answered": refused,
        f"{name} questions": len(cases),
    }


@click.command()
@data_option
@click.option("--every", default=1, show_default=True, help="Of squad2_dev, every n-th question.")
@json_option
def main(data: Path, every: int, as_json: bool) -> None:
    """Balanced accuracy of abstention on squad2_dev and clapnq_dev."""
    reader = ExtractiveReader(MiniLM())
    found = figures(reader, list(squad2(data, every)), "squad2_dev")
    found |= figures(reader, list(clapnq(data)), "clapnq_dev")
    report({"at least": AT_LEAST} | found, as_json)


if __name__ == "__main__":
    main()
