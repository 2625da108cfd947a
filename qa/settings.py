"""Settings: QA_* and OPENAI_* of the environment, read once, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.errors import InputError
from qa.prompts import PROMPTS


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment asks for. An empty variable counts as none."""

    data: Path
    """QA_DATA: the data folder; `.qa/library` below the current folder by default."""
    llm: str = ""
    """QA_LLM: the language model that reads; none by default, as articles leave the machine."""
    embeddings: str = ""
    """QA_EMBEDDINGS: an OpenAI embedding model in place of the one inside."""
    prompts: Path = PROMPTS
    """QA_PROMPTS: a folder with prompts in place of ours."""
    deadline_seconds: float = 60.0
    """QA_DEADLINE_SECONDS: how long the language model may take for one answer."""
    llm_window: int = 8_192
    """QA_LLM_WINDOW: the tokens that its server reads and writes at once."""
    base_url: str | None = None
    """OPENAI_BASE_URL: an OpenAI-compatible server; the client's own default without it."""
    api_key: str = field(default="none", repr=False)
    """OPENAI_API_KEY: servers of one's own often need none."""

    def without_llm(self) -> "Settings":
        """The same, read by the extractive reader."""
        return replace(self, llm="")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment. InputError names a variable that makes no sense."""
    given = {name: value.strip() for name, value in environ.items()}
    prompts = given.get("QA_PROMPTS")
    return Settings(
        data=Path(given.get("QA_DATA") or ".qa/library").expanduser(),
        llm=given.get("QA_LLM", ""),
        embeddings=given.get("QA_EMBEDDINGS", ""),
        prompts=Path(prompts).expanduser() if prompts else PROMPTS,
        deadline_seconds=_seconds(given.get("QA_DEADLINE_SECONDS") or "60"),
        llm_window=_tokens(given.get("QA_LLM_WINDOW") or "8192"),
        base_url=given.get("OPENAI_BASE_URL") or None,
        api_key=given.get("OPENAI_API_KEY") or "none",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise InputError(f"QA_DEADLINE_SECONDS is {text!r}, not between 0 and 3600")
    return seconds


def _tokens(text: str) -> int:
    if not (text.isdecimal() and 2_048 <= int(text) <= 10_000_000):
        raise InputError(f"QA_LLM_WINDOW is {text!r}, not a number of tokens from 2048 on")
    return int(text)
