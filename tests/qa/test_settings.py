"""Settings come from an environment, and what makes no sense is named."""

from pathlib import Path

import pytest

from index.errors import InputError
from qa.readers.scores import STRICTNESS
from qa.settings import read_settings


def test_an_empty_environment_is_a_laptop() -> None:
    settings = read_settings({"QA_LLM": " ", "QA_GRACE_SECONDS": ""})
    assert settings.data == Path(".qa/library")
    assert (settings.llm, settings.server, settings.key, settings.origins) == ("", "", "", ())
    assert (settings.concurrent_answers, settings.requests_per_minute) == (8, 600)


def test_what_a_server_is_told() -> None:
    environ = {
        "QA_ORIGINS": "https://News.example.org/ http://localhost:3000",
        "QA_CONCURRENT_ANSWERS": "32",
        "QA_REQUESTS_PER_MINUTE": "0",
        "QA_GRACE_SECONDS": "5",
    }
    settings = read_settings(environ)
    assert settings.origins == ("https://news.example.org", "http://localhost:3000")
    assert (settings.concurrent_answers, settings.requests_per_minute) == (32, 0)
    assert settings.grace_seconds == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QA_ORIGINS", "*"),
        ("QA_ORIGINS", "news.example.org"),
        ("QA_ORIGINS", "https://*.example.org"),
        ("QA_ORIGINS", "https://news.example.org/path"),
        ("QA_CONCURRENT_ANSWERS", "0"),
        ("QA_CONCURRENT_ANSWERS", "many"),
        ("QA_REQUESTS_PER_MINUTE", "-1"),
        ("QA_GRACE_SECONDS", "1.5"),
        ("QA_DEADLINE_SECONDS", "never"),
        ("QA_READER", "medium"),
        ("QA_STRICTNESS", "1.01"),
        ("QA_STRICTNESS", "-0.01"),
        ("QA_STRICTNESS", "high"),
    ],
)
def test_a_variable_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(InputError, match=name):
        read_settings({name: value})


@pytest.mark.parametrize(
    ("environ", "reader", "trained"),
    [
        ({}, "large", True),
        ({"QA_READER": "small"}, "small", True),
        ({"QA_READER": "likeness"}, "likeness", False),
        ({"QA_TRAINED_READER": "off"}, "likeness", False),
        ({"QA_TRAINED_READER": "off", "QA_READER": "small"}, "small", True),
    ],
)
def test_who_chooses_the_sentences(environ: dict[str, str], reader: str, trained: bool) -> None:
    settings = read_settings(environ)
    assert (settings.reader, settings.trained_reader) == (reader, trained)


@pytest.mark.parametrize(
    ("text", "level"), [("", STRICTNESS), ("0", 0.0), ("1", 1.0), (" 0.65 ", 0.65)]
)
def test_how_sure_an_answer_must_be(text: str, level: float) -> None:
    assert read_settings({"QA_STRICTNESS": text}).strictness == level


def test_secrets_are_not_shown() -> None:
    told = repr(read_settings({"QA_KEY": "qa_secret", "OPENAI_API_KEY": "sk-secret"}))
    assert "secret" not in told
