"""Makes `reader.onnx` of checkpoints of `train_reader.py`, in the same environment.

    /tmp/train/bin/python -m eval.training.reader.export_reader --run /tmp/run
    /tmp/train/bin/python -m eval.training.reader.fit_reader --data DATA

The weights of several runs are averaged (Wortsman et al., 2022). Traced, fused and quantised as the
encoder is (`eval/training/encoder/export_encoder.py`). `--full-precision` writes a reference to
compare with, `--checkpoint` the mean of the runs as it is, for `train_reader.py --start`.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch  # type: ignore[import-not-found]

from eval.training.encoder.export_encoder import OPSET, quantise
from eval.training.reader.network import WEIGHTS, Network

FILE = Path(__file__).parents[3] / "qa" / "readers" / "trained" / "reader.onnx"


class Unpadded(torch.nn.Module):  # type: ignore[misc]
    """The network for inputs of one length, which need no mask."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
        """Shape (batch, tokens, 6)."""
        return self.network(input_ids, torch.ones_like(input_ids), token_type_ids)


def averaged(runs: Sequence[Path]) -> Network:
    """The mean of the networks of these runs."""
    every = [torch.load(run / "checkpoint.pt", weights_only=True)["network"] for run in runs]
    network = Network(WEIGHTS)
    network.load_state_dict(
        {name: sum(one[name] for one in every) / len(every) for name in every[0]}
    )
    return network


def trace(network: Network, target: Path) -> None:
    """The network as an ONNX file in full precision."""
    ids = torch.ones(1, 7, dtype=torch.int64)
    names = ("input_ids", "token_type_ids", "logits")
    torch.onnx.export(
        Unpadded(network).eval(),
        (ids, ids),
        str(target),
        input_names=names[:2],
        output_names=names[2:],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names},
        dynamo=False,
        opset_version=OPSET,
    )


def main() -> None:
    """Write the model, or the reference."""
    parser = argparse.ArgumentParser(description="Export the reader.")
    parser.add_argument("--run", type=Path, nargs="+", required=True, help="folders of checkpoints")
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--checkpoint", action="store_true", help="a start for training, no model")
    parser.add_argument("--full-precision", action="store_true", help="a reference, not the model")
    wanted = parser.parse_args()
    wanted.out.parent.mkdir(parents=True, exist_ok=True)
    if wanted.checkpoint:
        torch.save({"network": averaged(wanted.run).state_dict()}, wanted.out)
        return
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        trace(averaged(wanted.run), full)
        if wanted.full_precision:
            full.replace(wanted.out)
        else:
            quantise(full, wanted.out)


if __name__ == "__main__":
    main()
