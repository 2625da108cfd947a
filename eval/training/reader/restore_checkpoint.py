"""Makes a checkpoint of `reader.onnx`, to go on training from; in the environment of
`train_reader.py`.

    /tmp/train/bin/python -m eval.training.reader.restore_checkpoint --out /tmp/file/checkpoint.pt
    /tmp/train/bin/python -m eval.training.reader.train_reader --start /tmp/file/checkpoint.pt ...

The weights are those of the file, in steps of its int8: exported again they are the same file's.
"""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import onnx  # type: ignore[import-not-found]
import torch  # type: ignore[import-not-found]

from eval.training.reader.export_reader import FILE
from eval.training.reader.network import WEIGHTS, Network

LAYER = "bert.encoder.layer.{}."
JOINED = ("query", "key", "value")
"""What the export makes one matrix of."""

ALONE = ("attention.output.dense", "intermediate.dense", "output.dense")
"""The other matrices of a layer, in the order of the file, where they have no names."""


def main() -> None:
    """Read the file and write the checkpoint."""
    parser = argparse.ArgumentParser(description="Make a checkpoint of the shipped reader.")
    parser.add_argument("--model", type=Path, default=FILE)
    parser.add_argument("--out", type=Path, required=True)
    wanted = parser.parse_args()
    network = Network(WEIGHTS)
    network.load_state_dict(network.state_dict() | weights(tensors(wanted.model)), strict=True)
    wanted.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"network": network.state_dict()}, wanted.out)


def tensors(model: Path) -> dict[str, Any]:
    """The tensors of the file by name, those of int8 as the numbers that they stand for."""
    found = onnx.load(str(model)).graph.initializer
    held = {one.name: torch.tensor(onnx.numpy_helper.to_array(one)) for one in found}
    stands = {
        name: (held[f"{name}_quantized"].float() - held[f"{name}_zero_point"].float())
        * held[f"{name}_scale"]
        for name in (one.removesuffix("_quantized") for one in held if one.endswith("_quantized"))
    }
    return held | stands


def weights(held: Mapping[str, Any]) -> dict[str, Any]:
    """The same by their names in the network."""
    named = {name.removeprefix("network."): one for name, one in held.items() if "network." in name}
    kept = {name: one for name, one in named.items() if name.endswith((".weight", ".bias"))}
    unnamed = iter(sorted(_matrices(held)))
    for layer in range(sum(name.endswith("qkv_weight") for name in held)):
        kept |= _joined(held, layer)
        for name in ALONE:
            kept[f"{LAYER.format(layer)}{name}.weight"] = held[next(unnamed)[1]].T
    return kept | {"heads.weight": held[next(unnamed)[1]].T}


def _matrices(held: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Names that end in a number, which is their order."""
    for name in held:
        if "MatMul" in name and name.rpartition("_")[2].isdigit():
            yield int(name.rpartition("_")[2]), name


def _joined(held: Mapping[str, Any], layer: int) -> dict[str, Any]:
    start = f"{LAYER.format(layer)}attention.self."
    matrix, bias = (held[f"Attention_{layer}_qkv_{kind}"] for kind in ("weight", "bias"))
    parts = zip(JOINED, matrix.T.chunk(len(JOINED)), bias.chunk(len(JOINED)), strict=True)
    return {
        f"{start}{name}.{kind}": one
        for name, *pair in parts
        for kind, one in zip(("weight", "bias"), pair, strict=True)
    }


if __name__ == "__main__":
    main()
