"""Makes `reader.onnx` of a checkpoint of `train.py`, in the same environment.

    /tmp/train/bin/python -m qa.readers.trained.export --run /tmp/run
    /tmp/train/bin/python -m eval.bench fit_reader --data DATA

Traced, fused and quantised as the encoder is (`index/encoder/export.py`), but for the last layer,
which stays in full precision. `--full-precision` writes a reference to compare with beside the
checkpoint.
"""

import argparse
import tempfile
from pathlib import Path

import onnx  # type: ignore[import-not-found]
import torch  # type: ignore[import-not-found]
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
from onnxruntime.transformers import optimizer  # type: ignore[import-untyped]
from onnxruntime.transformers.fusion_options import (  # type: ignore[import-untyped]
    FusionOptions,
)

from qa.readers.trained.network import WEIGHTS, Network

FILE = Path(__file__).with_name("reader.onnx")
HEADS, DIMENSION, OPSET = 12, 384, 17


class Unpadded(torch.nn.Module):  # type: ignore[misc]
    """The network for inputs of one length, which need no mask."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
        """Shape (batch, tokens, 6)."""
        return self.network(input_ids, torch.ones_like(input_ids), token_type_ids)


def trace(checkpoint: Path, target: Path) -> None:
    """The network of a checkpoint as an ONNX file in full precision."""
    network = Network(WEIGHTS)
    network.load_state_dict(torch.load(checkpoint, weights_only=True)["network"])
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


def quantise(full: Path, target: Path) -> None:
    """The ONNX file `full`, fused and with int8 weights per channel."""
    fused = full.with_name("fused.onnx")
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # its quantised form loses precision
    model = optimizer.optimize_model(
        str(full), "bert", HEADS, DIMENSION, optimization_options=options, opt_level=0
    )
    model.save_model_to_file(str(fused))
    quantize_dynamic(
        fused,
        target,
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[node.name for node in model.model.graph.node if _is_last(node, model)],
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def _is_last(node: onnx.NodeProto, model: optimizer.BertOnnxModel) -> bool:
    """Whether its weights are those of the heads: (384, 6)."""
    weights = [model.get_initializer(name) for name in node.input]
    return any(held is not None and list(held.dims) == [DIMENSION, 6] for held in weights)


def main() -> None:
    """Write the model, or the reference."""
    parser = argparse.ArgumentParser(description="Export the reader.")
    parser.add_argument("--run", type=Path, required=True, help="the folder of the checkpoint")
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--full-precision", action="store_true", help="a reference, not the model")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        trace(wanted.run / "checkpoint.pt", full)
        if wanted.full_precision:
            full.replace(wanted.out)
        else:
            quantise(full, wanted.out)


if __name__ == "__main__":
    main()
