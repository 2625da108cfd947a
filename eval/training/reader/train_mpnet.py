"""Trains the large reader: MPNet with seven logits a token; see `qa.readers.trained.network`.

The seventh says at <s> whether a passage carries a statement. Resumes when started again.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from tokenizers import Tokenizer
from transformers import MPNetModel  # type: ignore[import-not-found]

from eval.training.encoder.pairs import TRAIN, asked
from eval.training.encoder.train_encoder import Encoder
from eval.training.reader import natural_examples as made
from eval.training.reader import training_sets
from eval.training.reader.labelled_rows import title as title_of
from eval.training.reader.natural_examples import Sample
from eval.training.reader.network import Dropout, _sentence_loss, _span_loss
from index.model import Span
from index.sentences import sentences
from qa.readers.trained.input_format import Tokens

WINDOW, QUESTION_TOKENS, TITLE_TOKENS = 320, 64, 24
TOKENS = 4_000
CARRIES = 6
GENERAL = {
    "squad2_dev_half2": 0.7,
    "squad11_dev_extra": 0.25,
    "qed_train": 0.35,
    "nq_open_oracle": 0.3,
    "qamr": 0.03,
    "synthetic_negatives": 0.06,
    "squad_train_sentsup": 0.04,
    "changed_question": 0.05,
    "with_pronoun": 0.3,
    "other_answer": 0.05,
    "other_name": 0.08,
    "other_news": 0.04,
    "without_sentence": 0.06,
}


class MPNetReader(torch.nn.Module):  # type: ignore[misc]
    def __init__(self, weights: Path, layers: int = 12) -> None:
        super().__init__()
        self.encoder = MPNetModel.from_pretrained(
            weights,
            add_pooling_layer=False,
            hidden_dropout_prob=0.1,
            attention_probs_dropout_prob=0.0,
        )
        noise = Dropout(0.1)
        for module in [*self.encoder.modules()]:
            for name in ("dropout", "LayerNorm_dropout"):
                if isinstance(held := getattr(module, name, None), torch.nn.Dropout):
                    setattr(module, name, noise if held.p else torch.nn.Identity())
        self.heads = torch.nn.Linear(self.encoder.config.hidden_size, 7)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.heads(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)


class Layout:
    def __init__(self, weights: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.cls, self.sep, self.colon = map(self._tokenizer.token_to_id, ("<s>", "</s>", ":"))

    def tokens(self, text: str) -> Tokens:
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return Tokens(
            np.array(found.ids, np.int64), np.array(found.offsets, np.int64).reshape(-1, 2)
        )


class Batcher:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def lay(self, sample: Sample, draw: random.Random) -> dict[str, Any]:
        layout = self._layout
        question = layout.tokens(sample.question).ids[:QUESTION_TOKENS].tolist()
        title = layout.tokens(sample.title).ids[:TITLE_TOKENS].tolist()
        if title and draw.random() < 0.1:
            title = []
        head = [layout.cls, *question, layout.sep, *title, *([layout.colon] if title else [])]
        passage = layout.tokens(sample.text)
        spans = sentences(sample.text, "en", lambda part: len(part) <= 700)
        room = WINDOW - len(head) - 1
        spare, start = len(passage) - room, 0
        wanted = passage.ranges(sample.words[:1] or sample.gold[:1])
        if spare > 0:
            if wanted:
                least = max(0, min(wanted[0][1] - room, spare))
                start = draw.randint(least, max(least, min(wanted[0][0], spare)))
            else:
                start = draw.randint(0, spare)
        end = min(len(passage), start + room)
        shift = len(head) - start

        def placed(first: int, last: int) -> tuple[int, int]:
            a, b = max(first, start), min(last, end)
            return (a + shift, b + shift) if a < b else (0, 0)

        words = [placed(*one) for one in passage.ranges(sample.words[:1])]
        answer = words[0] if words and words[0][1] else (0, 1)
        gold = [
            any(2 * span.overlap(one) > min(len(span), len(one)) for one in sample.gold)
            for span in spans
        ]
        return {
            "ids": [*head, *passage.ids[start:end].tolist(), layout.sep],
            "passage": (len(head), end + shift),
            "answer": (answer[0], answer[1] - 1),
            "sentences": [placed(*one) for one in passage.ranges(spans)],
            "gold": gold,
            "sample": sample,
        }

    def arrays(self, laid: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        rows, tokens = len(laid), max(len(one["ids"]) for one in laid)
        count = max(1, *(len(one["sentences"]) for one in laid))
        ids = np.ones((rows, tokens), np.int64)
        mask = np.zeros((rows, tokens), np.int64)
        inside = np.zeros((rows, tokens), bool)
        member = np.zeros((rows, count, tokens), bool)
        positive = np.zeros((rows, count), np.float32)
        places = np.zeros((rows, 2), np.int64)
        labels = np.zeros((rows, 3), np.float32)
        trust = np.zeros((rows, 5), np.float32)
        for row, one in enumerate(laid):
            size = len(one["ids"])
            ids[row, :size], mask[row, :size] = one["ids"], 1
            inside[row, 0] = inside[row, slice(*one["passage"])] = True
            places[row] = one["answer"]
            for n, (a, b) in enumerate(one["sentences"]):
                member[row, n, a:b] = b > a
                positive[row, n] = a < b and one["gold"][n]
            sample = one["sample"]
            labels[row] = sample.answerable, sample.relevant, sample.carried
            trust[row] = sample.trust
        return {
            name: torch.from_numpy(array)
            for name, array in {
                "ids": ids,
                "mask": mask,
                "inside": inside,
                "member": member,
                "positive": positive,
                "starts": places[:, 0].copy(),
                "ends": places[:, 1].copy(),
                "labels": labels,
                "trust": trust,
            }.items()
        }


def losses(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    trust, labels = batch["trust"], batch["labels"]
    binary = torch.nn.functional.binary_cross_entropy_with_logits

    def mean(values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return (values * weight).sum() / len(weight)

    return {
        "span": mean(_span_loss(logits, batch), trust[:, 0]),
        "sentence": mean(_sentence_loss(logits, batch), trust[:, 1]),
        "answerable": mean(binary(logits[:, 0, 4], labels[:, 0], reduction="none"), trust[:, 2]),
        "relevant": 0.3
        * mean(binary(logits[:, 0, 5], labels[:, 1], reduction="none"), trust[:, 3]),
        "carries": mean(binary(logits[:, 0, CARRIES], labels[:, 2], reduction="none"), trust[:, 4]),
    }


def of_rows(name: str, rows: Sequence[Any]) -> Iterator[Sample]:
    """Labelled passages of an encyclopedia."""
    for row in rows:
        known = tuple(Span(a["start"], a["end"]) for a in row["answers"] or ())
        gold = (Span(*row["sentence"]),) if row["sentence"] else known
        answerable = row["answers"] != []
        sure = 0.5 if row.get("ambiguous_offset") else 1.0
        trust = (
            0.0 if row["answers"] is None else sure,
            (sure if answerable else 0.0),
            1.0,
            1.0,
            0.0,
        )
        yield Sample(
            name,
            row["question"],
            title_of(row),
            row["context"],
            gold if answerable else (),
            known,
            answerable,
            name not in training_sets.ELSEWHERE,
            False,
            trust,
        )


def nearest(held: Sequence[made.Place], wanted: Sequence[Any], best: Path) -> np.ndarray:
    """For each question the nearest passages, mostly of its own folder."""
    encoder = Encoder()
    encoder.load_state_dict(torch.load(best, weights_only=True))
    passages = encoder.vectors([f"{p.title}\n{p.text.strip()}" for p in held])
    scores = encoder.vectors([asked(row) for _, row in wanted]) @ passages.T
    folders = np.array([p.folder for p in held])
    own = np.array([[folder] for folder, _ in wanted]) == folders[None]
    return np.argsort(-(scores + 0.05 * own), axis=1)[:, :16]


def epoch(options: argparse.Namespace, number: int) -> list[Sample]:
    """General samples first, natural ones last, mixed in between."""
    data, seed = options.data, options.seed + number
    file = options.out / "nearest.npy"
    held = made.places(data / "natural", TRAIN)
    wanted = made.questions(data / "natural", TRAIN)
    if not file.exists():
        np.save(file, nearest(held, wanted, options.encoder))
    natural = [*made.of_questions(held, wanted, np.load(file), seed)]
    check: list[Sample] = []
    for name in ("e", "f"):
        articles = data / "natural" / name / "articles.jsonl"
        for again in range(3):
            check += made.of_statements(
                data / "statements" / f"{name}.jsonl", articles, seed + 100 * again
            )
    check += made.of_claims(data / "verify" / "fever_dev.jsonl", 0.25, seed)
    check += made.of_claims(data / "verify" / "begin.jsonl", 0.25, seed)
    kept, _ = training_sets.read(data / "train")
    known = kept | training_sets.made(kept)
    general: list[Sample] = []
    for name, share in GENERAL.items():
        rows = random.Random(f"{seed}-{name}").sample(
            [*known[name]], round(share * len(known[name]))
        )
        general += of_rows(name, rows)
    draw = random.Random(f"{seed}-order")
    placed = [(draw.random() ** 0.75, one) for one in natural]
    placed += [(draw.random() ** 1.6, one) for one in general]
    placed += [(draw.random(), one) for one in check]
    print(len(natural), len(general), len(check), flush=True)
    placed.sort(key=lambda pair: pair[0])
    return [one for _, one in placed]


def batches(shown: Sequence[Sample], batcher: Batcher, seed: int) -> Iterator[list[dict[str, Any]]]:
    """Samples of like length together, in chunks, so that the order of the epoch stays."""
    for at in range(0, len(shown), 768):
        draw = random.Random(f"{seed}-{at}")
        laid = [batcher.lay(one, draw) for one in shown[at : at + 768]]
        laid.sort(key=lambda one: len(one["ids"]))
        groups: list[list[dict[str, Any]]] = [[]]
        for one in laid:
            if (len(groups[-1]) + 1) * len(one["ids"]) > TOKENS:
                groups.append([])
            groups[-1].append(one)
        draw.shuffle(groups)
        yield from groups


def spread(groups: Sequence[Any], count: int) -> list[Any]:
    """At most so many of them, evenly spread."""
    kept = np.linspace(0, len(groups) - 1, max(0, min(count, len(groups)))).round().astype(int)
    return [groups[n] for n in kept]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--warmup", type=int, default=30)
    parser.add_argument("--flat", type=float, default=0.6, help="share of the run before decay")
    parser.add_argument("--frozen", type=int, default=2, help="layers that stay, from the bottom")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--steps", type=int, help="end there: some of those to come are left out")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    network = MPNetReader(options.weights).train()
    for part in [network.encoder.embeddings, *network.encoder.encoder.layer[: options.frozen]]:
        for weight in part.parameters():
            weight.requires_grad_(False)
    heads = [*network.heads.parameters()]
    rest = [w for w in network.encoder.parameters() if w.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": rest, "peak": options.rate}, {"params": heads, "peak": options.rate * 6.7}],
        lr=options.rate,
        weight_decay=0.01,
    )
    batcher = Batcher(Layout(options.weights))
    plan = [
        group
        for number in range(options.epochs)
        for group in batches(epoch(options, number), batcher, options.seed + number)
    ]
    step, seconds, means = 0, 0.0, {}
    file = options.out / "checkpoint.pt"
    if file.exists():
        held = torch.load(file, weights_only=True)
        network.load_state_dict(held["network"])
        optimiser.load_state_dict(held["optimiser"])
        step, seconds, means = held["step"], held["seconds"], held["means"]
    if options.steps:
        plan = plan[:step] + spread(plan[step:], options.steps - step)
    total = len(plan)
    print(f"{total} steps, at {step}", flush=True)
    saved = time.monotonic()
    for group in plan[step:]:
        began = time.monotonic()
        share = step / total
        rate = min((step + 1) / options.warmup, (1 - share) / (1 - options.flat), 1.0)
        for one in optimiser.param_groups:
            one["lr"] = one["peak"] * rate
        batch = batcher.arrays(group)
        found = losses(network(batch["ids"], batch["mask"]), batch)
        optimiser.zero_grad()
        sum(found.values()).backward()
        torch.nn.utils.clip_grad_norm_([*rest, *heads], 1.0)
        optimiser.step()
        for name, loss in found.items():
            means[name] = 0.97 * means.get(name, loss.item()) + 0.03 * loss.item()
        step, seconds = step + 1, seconds + time.monotonic() - began
        if step % 5 == 0:
            line = {"step": step, "of": total, "seconds": round(seconds)}
            line |= {name: round(mean, 4) for name, mean in means.items()}
            with (options.out / "progress.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
        if time.monotonic() - saved > 480 or step == total:
            torch.save(
                {
                    "network": network.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "step": step,
                    "seconds": seconds,
                    "means": means,
                },
                file.with_suffix(".new"),
            )
            file.with_suffix(".new").replace(file)
            saved = time.monotonic()


if __name__ == "__main__":
    main()
