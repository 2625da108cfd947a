"""Whether a folder is as it was left: its fingerprint beside it, of names, sizes and times."""

import hashlib
import shutil
from pathlib import Path

from index.errors import IndexUnavailable


def write_fingerprint(folder: Path) -> None:
    """Note beside the folder what it holds, once it is closed."""
    _file(folder).write_text(_fingerprint(folder))


def take_fingerprint(folder: Path) -> bool:
    """Whether the folder has its fingerprint still, which is deleted: what opens it changes it.

    IndexUnavailable if it is there and cannot be read or taken away.
    """
    try:
        written = _file(folder).read_bytes()
        _file(folder).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        reason = f"{_file(folder)} cannot be read: {error.strerror}"
        raise IndexUnavailable(reason, "move it away; it is made anew") from error
    return written == _fingerprint(folder).encode()


def discard(path: Path) -> None:
    """Delete a folder, or what is in its place: of a link the link alone, whatever it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.seal")


def _fingerprint(folder: Path) -> str:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    told = "".join(f"{f.relative_to(folder)} {_marks(f)}\n" for f in files)
    return hashlib.sha256(told.encode()).hexdigest()


def _marks(file: Path) -> str:
    held = file.stat()
    return f"{held.st_size} {held.st_mtime_ns}"
