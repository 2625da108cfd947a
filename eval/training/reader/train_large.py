"""Trains the large reader; started again it goes on from its last checkpoint.

    python -m eval.training.reader.train_large --data D --weights MPNET --encoder ENCODER --out RUN

In the environment that `index/encoder/export.py` describes. `--weights` is a folder with
all-mpnet-base-v2, `--encoder` a checkpoint of `eval/training/encoder`, which finds the passages
that negatives are drawn from. Two cores take 17 seconds a step.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]

from eval.training.reader.large_batches import Input, arrays, batches
from eval.training.reader.large_network import LargeNetwork, losses
from eval.training.reader.large_samples import epoch
from qa.readers.trained.input_format import LARGE, Layout

SAVE_SECONDS = 480

HEAD_RATE = 6.7
"""The new layer's rate, as a multiple of the others'."""

SMOOTHING = 0.97


@dataclass
class Progress:
    """How far a run is; `means` are of each loss, smoothed."""

    step: int = 0
    seconds: float = 0.0
    means: dict[str, float] = field(default_factory=dict)


class Run:
    """A network in training, and its folder."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.network = LargeNetwork(options.weights).train()
        self.network.freeze(options.frozen)
        heads = [*self.network.heads.parameters()]
        rest = [w for w in self.network.encoder.parameters() if w.requires_grad]
        groups = [
            {"params": rest, "peak": options.rate},
            {"params": heads, "peak": options.rate * HEAD_RATE},
        ]
        self.trained = [*rest, *heads]
        self.optimiser = torch.optim.AdamW(groups, lr=options.rate, weight_decay=0.01)
        self.progress = Progress()
        self.file = options.out / "checkpoint.pt"

    def resume(self) -> None:
        """Go on from the last checkpoint, if there is one."""
        if self.file.exists():
            held = torch.load(self.file, weights_only=True)
            self.network.load_state_dict(held["network"])
            self.optimiser.load_state_dict(held["optimiser"])
            self.progress = Progress(held["step"], held["seconds"], held["means"])

    def save(self) -> None:
        """A checkpoint in place of the last, whole or not at all."""
        new = self.file.with_suffix(".new")
        states = {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}
        torch.save(states | vars(self.progress), new)
        new.replace(self.file)

    def learn(self, group: Sequence[Input], total: int) -> None:
        """One step."""
        began = time.monotonic()
        self._set_rate(self.progress.step / total)
        batch = arrays(group)
        found = losses(self.network(batch["ids"], batch["mask"]), batch)
        self.optimiser.zero_grad()
        sum(found.values()).backward()
        torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
        self.optimiser.step()
        means = self.progress.means
        for name, loss in found.items():
            before = means.get(name, loss.item())
            means[name] = SMOOTHING * before + (1 - SMOOTHING) * loss.item()
        self.progress.step += 1
        self.progress.seconds += time.monotonic() - began

    def _set_rate(self, share: float) -> None:
        """Up over the first steps, level, and down in a line to nothing."""
        rising = (self.progress.step + 1) / self.options.warmup
        falling = (1 - share) / (1 - self.options.flat)
        for one in self.optimiser.param_groups:
            one["lr"] = one["peak"] * min(rising, falling, 1.0)

    def tell(self, total: int) -> None:
        """A line of `progress.jsonl`."""
        told: dict[str, float] = {"step": self.progress.step, "of": total}
        told["seconds"] = round(self.progress.seconds)
        told |= {name: round(mean, 4) for name, mean in self.progress.means.items()}
        with (self.options.out / "progress.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(told) + "\n")


def spread(groups: Sequence[Any], count: int) -> list[Any]:
    """At most so many of them, evenly spread."""
    kept = np.linspace(0, len(groups) - 1, max(0, min(count, len(groups)))).round().astype(int)
    return [groups[place] for place in kept]


def main() -> None:
    """Train to the end."""
    options = _options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    run = Run(options)
    layout = Layout(replace(LARGE, tokenizer=options.weights / "tokenizer.json"))
    shown = epoch(options.data, options.encoder, options.out, options.seed)
    plan = [*batches(layout, shown, options.seed)]
    run.resume()
    done = run.progress.step
    if options.steps:
        plan[done:] = spread(plan[done:], options.steps - done)
    saved = time.monotonic()
    for group in plan[done:]:
        run.learn(group, len(plan))
        if run.progress.step % 5 == 0:
            run.tell(len(plan))
        if time.monotonic() - saved > SAVE_SECONDS:
            run.save()
            saved = time.monotonic()
    run.save()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the large reader.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--warmup", type=int, default=30, help="steps")
    parser.add_argument("--flat", type=float, default=0.6, help="share of the run before decay")
    parser.add_argument("--frozen", type=int, default=2, help="layers that stay, from the bottom")
    parser.add_argument("--steps", type=int, help="end there: some of those to come are left out")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
