"""OpenAI's own client against the service."""

import openai
import pytest
from openai import OpenAI

from tests.api_server import Serve, Served

QUESTION = "What conditions did Zelenskyy propose?"
MESSAGES = [{"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def client(served: Served):
    with OpenAI(api_key="none", base_url=f"{served.url}/v1", max_retries=0) as client:
        yield client


def test_models_are_readers(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["qa", "extractive"]
    assert client.models.retrieve("extractive").id == "extractive"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt")


def test_an_answer_is_a_completion(client: OpenAI, served: Served) -> None:
    answer = served.http.post("/ask", json={"question": QUESTION}).json()
    done = client.chat.completions.create(model="qa", messages=MESSAGES)
    (choice,) = done.choices
    text = choice.message.content
    assert (choice.finish_reason, done.object, done.model) == ("stop", "chat.completion", "qa")
    assert done.id.startswith("chatcmpl-")
    assert text.startswith(answer["answer"] + "\n\nSources:\n[1] ")
    for cited in choice.message.annotations:
        citation = cited.citation
        span = slice(cited.url_citation.start_index, cited.url_citation.end_index)
        assert text[span] == f"[{citation['n']}]"
        assert citation == answer["citations"][citation["n"] - 1]
        assert " ".join(citation["quote"].split()) in text.partition("Sources:")[2]
    assert len(choice.message.annotations) >= len(answer["citations"])


def test_a_stream_is_the_same(client: OpenAI) -> None:
    whole = client.chat.completions.create(model="extractive", messages=MESSAGES)
    options = {"include_usage": True}
    stream = client.chat.completions.create(
        model="extractive", messages=MESSAGES, stream=True, stream_options=options
    )
    chunks = list(stream)
    choices = [choice for chunk in chunks for choice in chunk.choices]
    text = "".join(choice.delta.content or "" for choice in choices)
    assert text == whole.choices[0].message.content
    assert [c.finish_reason for c in choices][-2:] == [None, "stop"]
    assert len({chunk.id for chunk in chunks}) == 1
    (annotations,) = [c.delta.annotations for c in choices if hasattr(c.delta, "annotations")]
    assert annotations == [one.model_dump() for one in whole.choices[0].message.annotations]
    assert chunks[-1].usage.total_tokens == 0


def test_of_a_long_conversation_the_end_counts(client: OpenAI) -> None:
    turn = [*MESSAGES, {"role": "assistant", "content": "It came with conditions."}]
    system = {"role": "system", "content": "Be brief."}
    done = client.chat.completions.create(model="qa", messages=[system, *turn * 60, *MESSAGES])
    assert done.choices[0].message.annotations


def test_a_conversation(client: OpenAI) -> None:
    said = [
        {"role": "system", "content": "Answer like a pirate."},
        {"role": "user", "content": [{"type": "text", "text": "Who asked NATO?"}]},
        {"role": "assistant", "content": "Kyiv did. [1]\n\nSources:\n[1] Somewhere"},
        *MESSAGES,
    ]
    done = client.chat.completions.create(model="qa", messages=said)
    assert "umbrella" in done.choices[0].message.content


def test_errors_are_those_that_the_client_knows(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="no model 'gpt'"):
        client.chat.completions.create(model="gpt", messages=MESSAGES)
    with pytest.raises(openai.BadRequestError, match="the question is empty"):
        client.chat.completions.create(model="qa", messages=[{"role": "user", "content": " "}])
    with pytest.raises(openai.BadRequestError, match="end with a question"):
        client.chat.completions.create(
            model="qa", messages=[{"role": "assistant", "content": "Hello"}]
        )
    with pytest.raises(openai.APIError, match="the question is empty"):
        list(
            client.chat.completions.create(
                model="qa", messages=[{"role": "user", "content": " "}], stream=True
            )
        )


def test_keys_are_api_keys(serve: Serve) -> None:
    served = serve()
    secret = served.keys.add("joe", "ask")
    with OpenAI(api_key="wrong", base_url=f"{served.url}/v1", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError, match="this key is unknown"):
            client.models.list()
        assert client.with_options(api_key=secret).models.list().data
