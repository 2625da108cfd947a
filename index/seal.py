"""Whether a folder is as it was left: a seal beside it says so, of names, sizes and times."""

import hashlib
from pathlib import Path


def seal(folder: Path) -> None:
    """Note what the folder holds, once it is closed."""
    _seal(folder).write_text(_fingerprint(folder))


def unseal(folder: Path) -> bool:
    """Whether the folder is as it was sealed. The seal is broken: what opens it changes it."""
    try:
        sealed = _seal(folder).read_bytes()
        _seal(folder).unlink()
    except FileNotFoundError:
        return False
    return sealed == _fingerprint(folder).encode()


def _seal(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.seal")


def _fingerprint(folder: Path) -> str:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    told = "".join(f"{f.relative_to(folder)} {_marks(f)}\n" for f in files)
    return hashlib.sha256(told.encode()).hexdigest()


def _marks(file: Path) -> str:
    held = file.stat()
    return f"{held.st_size} {held.st_mtime_ns}"
