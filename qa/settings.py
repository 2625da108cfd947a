"""Settings: QA_* and OPENAI_* of the environment, read once, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment asks for."""

    data: Path
    """QA_DATA: the data folder; `.qa/library` below the current folder by default."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment. InputError names a variable that makes no sense."""
    data = environ.get("QA_DATA", "").strip() or ".qa/library"
    if "\0" in data:
        raise InputError("QA_DATA is no path")
    return Settings(data=Path(data).expanduser())
