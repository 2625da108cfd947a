"""Makes the large reader's files of a checkpoint of `train_large.py`, in the same environment.

    python -m eval.training.reader.export_large --run RUN --weights MPNET --out qa/readers/trained

Traced, fused and quantised as the encoder is (`index/encoder/export.py`). The table of word
vectors is a file of its own, as no file of the project is larger than 90 MB.
"""

import argparse
import tempfile
from pathlib import Path

import onnx  # type: ignore[import-not-found]
import torch  # type: ignore[import-not-found]
from tokenizers import Tokenizer

from eval.training.encoder.export_encoder import OPSET, quantise
from eval.training.reader.large_network import LargeNetwork

HEADS, DIMENSION = 12, 768

MODEL, WORDS, TOKENIZER = "large.onnx", "large.words", "large-tokenizer.json"


class Unpadded(torch.nn.Module):  # type: ignore[misc]
    """The network for inputs of one length, which need no mask."""

    def __init__(self, network: LargeNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Shape (batch, tokens, 7)."""
        return self.network(input_ids, torch.ones_like(input_ids))


def trace(network: LargeNetwork, target: Path) -> None:
    """The network as an ONNX file in full precision."""
    names = ("input_ids", "logits")
    torch.onnx.export(
        Unpadded(network).eval(),
        (torch.ones(1, 7, dtype=torch.int64),),
        str(target),
        input_names=names[:1],
        output_names=names[1:],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names},
        dynamo=False,
        opset_version=OPSET,
    )


def main() -> None:
    """Write the model, its word vectors and its tokenizer."""
    parser = argparse.ArgumentParser(description="Export the large reader.")
    parser.add_argument("--run", type=Path, required=True, help="a folder with checkpoint.pt")
    parser.add_argument("--weights", type=Path, required=True, help="all-mpnet-base-v2")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--full-precision", action="store_true", help="a reference, not the model")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    network = LargeNetwork(wanted.weights)
    network.load_state_dict(torch.load(wanted.run / "checkpoint.pt", weights_only=True)["network"])
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        trace(network, full)
        if wanted.full_precision:
            full.replace(wanted.out / MODEL)
            return
        whole = Path(scratch) / "whole.onnx"
        quantise(full, whole, HEADS, DIMENSION)
        (wanted.out / WORDS).unlink(missing_ok=True)
        onnx.save_model(
            onnx.load(whole),
            wanted.out / MODEL,
            save_as_external_data=True,
            location=WORDS,
            size_threshold=10_000_000,
        )
    tokenizer = Tokenizer.from_file(str(wanted.weights / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(wanted.out / TOKENIZER), pretty=False)


if __name__ == "__main__":
    main()
