"""Are the reader's answers in words right, and none where there is none? EM 60 and F1 64 wanted.

SQuAD 2.0's exact match and F1 on `squad2_dev`, each question over its paragraph, in percent; the
threshold was chosen on other articles (`eval/training/reader/fit_reader.py`).
"""

from collections.abc import Sequence
from statistics import fmean

from eval.bench.labelled_passages import Case, squad2
from eval.bench.library_data import progress, show
from eval.bench.reader.reader_options import opened, reader_parser
from eval.metrics import answer_f1, auroc, exact_match
from qa.readers.trained.cross_encoder import Scores


def main() -> None:
    """Print a row for all questions, for those with an answer, and for those without."""
    arguments = reader_parser(__doc__).parse_args()
    reader = opened(arguments)
    cases = list(squad2(arguments.data))[:: arguments.every]
    read = [reader.scores(case.question, [case.passage])[0] for case in progress(cases, "reading")]
    ranked = auroc([scores.answers for scores in read], [bool(case.gold) for case in cases])
    done = [
        (case, words(case, one, reader.answers_at), words(case, one, 0.0))
        for case, one in zip(cases, read, strict=True)
    ]
    rows = {
        "all": row(done),
        "with an answer": row([one for one in done if one[0].gold]),
        "without": row([one for one in done if not one[0].gold]),
    }
    show(
        [{"questions": name} | held | {"AUROC": ranked} for name, held in rows.items()],
        arguments.json,
    )


def words(case: Case, scores: Scores, answers_at: float) -> str:
    """What the reader answers; nothing if it abstains."""
    if scores.span is None or scores.answers < answers_at:
        return ""
    return scores.span.of(case.passage.text)


def row(done: Sequence[tuple[Case, str, str]]) -> dict[str, float]:
    """Means over these questions; where there is no answer, only no answer is right."""
    pairs = [(said, accepted(case)) for case, said, _ in done]
    return {
        "count": len(pairs),
        "EM": 100 * fmean(exact_match(*pair) or 0.0 for pair in pairs),
        "F1": 100 * fmean(answer_f1(*pair) or 0.0 for pair in pairs),
        "F1 if it always answers": 100
        * fmean(answer_f1(forced, accepted(case)) or 0.0 for case, _, forced in done),
    }


def accepted(case: Case) -> Sequence[str]:
    """The right answers in words; nothing is right where there is none."""
    return case.answers if case.gold else ("",)


if __name__ == "__main__":
    main()
