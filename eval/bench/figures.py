"""The figures of the README's table: which bench prints each, and what was wanted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

Rows = list[Mapping[str, Any]]
"""What a bench prints."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table. reads: whether it needs the question sets; value, told: from what the
    bench prints, the number to compare and how to write it; also: what else to tell; at_least: it
    has to be at least, or at most, `wanted`, which is None for what nobody has asked for."""

    what: str
    wanted: float | None
    unit: str
    name: str
    value: Callable[[Rows], float]
    told: str = "{:.3f}"
    also: Callable[[Rows], str] = lambda rows: ""
    at_least: bool = True
    reads: bool = True

    def row(self, printed: Rows) -> str:
        """The line of the table; a figure that falls short is bold."""
        value = self.value(printed)
        told = self.told.format(value) + self.unit
        if self.wanted is None:
            return f"| {self.what} | | {told} | `{self.name}` |"
        short = value < self.wanted if self.at_least else value > self.wanted
        mark = "**" if short else ""
        wanted = f"{self.wanted:g}{self.unit}"
        also = f" ({self.also(printed)})" if self.also(printed) else ""
        return f"| {self.what} | {wanted} | {mark}{told}{mark}{also} | `{self.name}` |"


def _marked(error: str) -> Callable[[Rows], float]:
    """The share of statements with this error that were marked, over all sets of `support`."""

    def share(rows: Rows) -> float:
        chosen = [row for row in rows if str(row["error"]).startswith(error)]
        planted = sum(row["statements"] for row in chosen)
        return float(sum(row["marked"] * row["statements"] for row in chosen) / planted)

    return share


FIGURES = (
    Figure(
        "citations whose quote is the article's text at their offsets, 2,000 questions of four "
        "sets",
        100,
        " %",
        "citations",
        lambda rows: 100 * (1 - rows[0]["mismatches"] / rows[0]["citations"]),
        "{:g}",
        lambda rows: f"{rows[0]['citations']:,} citations",
    ),
    Figure(
        "right sentence first, its passage given, without the trained reader (`qed_dev`, 299 "
        "questions)",
        0.75,
        "",
        "sentence",
        lambda rows: rows[0]["right sentence"],
    ),
    Figure(
        "the same with it",
        0.84,
        "",
        "reader_sentence",
        lambda rows: rows[0]["right sentence"],
    ),
    Figure(
        "gold paragraph among the first 5, 490 whole articles (`squad2_dev`, 6,078 questions)",
        0.92,
        "",
        "retrieval",
        lambda rows: rows[0]["@5"],
        also=lambda rows: f"first: {rows[0]['@1']:.3f}",
    ),
    Figure(
        "knowing when not to answer, balanced accuracy (`squad2_dev`)",
        0.65,
        "",
        "abstention",
        lambda rows: rows[0]["balanced accuracy"],
    ),
    Figure(
        "the same (`clapnq_dev`)",
        0.65,
        "",
        "abstention",
        lambda rows: rows[1]["balanced accuracy"],
    ),
    Figure(
        "planted errors that the support check marks: a number swapped (`clapnq_dev`, `qed_dev`)",
        0.95,
        "",
        "support",
        _marked("number"),
    ),
    Figure(
        "a date swapped",
        0.95,
        "",
        "support",
        _marked("date"),
    ),
    Figure(
        "a name swapped, half of them for one of the same text",
        0.85,
        "",
        "support",
        _marked("name"),
    ),
    Figure(
        "true statements that it marks",
        0.05,
        "",
        "support",
        _marked("none"),
        at_least=False,
    ),
    Figure(
        "of what a person's rewrite adds to finding a follow-up's passages, what the rules add "
        "(`mtrag_rewrites`, recall at 5)",
        0.5,
        "",
        "followups",
        lambda rows: rows[3]["gap closed"],
    ),
    Figure(
        "answers in words, none where there is none: exact match (`squad2_dev`)",
        60,
        "",
        "reader_answer",
        lambda rows: rows[0]["EM"],
        "{:.1f}",
    ),
    Figure(
        "the same: F1",
        64,
        "",
        "reader_answer",
        lambda rows: rows[0]["F1"],
        "{:.1f}",
    ),
    Figure(
        "passages that answer over those that do not, AUROC (`qed_dev`, 41 of 340 do not)",
        0.7,
        "",
        "reader_abstention",
        lambda rows: rows[0]["AUROC"],
    ),
    Figure(
        "the same (`clapnq_dev`, 84 of 176 do not)",
        0.7,
        "",
        "reader_abstention",
        lambda rows: rows[1]["AUROC"],
    ),
    Figure(
        "gold paragraph first when the reader orders sixteen anew: points over fused rank "
        "(`squad2_dev`)",
        5,
        "",
        "reader_rerank",
        lambda rows: 100 * (rows[0]["reranked @1"] - rows[0]["fused rank @1"]),
        "{:.1f}",
        lambda rows: "over the library's own order: {:.1f}".format(
            100 * (rows[0]["reranked @1"] - rows[0]["library @1"])
        ),
    ),
    Figure(
        "the trained reader over eight passages, p50",
        300,
        " ms",
        "reader_latency",
        lambda rows: rows[0]["p50 ms"],
        "{:.0f}",
        at_least=False,
    ),
    Figure(
        "retrieval over 100,000 passages, the question's embedding included, p50",
        25,
        " ms",
        "latency",
        lambda rows: rows[0]["p50 ms"],
        "{:.0f}",
        lambda rows: f"p95 {rows[0]['p95 ms']:.0f} ms",
        at_least=False,
    ),
    Figure(
        "an answer without a language model over 100,000 passages, p50",
        400,
        " ms",
        "latency",
        lambda rows: rows[0]["answer p50 ms"],
        "{:.0f}",
        lambda rows: f"p95 {rows[0]['answer p95 ms']:.0f} ms",
        at_least=False,
    ),
    Figure(
        "ingest to the encoder's own rate, same texts, same run",
        0.85,
        "",
        "ingest",
        lambda rows: rows[0]["ratio"],
    ),
    Figure(
        "cosine of the int8 encoder to the one in full precision, mean",
        0.99,
        "",
        "encoder",
        lambda rows: fmean(row["mean"] for row in rows),
    ),
    Figure(
        "64 clients on `qa serve` for a minute, a model at 20 ms a token: errors but 429 and 503",
        0,
        "",
        "load",
        lambda rows: rows[0]["errors"],
        "{:.0f}",
        at_least=False,
        reads=False,
    ),
    Figure(
        "the same, extractive reader alone, 8 clients: answers a second",
        None,
        "",
        "load",
        lambda rows: rows[0]["answers/s"],
        "{:.1f}",
        reads=False,
    ),
    Figure(
        "the same: p50 of an answer",
        None,
        " ms",
        "load",
        lambda rows: rows[0]["p50 ms"],
        "{:.0f}",
        reads=False,
    ),
    Figure(
        "the same: p99 of an answer",
        None,
        " ms",
        "load",
        lambda rows: rows[0]["p99 ms"],
        "{:.0f}",
        reads=False,
    ),
    Figure(
        "`qa --help`",
        0.4,
        " s",
        "startup",
        lambda rows: rows[1]["seconds"],
        "{:.2f}",
        at_least=False,
        reads=False,
    ),
)
