"""One process owns a data folder; the lock goes with the process, however that ends."""

import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import LibraryBusy


class FolderLock:
    """Held from construction to `close`. LibraryBusy names the process that holds it already."""

    def __init__(self, folder: Path, url: str = "") -> None:
        """`url` is where others can talk to this process; empty if they cannot."""
        self._lock = FileLock(folder / "lock")
        self._owner = folder / "owner.json"
        try:
            self._lock.acquire(blocking=False)
        except Timeout as error:
            raise LibraryBusy(f"{folder} is in use by {_told(self._owner)}", _HINT) from error
        self.unclean = self._owner.exists()
        """Whether the last owner ended without `close`."""
        self._owner.write_text(json.dumps({"pid": os.getpid(), "url": url}))

    def close(self) -> None:
        """Leave the folder clean."""
        self._owner.unlink(missing_ok=True)
        self._lock.release()


_HINT = "wait for it, end it, or name another folder with QA_DATA"


def _told(owner: Path) -> str:
    try:
        known = json.loads(owner.read_text())
        return f"process {known['pid']}" + (f" at {known['url']}" if known["url"] else "")
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
