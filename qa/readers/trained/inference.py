"""A trained network at work: no torch, no network, on the CPU."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from numpy.typing import NDArray

from index.model import Span
from qa.readers.trained.input_format import WINDOW, Form, Ids, Layout, Tokens, windows


class Passage(NamedTuple):
    """What is read: a title (may be empty), a text, and the spans of its sentences in it, in any
    order, with or without the white space between them."""

    title: str
    text: str
    sentences: Sequence[Span]


class Network:
    """Question and passage to logits. Safe to share between threads; each call uses one core.

    One passage is read at a time: int8 activations are scaled by the batch's largest, so in a batch
    the logits of a passage would depend on those beside it.
    """

    def __init__(self, model: Path, form: Form) -> None:
        self._layout = Layout(form)
        self._session = _open_session(model)

    def logits(
        self, question: str, passage: Passage
    ) -> tuple[list[NDArray[np.float32]], list[tuple[int, int]], Tokens]:
        """For each window those of the first token and of the passage's, its range, and all
        tokens of the passage."""
        tokens = self._layout.tokens(passage.text)
        head, asked = self._layout.head(question, passage.title)
        ranges = list(windows(len(tokens), WINDOW - len(head) - 1))
        return [self._logits(head, asked, tokens.ids[a:b]) for a, b in ranges], ranges, tokens

    def _logits(self, head: Ids, asked: int, passage: Ids) -> NDArray[np.float32]:
        ids = self._layout.input(head, passage)[None]
        feed = {"input_ids": ids}
        if self._layout.form.types:
            feed["token_type_ids"] = np.zeros_like(ids)
            feed["token_type_ids"][:, asked:] = 1
        found: NDArray[np.float32] = self._session.run(None, feed)[0][0]
        return np.concatenate([found[:1], found[len(head) : -1]])


def _open_session(model: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1  # passages share the cores, not the steps of one
    options.inter_op_num_threads = 1
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
