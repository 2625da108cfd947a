"""The sentence encoder that lives inside the program: no service, no torch, no network."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class TokenVectors:
    """The last hidden states of one text, for late interaction; [CLS] and [SEP] are left out.

    vectors: shape (tokens, 384), float32, not normalised.
    offsets: shape (tokens, 2), int64; start and end (exclusive) of each token in the text,
        in code points.
    """

    vectors: NDArray[np.float32]
    offsets: NDArray[np.int64]


class MiniLM:
    """all-MiniLM-L6-v2 trained further, int8 per channel, on the CPU. Safe to share among threads.

    A text longer than `window` tokens is refused, never cut: the caller splits it, with the help
    of `count_tokens`. Upper and lower case are the same to this model, which reads English.
    """

    name = "all-MiniLM-L6-v2-news-int8"
    """What the catalog records; vectors made under another name cannot be compared with ours."""
    dimension = 384
    """Length of a vector."""
    window = 256
    """Tokens that a text may have, [CLS] and [SEP] included: the length it was trained with."""

    def __init__(self, threads: int | None = None, token_budget: int = 4096) -> None:
        """Load the model, which takes about 0.1 s and 60 MB.

        threads: cores one call may use, at least 1; None takes all of them.
        token_budget: tokens that one batch may hold, padding included; at least `window`.
        Raises ValueError when either is too small.
        """
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        if token_budget < self.window:
            raise ValueError(f"token_budget must be at least {self.window}, not {token_budget}")
        self._token_budget = token_budget
        self._tokenizer = Tokenizer.from_file(str(_FOLDER / "tokenizer.json"))
        self._session = _open_session(_FOLDER / "minilm.onnx", threads or os.cpu_count() or 1)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens in each text, [CLS] and [SEP] not counted; a text fits when <= window - 2."""
        return [len(item) - 2 for item in self._tokenize(texts)]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of the texts, in their order: shape (len(texts), 384), rows of length 1.

        Raises ValueError when a text has more tokens than `window` holds.
        """
        tokens = self._fitting(texts)
        vectors = np.zeros((len(tokens), self.dimension), dtype=np.float32)
        for batch in self._batches(tokens):
            vectors[batch] = self._run("embedding", [tokens[i] for i in batch])
        return vectors

    def token_embeddings(self, texts: Sequence[str]) -> list[TokenVectors]:
        """One vector for every token of each text, in the texts' order.

        Raises ValueError when a text has more tokens than `window` holds.
        """
        tokens = self._fitting(texts)
        found: dict[int, TokenVectors] = {}
        for batch in self._batches(tokens):
            states = self._run("token_embeddings", [tokens[i] for i in batch])
            for index, state in zip(batch, states, strict=True):
                found[index] = _token_vectors(tokens[index], state)
        return [found[index] for index in range(len(tokens))]

    def _tokenize(self, texts: Sequence[str]) -> list[Encoding]:
        # One by one, as the library's own batch call starts threads that a later fork complains of.
        return [self._tokenizer.encode(_without_surrogates(text)) for text in texts]

    def _fitting(self, texts: Sequence[str]) -> list[Encoding]:
        tokens = self._tokenize(texts)
        for index, item in enumerate(tokens):
            if len(item) > self.window:
                raise ValueError(
                    f"text {index} has {len(item)} tokens, [CLS] and [SEP] included; "
                    f"the encoder's window holds {self.window}"
                )
        return tokens

    def _batches(self, tokens: Sequence[Encoding]) -> Iterator[list[int]]:
        """Indexes of texts of like length, so many that the padded batch keeps to the budget."""
        batch: list[int] = []
        for index in sorted(range(len(tokens)), key=lambda i: len(tokens[i])):
            if batch and (len(batch) + 1) * len(tokens[index]) > self._token_budget:
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    def _run(self, output: str, batch: Sequence[Encoding]) -> NDArray[np.float32]:
        ids = np.zeros((len(batch), max(map(len, batch))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, item in enumerate(batch):
            ids[row, : len(item)] = item.ids
            mask[row, : len(item)] = 1
        feed = {"input_ids": ids, "attention_mask": mask}
        result: NDArray[np.float32] = self._session.run([output], feed)[0]
        return result


def _open_session(model: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _token_vectors(item: Encoding, state: NDArray[np.float32]) -> TokenVectors:
    """`state` has shape (padded length, 384); its first and last real rows are [CLS] and [SEP]."""
    inner = slice(1, len(item) - 1)
    offsets = np.array(item.offsets[inner], dtype=np.int64).reshape(-1, 2)
    return TokenVectors(state[inner].copy(), offsets)


def _without_surrogates(text: str) -> str:
    """The text with each lone surrogate, which UTF-8 cannot hold, made "?"; its length is kept."""
    return text.encode("utf-8", "replace").decode("utf-8")
