"""Is the right sentence cited without the trained reader? 0.75 wanted.

Right-sentence accuracy on `qed_dev`: the question's own passage is the context, and the first
choice of the extractive reader by likeness must overlap the sentence that people marked. With the
trained reader, see `reader_sentence`.
"""

from eval.bench.labelled_passages import Case, qed
from eval.bench.library_data import progress, reading_parser, show
from index.encoder.minilm import MiniLM
from qa.readers.extractive.extractive_reader import ExtractiveReader


def main() -> None:
    """Print the share of right sentences, and that of first sentences for comparison."""
    arguments = reading_parser(__doc__).parse_args()
    reader = ExtractiveReader(MiniLM())
    cases = list(qed(arguments.data))
    right = sum(is_right(reader, case) for case in progress(cases, "reading"))
    first = sum(case.right(case.context.sentences[0]) for case in cases)
    row = {
        "questions": len(cases),
        "right sentence": right / len(cases),
        "always the first sentence": first / len(cases),
    }
    show([row], arguments.json)


def is_right(reader: ExtractiveReader, case: Case) -> bool:
    """Whether the sentence with the highest score holds the answer."""
    scored = reader.score(case.question, case.context).sentences
    return bool(scored) and case.right(max(scored, key=lambda item: item.score).sentence)


if __name__ == "__main__":
    main()
