"""Chroma's folder: does it work?

Chroma is not crash-safe, and damage may make it raise, hang or kill the process. So a folder that
was not closed, or was changed after that, is tried in a child process before it is opened.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.config import Settings

from index.child_process import SAFE_FOLDER, command
from index.errors import IndexUnavailable
from index.indexes.fingerprint import discard

COLLECTION = "passages"

_PROBE_SECONDS = 60

_PAGE = 1_000
"""Vectors read at a time."""

_QUERIES = 4
"""Vectors of each page that are looked for."""

_NEIGHBOURS = 50

_FOUND = 0.9
"""The share of them that have to be found: the index is an approximate one."""


def client(folder: Path) -> Client:
    """Chroma over a folder, without telemetry and whatever `.env` is in the current folder."""
    settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]
    return cast(Client, chromadb.PersistentClient(str(folder), settings=settings))


def probe(folder: Path) -> bool:
    """Whether a child process can read all vectors of the folder and find some, in a minute."""
    if not (folder / "chroma.sqlite3").is_file():
        return False  # Chroma would make one, in whatever a link leads to
    probing = command("index.indexes.chroma_health", str(folder.absolute()))
    try:
        done = subprocess.run(probing, timeout=_PROBE_SECONDS, capture_output=True, cwd=SAFE_FOLDER)
        return done.returncode == 0
    except subprocess.TimeoutExpired:
        return False


def quarantine(folder: Path) -> None:
    """Put a folder aside, so that an empty one takes its place. IndexUnavailable if it stays.

    The one that was put aside before goes: what is kept is for looking into, and takes room.
    """
    before = list(folder.parent.glob(f"{folder.name}.broken-*"))
    try:
        folder.rename(folder.with_name(f"{folder.name}.broken-{time.time_ns()}"))
        for old in before:
            discard(old)
    except OSError as error:
        reason = f"{folder} is broken and cannot be moved: {error.strerror}"
        raise IndexUnavailable(reason, "move it away") from error


def main() -> None:
    """What the child process of `probe` does, with the folder as its argument."""
    collection = client(Path(sys.argv[1])).get_collection(COLLECTION, embedding_function=None)
    count = collection.count()
    found: list[bool] = []
    for at in range(0, count, _PAGE):
        page = collection.get(limit=_PAGE, offset=at, include=["embeddings"])
        vectors = np.asarray(page["embeddings"])
        if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3):
            sys.exit("a vector is not of length 1")
        result = collection.query(
            query_embeddings=vectors[:: max(1, len(vectors) // _QUERIES)],
            n_results=min(_NEIGHBOURS, count),
            include=["distances"],
        )
        found += [near[0] < 1e-3 for near in result["distances"] or []]
    if sum(found) < _FOUND * len(found):
        sys.exit("vectors do not find themselves")
