"""Prompts of the user's own, broken ones among them."""

from pathlib import Path

import pytest

from index.errors import InputError
from qa.readers.llm.prompt_templates import filled, template


@pytest.mark.parametrize(
    "text",
    [
        b"{% for row in rows %}",
        b'{% chat role="nobody" %}Who?{% endchat %}',
        b"{{ question | nothing }}",
        "{{ question }} für".encode("latin-1"),
    ],
)
def test_a_prompt_that_is_none_is_named(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "answer.jinja"
    file.write_bytes(text)
    with pytest.raises(InputError) as raised:
        template(tmp_path, "answer")
    assert raised.value.message.startswith(f"{file} is no prompt: ")
    assert raised.value.hint == "check QA_PROMPTS"


def test_a_prompt_that_asks_for_what_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "answer.jinja").write_text("{{ nothing.here }}")
    with pytest.raises(InputError, match="'nothing' is undefined") as raised:
        filled(template(tmp_path, "answer"), question="Who?")
    assert raised.value.hint == "check QA_PROMPTS"
