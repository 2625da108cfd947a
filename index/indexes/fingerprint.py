"""Whether a folder is as it was left: a seal beside it says so, of names, sizes and times."""

import hashlib
import shutil
from pathlib import Path

from index.errors import IndexUnavailable


def seal(folder: Path) -> None:
    """Note what the folder holds, once it is closed."""
    _seal(folder).write_text(_fingerprint(folder))


def unseal(folder: Path) -> bool:
    """Whether the folder is as it was sealed. The seal is broken: what opens it changes it.

    IndexUnavailable if it is there and cannot be read or taken away.
    """
    try:
        sealed = _seal(folder).read_bytes()
        _seal(folder).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        reason = f"{_seal(folder)} cannot be read: {error.strerror}"
        raise IndexUnavailable(reason, "move it away; it is made anew") from error
    return sealed == _fingerprint(folder).encode()


def discard(path: Path) -> None:
    """Delete a folder, or what is in its place: of a link the link alone, whatever it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _seal(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.seal")


def _fingerprint(folder: Path) -> str:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    told = "".join(f"{f.relative_to(folder)} {_marks(f)}\n" for f in files)
    return hashlib.sha256(told.encode()).hexdigest()


def _marks(file: Path) -> str:
    held = file.stat()
    return f"{held.st_size} {held.st_mtime_ns}"
