"""How close the encoder inside is to the model in full precision; mean cosine of 0.99 wanted.

`eval/training/encoder/export_encoder.py FOLDER --full-precision` makes the reference.
"""

import os
from hashlib import sha256
from pathlib import Path

import numpy as np

from eval.bench.library_data import articles, progress, show
from eval.bench.library_data import reading_parser as parser
from index.encoder import minilm
from index.encoder.minilm import MiniLM

SLICE = 64


class Other(MiniLM):
    """The same tokens through another ONNX file, whose digest is in the name."""

    def __init__(self, model: Path) -> None:
        super().__init__()
        self.name = f"minilm-{sha256(model.read_bytes()).hexdigest()[:12]}"
        self._session = minilm._open_session(model, threads=os.cpu_count() or 1)


def texts(folder: Path, count: int, words: int = 100) -> list[str]:
    """The first words of articles, spread evenly over the set; at most `count`."""
    held = list(articles(folder))
    heads = [" ".join(article.text.split()[:words]) for article in held]
    return heads[:: max(1, len(heads) // count)][:count]


def main() -> None:
    """Print the mean and the least cosine for each set."""
    options = parser(__doc__)
    options.add_argument("--reference", type=Path, required=True, metavar="FILE.onnx")
    options.add_argument("--sets", nargs="+", default=["squad2_dev", "qed_dev", "mtrag_un"])
    options.add_argument("--count", type=int, default=256, help="texts of each set")
    arguments = options.parse_args()
    ours, full = MiniLM(), Other(arguments.reference)
    rows = []
    for name in arguments.sets:
        fitting = [t for t in texts(arguments.data / name, arguments.count) if _fits(ours, t)]
        parts = [fitting[at : at + SLICE] for at in range(0, len(fitting), SLICE)]
        cosines = np.concatenate(
            [(ours.encode(part) * full.encode(part)).sum(axis=1) for part in progress(parts, name)]
        )
        mean, least = float(cosines.mean()), float(cosines.min())
        rows.append({"set": name, "texts": len(fitting), "mean": mean, "least": least})
    show(rows, arguments.json)


def _fits(encoder: MiniLM, text: str) -> bool:
    return encoder.count_tokens([text])[0] <= encoder.window - 2


if __name__ == "__main__":
    main()
