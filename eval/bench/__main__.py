"""Every figure of the README, one command each: `python -m eval.bench NAME --data FOLDER`.

`export promptfoo SET` and `export inspect SET` print a question set in another tool's form;
`table --data FOLDER` measures everything and writes the table of the README, `--only NAME...` only
those rows.
"""

import argparse
import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench import forms
from eval.cases import read_set

README = Path(__file__).parent.parent.parent / "README.md"

FOLDER = Path(__file__).parent

Rows = list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table. reads: whether it needs the question sets; value, told: from what the
    bench prints, the number to compare and how to write it; least: it has to be at least, or at
    most, `wanted`."""

    what: str
    wanted: float
    unit: str
    name: str
    value: Callable[[Rows], float]
    told: str = "{:.3f}"
    at_least: bool = True
    reads: bool = True

    def row(self, printed: Rows) -> str:
        """The line of the table; a figure that falls short is bold."""
        value = self.value(printed)
        short = value < self.wanted if self.at_least else value > self.wanted
        told = self.told.format(value) + self.unit
        mark = "**" if short else ""
        wanted = f"{self.wanted:g}{self.unit}"
        return f"| {self.what} | {wanted} | {mark}{told}{mark} | `{self.name}` |"


FIGURES = (
    Figure(
        "citations whose quote is the article's text at their offsets, 2,000 questions of four "
        "sets, share in %",
        100,
        "",
        "citations",
        lambda rows: 100 * (1 - rows[0]["mismatches"] / rows[0]["citations"]),
        "{:.2f}",
    ),
    Figure(
        "right sentence first, its passage given (`qed_dev`, 299 questions)",
        0.75,
        "",
        "sentence",
        lambda rows: rows[0]["right sentence"],
    ),
    Figure(
        "gold paragraph among the first 5, 490 whole articles (`squad2_dev`, 6,078 questions)",
        0.92,
        "",
        "retrieval",
        lambda rows: rows[0]["@5"],
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
        "right sentence first, by the trained reader (`qed_dev`)",
        0.84,
        "",
        "reader_sentence",
        lambda rows: rows[0]["right sentence"],
    ),
    Figure(
        "its answers in words, none where there is none: exact match (`squad2_dev`)",
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
        "gold paragraph first when the reader orders eight anew, points gained (`squad2_dev`)",
        5,
        "",
        "reader_rerank",
        lambda rows: 100 * (rows[0]["both"] - rows[0]["library"]),
        "{:.1f}",
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


def main() -> None:
    """Run one bench, export a set, or write the table."""
    names = sorted(f.stem for f in FOLDER.glob("*.py") if "def main()" in f.read_text())
    known = [name for name in names if not name.startswith("__")]
    options = argparse.ArgumentParser("python -m eval.bench", description=__doc__)
    options.add_argument("name", choices=[*known, "export", "table"])
    options.add_argument("rest", nargs=argparse.REMAINDER)
    wanted = options.parse_args()
    if wanted.name == "export":
        export(wanted.rest)
    elif wanted.name == "table":
        table(wanted.rest)
    else:
        sys.argv[1:] = wanted.rest
        runpy.run_module(f"eval.bench.{wanted.name}", run_name="__main__", alter_sys=True)


def export(words: list[str]) -> None:
    """Print a set of ours in another tool's form."""
    options = argparse.ArgumentParser("python -m eval.bench export")
    options.add_argument("form", choices=["promptfoo", "inspect"])
    options.add_argument("set", type=Path)
    wanted = options.parse_args(words)
    form = forms.promptfoo if wanted.form == "promptfoo" else forms.inspect
    print(form(read_set(wanted.set)), end="")


def table(words: list[str]) -> None:
    """Measure and write rows of the README's table."""
    options = argparse.ArgumentParser("python -m eval.bench table")
    options.add_argument("--data", type=Path, required=True)
    names = list(dict.fromkeys(figure.name for figure in FIGURES))
    options.add_argument("--only", nargs="+", choices=names, default=names)
    wanted = options.parse_args(words)
    for name in wanted.only:
        chosen = [figure for figure in FIGURES if figure.name == name]
        printed = measured(name, ["--data", str(wanted.data)] if chosen[0].reads else [])
        rows = [figure.row(printed) for figure in chosen]
        README.write_text(replaced(README.read_text(encoding="utf-8"), name, rows), "utf-8")
        print("\n".join(rows), flush=True)


def measured(name: str, words: list[str]) -> Rows:
    """What a bench prints, as rows. CalledProcessError if it fails."""
    command = [sys.executable, "-m", f"eval.bench.{name}", "--json", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    rows: Rows = json.loads(done.stdout)
    return rows


def replaced(text: str, name: str, rows: list[str]) -> str:
    """The text with its table rows that end in `name` replaced, in order."""
    waiting = iter(rows)
    row = re.compile(rf"^\|.*\| `{name}` \|$", re.MULTILINE)
    found = len(row.findall(text))
    if found != len(rows):
        raise ValueError(f"README.md has {found} rows of {name}, not {len(rows)}")
    return row.sub(lambda _: next(waiting), text)


if __name__ == "__main__":
    main()
