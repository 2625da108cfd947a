"""Is the right sentence cited? `python -m eval.bench.sentence --data FOLDER`

Right-sentence accuracy on `qed_dev`: the question's own passage is on the table, and the first
choice of the extractive reader must overlap the sentence that people marked.
"""

from pathlib import Path

import click

from eval.bench.data import Case, qed
from eval.bench.report import data_option, json_option, report
from index.encoder.minilm import MiniLM
from qa.readers.extractive import ExtractiveReader

AT_LEAST = 0.75


def is_right(reader: ExtractiveReader, case: Case) -> bool:
    """Whether the sentence with the highest score holds the answer."""
    scored = reader.score(case.question, case.table).sentences
    return bool(scored) and case.right(max(scored, key=lambda item: item.score).row)


@click.command()
@data_option
@json_option
def main(data: Path, as_json: bool) -> None:
    """Right-sentence accuracy on qed_dev, single_sentence."""
    reader = ExtractiveReader(MiniLM())
    cases = list(qed(data))
    right = sum(is_right(reader, case) for case in cases)
    first = sum(case.right(case.table.rows[0]) for case in cases)
    figures = {
        "right sentence": right / len(cases),
        "at least": AT_LEAST,
        "always the first sentence": first / len(cases),
        "questions": len(cases),
    }
    report(figures, as_json)


if __name__ == "__main__":
    main()
