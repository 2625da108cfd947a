"""Every figure of the README, one command each: `python -m eval.bench NAME --data FOLDER`.

`export promptfoo SET` and `export inspect SET` print a question set in another tool's form;
`table --data FOLDER` measures everything and writes the table of the README, `--only NAME...` only
those rows. The encoder's row needs `--reference FILE.onnx` (`eval/bench/search/encoder.py`).
"""

import argparse
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

from eval.bench import set_formats
from eval.bench.figures import FIGURES, Rows
from eval.question_sets import read_set

README = Path(__file__).parent.parent.parent / "README.md"

FOLDER = Path(__file__).parent


def main() -> None:
    """Run one bench, export a set, or write the table."""
    options = argparse.ArgumentParser("python -m eval.bench", description=__doc__)
    options.add_argument("name", choices=[*sorted(benches()), "export", "table"])
    options.add_argument("rest", nargs=argparse.REMAINDER)
    arguments = options.parse_args()
    if arguments.name == "export":
        export(arguments.rest)
    elif arguments.name == "table":
        table(arguments.rest)
    else:
        sys.argv[1:] = arguments.rest
        runpy.run_module(benches()[arguments.name], run_name="__main__", alter_sys=True)


def benches() -> dict[str, str]:
    """The modules in the folders beside this file that have a command line, by name."""
    files = [file for file in FOLDER.glob("*/*.py") if "def main()" in file.read_text()]
    return {file.stem: f"eval.bench.{file.parent.name}.{file.stem}" for file in files}


def export(words: list[str]) -> None:
    """Print a set of ours in another tool's form."""
    options = argparse.ArgumentParser("python -m eval.bench export")
    options.add_argument("form", choices=["promptfoo", "inspect"])
    options.add_argument("set", type=Path)
    arguments = options.parse_args(words)
    form = set_formats.promptfoo if arguments.form == "promptfoo" else set_formats.inspect
    print(form(read_set(arguments.set)), end="")


def table(words: list[str]) -> None:
    """Measure and write rows of the README's table."""
    options = argparse.ArgumentParser("python -m eval.bench table")
    options.add_argument("--data", type=Path, required=True)
    names = list(dict.fromkeys(figure.name for figure in FIGURES))
    options.add_argument("--only", nargs="+", choices=names, default=names)
    options.add_argument("--reference", type=Path, help="the encoder in full precision")
    arguments = options.parse_args(words)
    for name in arguments.only:
        if name == "encoder" and not arguments.reference:
            print("the encoder's row stays as it is: it needs --reference", file=sys.stderr)
            continue
        chosen = [figure for figure in FIGURES if figure.name == name]
        data = ["--data", str(arguments.data)] if chosen[0].reads else []
        reference = ["--reference", str(arguments.reference)] if name == "encoder" else []
        printed = measured(name, data + reference)
        rows = [figure.row(printed) for figure in chosen]
        README.write_text(replaced(README.read_text(encoding="utf-8"), name, rows), "utf-8")
        print("\n".join(rows), flush=True)


def measured(name: str, words: list[str]) -> Rows:
    """What a bench prints, as rows. CalledProcessError if it fails."""
    command = [sys.executable, "-m", "eval.bench", name, "--json", *words]
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
