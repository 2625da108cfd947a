"""The table of figures: rows are replaced by name, and a shortfall shows."""

import re

import pytest

from eval.bench.__main__ import README, replaced
from eval.bench.figures import FIGURES


def test_every_figure_has_its_row_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    for name in {figure.name for figure in FIGURES}:
        count = sum(figure.name == name for figure in FIGURES)
        assert replaced(text, name, ["x"] * count).splitlines().count("x") == count
        with pytest.raises(ValueError, match="rows of"):
            replaced(text, name, ["x"] * (count + 1))


def test_a_figure_that_falls_short_is_bold() -> None:
    retrieval = next(figure for figure in FIGURES if figure.name == "retrieval")
    assert "| 0.92 | **0.910** (first: 0.700) |" in retrieval.row([{"@5": 0.91, "@1": 0.7}])
    assert "| 0.92 | 0.930 (first: 0.800) |" in retrieval.row([{"@5": 0.93, "@1": 0.8}])
    latency = next(figure for figure in FIGURES if figure.name == "latency")
    assert "| 25 ms | **31 ms** (p95 40 ms) |" in latency.row([{"p50 ms": 31.0, "p95 ms": 40.0}])


PRINTED = {
    "citations": [{"citations": 1234, "mismatches": 0}],
    "sentence": [{"right sentence": 0.8}],
    "retrieval": [{"@5": 0.95, "@1": 0.8}],
    "abstention": [{"balanced accuracy": 0.7}, {"balanced accuracy": 0.7}],
    "latency": [
        {"p50 ms": 20.0, "p95 ms": 30.0, "answer p50 ms": 80.0, "answer p95 ms": 90.0},
    ],
    "ingest": [{"ratio": 0.9}],
    "encoder": [{"mean": 0.99}, {"mean": 0.995}],
    "support": [
        {"error": error, "statements": 10, "marked": 0.9}
        for error in ("none", "number", "date", "name")
    ],
    "followups": [{}, {}, {}, {"gap closed": 0.8}],
    "load": [{"errors": 0, "answers/s": 9.0, "p50 ms": 9, "p99 ms": 9}],
    "reader_sentence": [{"right sentence": 0.9}],
    "reader_answer": [{"EM": 65.0, "F1": 70.0}],
    "reader_abstention": [{"AUROC": 0.8}, {"AUROC": 0.8}],
    "reader_rerank": [{"reranked @1": 0.812, "library @1": 0.7, "fused rank @1": 0.6}],
    "reader_latency": [{"p50 ms": 100.0}],
    "startup": [{"seconds": 0.1}, {"seconds": 0.1}],
}


def test_the_table_is_what_the_command_writes_but_for_the_numbers() -> None:
    def masked(row: str) -> str:
        return re.sub(r"\d+", "N", row.replace("**", ""))

    text = README.read_text(encoding="utf-8")
    table = [row for row in text.splitlines() if re.search(r"\| `\w+` \|$", row)]
    written = [figure.row(PRINTED[figure.name]) for figure in FIGURES]
    assert [masked(row) for row in table] == [masked(row) for row in written]
    for row, figure in zip(table, FIGURES, strict=True):
        wanted = "" if figure.wanted is None else f"{figure.wanted:g}{figure.unit} "
        assert row.startswith(f"| {figure.what} | {wanted}| ")
