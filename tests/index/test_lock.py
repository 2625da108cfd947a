"""One process owns a folder, and those who only look who it is are in nobody's way."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.errors import LibraryBusy
from index.lock import FolderLock, owner

LOOK = """
import sys
from pathlib import Path
from index.lock import owner
print("looking", flush=True)
while True:
    owner(Path(sys.argv[1]))
"""


@contextmanager
def prober(folder: Path) -> Iterator[None]:
    """A process that looks who owns the folder, without end."""
    command = [sys.executable, "-c", LOOK, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as looking:
        assert looking.stdout is not None
        assert looking.stdout.readline() == "looking\n"
        try:
            yield
        finally:
            looking.kill()


def closed(folder: Path) -> None:
    pass


def killed(folder: Path) -> None:
    """What an owner leaves behind that did not come to its end."""
    (folder / "owner.json").write_text(json.dumps({"pid": os.getpid(), "url": "http://x"}))


@pytest.mark.parametrize("left", [closed, killed])
def test_who_looks_keeps_nobody_out(tmp_path: Path, left: Callable[[Path], None]) -> None:
    FolderLock(tmp_path).close()
    with prober(tmp_path):
        for _ in range(200):
            left(tmp_path)
            FolderLock(tmp_path).close()


def test_an_owner_is_named_while_it_lives(tmp_path: Path) -> None:
    assert owner(tmp_path) is None
    lock = FolderLock(tmp_path, "http://127.0.0.1:9")
    busy = owner(tmp_path)
    assert busy is not None
    assert busy.url == "http://127.0.0.1:9"
    with pytest.raises(LibraryBusy, match=f"process {os.getpid()}"):
        FolderLock(tmp_path)
    lock.close()
    killed(tmp_path)
    assert owner(tmp_path) is None
