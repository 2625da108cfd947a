"""Settings: QA_* and OPENAI_* of the environment, read once, frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.errors import InputError
from qa.readers.llm.prompt_templates import PROMPTS


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment asks for. An empty variable counts as none."""

    data: Path
    """QA_DATA: the data folder; `.qa/library` below the current folder by default."""
    llm: str = ""
    """QA_LLM: the language model that reads; none by default, as articles leave the machine."""
    trained_reader: bool = True
    """QA_TRAINED_READER: `off` leaves choosing to similarity alone."""
    rerank: bool = True
    """QA_RERANK: `off` lays before the language model what the library finds, in its order; the
    trained reader orders it anew otherwise."""
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
    state: Path = field(default_factory=lambda: state_folder({}))
    """See `state_folder`."""
    api_key: str = field(default="none", repr=False)
    """OPENAI_API_KEY: servers of one's own often need none."""
    server: str = ""
    """QA_SERVER: a `qa serve` to ask instead of a data folder."""
    key: str = field(default="", repr=False)
    """QA_KEY: the key that a server wants."""
    origins: tuple[str, ...] = ()
    """QA_ORIGINS: where pages that may use the server come from, besides its own."""
    concurrent_answers: int = 8
    """QA_CONCURRENT_ANSWERS: answers that a server writes at once."""
    requests_per_minute: int = 600
    """QA_REQUESTS_PER_MINUTE: of one key or, without keys, one address; 0 for any number."""
    grace_seconds: int = 20
    """QA_GRACE_SECONDS: how long a server that is told to end goes on with open answers."""

    def without_llm(self) -> "Settings":
        """The same, read by the extractive reader."""
        return replace(self, llm="")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment. InputError names a variable that makes no sense."""
    given = {name: value.strip() for name, value in environ.items()}
    prompts = given.get("QA_PROMPTS")
    return Settings(
        data=Path(os.path.expanduser(given.get("QA_DATA") or ".qa/library")),
        llm=given.get("QA_LLM", ""),
        trained_reader=_switch("QA_TRAINED_READER", given.get("QA_TRAINED_READER") or "on"),
        rerank=_switch("QA_RERANK", given.get("QA_RERANK") or "on"),
        embeddings=given.get("QA_EMBEDDINGS", ""),
        prompts=Path(os.path.expanduser(prompts)) if prompts else PROMPTS,
        deadline_seconds=_seconds(given.get("QA_DEADLINE_SECONDS") or "60"),
        llm_window=_tokens(given.get("QA_LLM_WINDOW") or "8192"),
        base_url=given.get("OPENAI_BASE_URL") or None,
        state=state_folder(given),
        api_key=given.get("OPENAI_API_KEY") or "none",
        server=given.get("QA_SERVER", ""),
        key=given.get("QA_KEY", ""),
        origins=tuple(map(_origin, given.get("QA_ORIGINS", "").split())),
        concurrent_answers=_count(given, "QA_CONCURRENT_ANSWERS", 8, range(1, 1001)),
        requests_per_minute=_count(given, "QA_REQUESTS_PER_MINUTE", 600, range(1_000_001)),
        grace_seconds=_count(given, "QA_GRACE_SECONDS", 20, range(3601)),
    )


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where conversations, what was typed and the log of faults are: in XDG_STATE_HOME if that is
    set."""
    home = environ.get("XDG_STATE_HOME", "").strip()
    return Path(os.path.expanduser(home or "~/.local/state")) / "qa"


def _origin(text: str) -> str:
    """What browsers send as `Origin`: scheme, host and port."""
    scheme, _, host = text.lower().rstrip("/").partition("://")
    if scheme not in ("http", "https") or not host or set(host) & set("/?#@*"):
        raise InputError(f"QA_ORIGINS has {text!r}", "write origins like https://news.example.org")
    return f"{scheme}://{host}"


def _count(given: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    text = given.get(name) or str(default)
    if not (text.isdecimal() and int(text) in allowed):
        raise InputError(f"{name} is {text!r}, not between {allowed[0]} and {allowed[-1]}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise InputError(f"QA_DEADLINE_SECONDS is {text!r}, not between 0 and 3600")
    return seconds


def _switch(name: str, text: str) -> bool:
    if text not in ("on", "off"):
        raise InputError(f"{name} is {text!r}, neither on nor off")
    return text == "on"


def _tokens(text: str) -> int:
    if not (text.isdecimal() and 2_048 <= int(text) <= 10_000_000):
        raise InputError(f"QA_LLM_WINDOW is {text!r}, not a number of tokens from 2048 on")
    return int(text)
