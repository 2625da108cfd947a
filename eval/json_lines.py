"""Files of JSON lines that grow during a run, which may end at any moment."""

import json
from collections.abc import Iterator
from pathlib import Path


def lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Each line and its number, from 1, without blank ones and without a last one that was torn:
    one that has no line end and is no JSON."""
    *whole, rest = file.read_bytes().split(b"\n")
    for number, line in enumerate([*whole, rest] if _is_json(rest) else whole, 1):
        if line.strip():
            yield number, line


def mend(file: Path) -> None:
    """Make the file end with a whole line, so that another can follow."""
    held = file.read_bytes()
    whole, rest = held[: held.rfind(b"\n") + 1], held[held.rfind(b"\n") + 1 :]
    if rest:
        file.write_bytes(held + b"\n" if _is_json(rest) else whole)


def add(file: Path, line: str) -> None:
    """Write a line more; the file may not be there yet."""
    with file.open("a", encoding="utf-8") as held:
        held.write(line + "\n")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
