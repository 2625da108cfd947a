"""Prompts are data, one Jinja template a file: found in a folder, filled with values."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError

if TYPE_CHECKING:
    from llama_index.core.prompts import RichPromptTemplate

    from qa.readers.llm.model_client import Messages

PROMPTS = Path(__file__).parents[3] / "prompts"
"""Ours; QA_PROMPTS names a folder in its place."""

_CHECK = "check QA_PROMPTS"


def template(prompts: Path, name: str) -> "RichPromptTemplate":
    """The prompt of this name in a folder, or ours. InputError if folder or prompt are none."""
    from jinja2 import TemplateError
    from llama_index.core.prompts import RichPromptTemplate

    if not prompts.is_dir():
        raise InputError(f"there is no folder of prompts {prompts}", _CHECK)
    file = prompts / f"{name}.jinja"
    own = file if file.is_file() else PROMPTS / file.name
    try:
        return RichPromptTemplate(own.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, TemplateError) as error:
        raise InputError(f"{own} is no prompt: {error}", _CHECK) from error


def filled(template: "RichPromptTemplate", **values: Any) -> "Messages":
    """The messages of a prompt with these values in it. InputError if it wants others."""
    from jinja2 import TemplateError

    try:
        made = template.format_messages(**values)
    except TemplateError as error:
        raise InputError(f"a prompt cannot be filled: {error}", _CHECK) from error
    return [{"role": message.role.value, "content": message.content or ""} for message in made]
