"""One process owns a data folder; the lock goes with the process, however that ends."""

import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import LibraryBusy

_LOOK_SECONDS = 0.5
"""How long opening waits: who only looks (`owner`) may hold the lock for a moment."""


class FolderLock:
    """Held from construction to `close`. LibraryBusy names the process that holds it already."""

    def __init__(self, folder: Path, url: str = "") -> None:
        """`url` is where others can talk to this process; empty if they cannot."""
        self._lock = FileLock(folder / "lock")
        self._owner = folder / "owner.json"
        try:
            self._lock.acquire(timeout=_LOOK_SECONDS, poll_interval=0.01)
        except Timeout as error:
            raise _busy(folder, self._owner) from error
        draft = self._owner.with_suffix(".new")  # others may read it at any time
        try:
            draft.write_text(json.dumps({"pid": os.getpid(), "url": url}))
            draft.replace(self._owner)
        except OSError:
            self._lock.release()
            raise

    def close(self) -> None:
        """Leave the folder clean."""
        try:
            self._owner.unlink(missing_ok=True)
        finally:
            self._lock.release()


def owner(folder: Path) -> LibraryBusy | None:
    """What opening the folder would raise now: who owns it; None if nobody does.

    An owner names itself and takes that back when it ends, so the lock is only tried, for a moment,
    where one is named: it may have been killed.
    """
    if not (folder / "owner.json").exists():
        return None
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return _busy(folder, folder / "owner.json")
    except OSError:
        return None  # opening it will say what is wrong
    lock.release()
    return None


_HINT = "wait for it, end it, or name another folder with QA_DATA"


def _busy(folder: Path, owner: Path) -> LibraryBusy:
    """Who owns the folder, as far as can be read: the owner may not have written it yet."""
    try:
        known = json.loads(owner.read_text())
        who, url = f"process {int(known['pid'])}", str(known["url"])
    except (OSError, ValueError, KeyError, TypeError):
        who, url = "another process", ""
    error = LibraryBusy(f"{folder} is in use by {who}" + (f" at {url}" if url else ""), _HINT)
    error.url = url
    return error
