"""Embeddings by a service, which a real server on loopback plays."""

from pathlib import Path

import numpy as np
import pytest

from index.encoder.minilm import MiniLM
from index.encoder.openai import TEXTS_AT_ONCE, OpenAIEncoder
from index.errors import EncoderError, EncoderMismatch
from index.library import Library
from index.model import Article
from tests.openai_server import OpenAIServer, Reply, embedded, refused

ARTICLE = Article(id="a", title="Ships", text="A ship sank. All were saved.")


@pytest.fixture
def service(openai_server: OpenAIServer) -> OpenAIEncoder:
    openai_server.replies = [embedded(1)]
    return OpenAIEncoder("small", "key", openai_server.url)


def test_vectors_are_of_length_one_and_asked_for_in_batches(
    openai_server: OpenAIServer, service: OpenAIEncoder
) -> None:
    assert service.dimension == 3
    openai_server.replies = [embedded(TEXTS_AT_ONCE), embedded(2)]
    vectors = service.encode(["text"] * (TEXTS_AT_ONCE + 2))
    np.testing.assert_allclose(vectors, np.tile([0.6, 0, 0.8], (TEXTS_AT_ONCE + 2, 1)), rtol=1e-6)
    assert [len(request["input"]) for request in openai_server.requests] == [1, TEXTS_AT_ONCE, 2]
    assert service.encode([]).shape == (0, 3)


def test_a_useless_vector_and_a_refusal_are_errors(
    openai_server: OpenAIServer, service: OpenAIEncoder
) -> None:
    openai_server.replies = [embedded(1, [0.0, 0.0, 0.0]), refused(401, "no such key")]
    for _ in range(2):
        with pytest.raises(EncoderError):
            service.encode(["text"])


def test_one_question_is_not_kept_waiting_and_a_batch_is_tried_again(
    openai_server: OpenAIServer, service: OpenAIEncoder
) -> None:
    at_once = {"retry-after-ms": "1"}
    openai_server.replies = [refused(503, "busy", **at_once)]
    with pytest.raises(EncoderError, match="busy"):
        service.encode(["question"])
    openai_server.replies = [refused(503, "busy", **at_once), embedded(2)]
    assert service.encode(["text"] * 2).shape == (2, 3)
    told = [headers["x-stainless-read-timeout"] for headers in openai_server.headers]
    assert told == ["30", "5", "30", "30"]  # the first is the question for the dimension


@pytest.mark.parametrize(
    "reply",
    [
        embedded(1, [3.0, 4.0]),
        embedded(1, []),
        embedded(2),
        Reply((b"<html>welcome</html>",), content_type="text/html"),
        Reply((b"{",), content_type="application/json"),
    ],
)
def test_vectors_of_another_shape_are_an_error(
    openai_server: OpenAIServer, service: OpenAIEncoder, reply: Reply
) -> None:
    openai_server.replies = [reply]
    with pytest.raises(EncoderError):
        service.encode(["text"])


def test_a_library_refuses_another_encoder(
    openai_server: OpenAIServer, service: OpenAIEncoder, encoder: MiniLM, tmp_path: Path
) -> None:
    library = Library(tmp_path, service)
    list(library.add([ARTICLE]))
    openai_server.replies = [embedded(1), embedded(1)]
    assert sum(library.embed()) == 1
    assert library.retrieve("ship", 1).hits[0].dense_rank == 1
    library.close()
    with pytest.raises(EncoderMismatch, match="small"):
        Library(tmp_path, encoder)
