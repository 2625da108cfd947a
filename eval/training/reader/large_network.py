"""The large network and its losses, in PyTorch; only training and export import this.

MPNet (Song et al., 2020) with one linear layer on top: the six logits a token of
`qa.readers.trained.logits`, and a seventh that counts at the first token: whether the passage
carries what is said before it, if that is a statement and no question.
"""

from pathlib import Path

import torch  # type: ignore[import-not-found]
from transformers import MPNetModel  # type: ignore[import-not-found]

from eval.training.reader.network import DROPOUT, Dropout, sentence_loss, span_loss
from qa.readers.trained.logits import ANSWERS, RELEVANT

CARRIES = 6

LOGITS = 7

RELEVANT_SHARE = 0.3
"""How much its loss counts."""


class LargeNetwork(torch.nn.Module):  # type: ignore[misc]
    """Inputs to logits."""

    def __init__(self, weights: Path) -> None:
        """weights: a folder with all-mpnet-base-v2."""
        super().__init__()
        self.encoder = MPNetModel.from_pretrained(
            weights,
            add_pooling_layer=False,
            hidden_dropout_prob=DROPOUT,
            attention_probs_dropout_prob=0.0,
        )
        noise = Dropout(DROPOUT)
        for module in [*self.encoder.modules()]:
            for name in ("dropout", "LayerNorm_dropout"):
                if isinstance(held := getattr(module, name, None), torch.nn.Dropout):
                    setattr(module, name, noise if held.p else torch.nn.Identity())
        self.heads = torch.nn.Linear(self.encoder.config.hidden_size, LOGITS)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Shape (batch, tokens, 7), of ids and mask of shape (batch, tokens)."""
        return self.heads(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)

    def freeze(self, layers: int) -> None:
        """Leave the embeddings and so many of the lowest layers as they are."""
        for part in [self.encoder.embeddings, *self.encoder.encoder.layer[:layers]]:
            part.requires_grad_(False)


def losses(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Mean loss of each head over the batch; see `large_batches.arrays` for what it holds."""
    trust, labels = batch["trust"], batch["labels"]

    def binary(logit: int, label: int, head: int) -> torch.Tensor:
        loss = torch.nn.functional.binary_cross_entropy_with_logits
        return (
            loss(logits[:, 0, logit], labels[:, label], reduction="none") * trust[:, head]
        ).mean()

    return {
        "span": (span_loss(logits, batch) * trust[:, 0]).mean(),
        "sentence": (sentence_loss(logits, batch) * trust[:, 1]).mean(),
        "answerable": binary(ANSWERS, 0, 2),
        "relevant": RELEVANT_SHARE * binary(RELEVANT, 1, 3),
        "carries": binary(CARRIES, 2, 4),
    }
