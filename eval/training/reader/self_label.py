"""Finds the words of the answer for rows that have only a sentence, with the shipped reader.

    python -m eval.training.reader.self_label --data DATA/train --out /tmp/labels.jsonl

The likeliest words within the gold sentence, and how likely they are there:
`train_reader.py --labels` takes them as answers that count as much.
"""

import argparse
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from eval.training.reader.labelled_rows import rows, title
from index.model import Span
from qa.readers.trained.cross_encoder import CrossEncoder
from qa.readers.trained.inference import Passage
from qa.readers.trained.logits import ANSWER_TOKENS, END, START, joined

SET = "squad_train_sentsup"


def main() -> None:
    """Label, and write a line a row: its id, start and end in its context, and probability."""
    parser = argparse.ArgumentParser(description="Label rows that have only a sentence.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of training sets")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    wanted = parser.parse_args()
    reader, known = CrossEncoder(1), list(rows(wanted.data / f"{SET}.jsonl"))
    with ThreadPoolExecutor(wanted.threads) as pool, wanted.out.open("w") as file:
        found = pool.map(lambda row: label(reader, row), known)
        for row, made in track(zip(known, found, strict=True), "labelling", len(known)):
            file.write(json.dumps({"id": row["id"], **made}) + "\n")


def label(reader: CrossEncoder, row: Mapping[str, Any]) -> dict[str, Any]:
    """The likeliest words in the row's sentence."""
    sentence, passage = Span(*row["sentence"]), Passage(title(row), row["context"], ())
    windows, ranges, tokens = reader.network.logits(row["question"], passage)
    ((first, last),) = tokens.ranges([sentence])
    start, end, share = likeliest(joined(windows, ranges)[first:last])
    inside = tokens.offsets[[first + start, first + end]].tolist()
    return {"start": inside[0][0], "end": inside[1][1], "share": round(share, 4)}


def likeliest(logits: NDArray[np.float32]) -> tuple[int, int, float]:
    """First and last token of the likeliest answer, and its probability among all.

    logits: shape (tokens, 6), of at least one token.
    """
    scores = logits[:, START, None] + logits[None, :, END]
    outside = np.tri(len(logits), k=-1) + np.tri(len(logits), k=-ANSWER_TOKENS).T > 0
    shares = np.exp(np.where(outside, -np.inf, scores - scores.max()))
    start, end = np.unravel_index(shares.argmax(), shares.shape)
    return int(start), int(end), float(shares[start, end] / shares.sum())


if __name__ == "__main__":
    main()
