"""The table of figures: rows are replaced by name, and a shortfall shows."""

import pytest

from eval.bench.__main__ import FIGURES, README, replaced


def test_every_figure_has_its_row_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    for name in {figure.name for figure in FIGURES}:
        count = sum(figure.name == name for figure in FIGURES)
        assert replaced(text, name, ["x"] * count).splitlines().count("x") == count
        with pytest.raises(ValueError, match="rows of"):
            replaced(text, name, ["x"] * (count + 1))


def test_a_figure_that_falls_short_is_bold() -> None:
    retrieval = next(figure for figure in FIGURES if figure.name == "retrieval")
    assert "| 0.92 | **0.910** |" in retrieval.row([{"@5": 0.91}])
    assert "| 0.92 | 0.930 |" in retrieval.row([{"@5": 0.93}])
    latency = next(figure for figure in FIGURES if figure.name == "latency")
    assert "| 25 ms | **31 ms** |" in latency.row([{"p50 ms": 31.0}])
