"""What each training set, each head of the loss, found labels and hard questions are worth.

    /tmp/train/bin/python -m eval.bench reader_ablation --data DATA --labels /tmp/labels.jsonl \\
        --hard /tmp/hard.jsonl --out /tmp/ablation --steps 200

Short runs in the environment of `eval/training/reader/train_reader.py`, equal but for one thing,
each exported and measured as the reader is. One has but another seed: what it differs by is
chance. Two go side by side, with a core each.
What is done already in `--out` is not done again. Logits alone are compared: the probabilities of
the product are fitted to its own file.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from eval.bench.library_data import show
from eval.training.reader.examples import RATES

HEADS = ("span", "sentence", "answerable", "relevant")

BENCHES: Mapping[str, tuple[str, ...]] = {
    "reader_sentence": (),
    "reader_answer": ("--every", "12"),
    "reader_abstention": (),
}


def main() -> None:
    """Run what is missing and print a row a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of question sets")
    parser.add_argument("--labels", type=Path, required=True, help="of `self_label.py`")
    parser.add_argument("--hard", type=Path, required=True, help="of `hard_negatives.py`")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time, of one thread each")
    parser.add_argument("--only", nargs="+", metavar="RUN", help="these alone, by name")
    parser.add_argument("--json", action="store_true", help="for scripts")
    arguments = parser.parse_args()
    chosen = [one for one in variants(arguments) if not arguments.only or one[0] in arguments.only]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        made = pool.map(lambda one: row(arguments, *one), chosen)
        show(list(made), arguments.json)


def variants(arguments: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """Names, and what each is trained with."""
    hard = ["--hard", str(arguments.hard)]
    every = [*hard, "--labels", str(arguments.labels)]
    yield "all", every
    yield "another seed", [*every, "--seed", "8"]
    yield "without labels", hard
    yield "changed questions drawn", every[2:]
    for name in RATES:
        yield f"without {name}", [*every, "--without", name]
    for head in HEADS:
        yield f"no {head} loss", [*every, "--no-head", head]


def row(arguments: argparse.Namespace, name: str, words: list[str]) -> dict[str, Any]:
    """The figures of one run, kept beside its model."""
    folder = arguments.out / name.replace(" ", "-")
    kept = folder / "figures.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        common = ["--data", str(arguments.data / "train"), "--steps", str(arguments.steps)]
        common += ["--threads", "1"]
        _run("eval.training.reader.train_reader", *common, "--out", str(folder), *words)
        model = folder / "reader.onnx"
        _run("eval.training.reader.export_reader", "--run", str(folder), "--out", str(model))
        kept.write_text(json.dumps(figures(arguments.data, model)), encoding="utf-8")
    found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return {"run": name} | found


def figures(data: Path, model: Path) -> dict[str, float]:
    """Of an exported model."""
    found = {}
    for name, words in BENCHES.items():
        options = ["--data", str(data), "--model", str(model), "--json", *words]
        found[name] = json.loads(_run("eval.bench", name, *options))
    (sentence,), (_, answered, _) = found["reader_sentence"], found["reader_answer"]
    queries, long_answers = found["reader_abstention"]
    return {
        "right sentence": sentence["by support alone"],
        "by the words": sentence["by the words alone"],
        "words F1": answered["F1 if it always answers"],
        "qed AUROC": queries["by its own logit"],
        "clapnq AUROC": long_answers["by its own logit"],
        "clapnq AUROC by the words": long_answers["by the words"],
    }


def _run(module: str, *words: str) -> str:
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
