"""The keys of a server: who may ask, who may write. Hashed at rest in the data folder."""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import TypeAdapter

from index.errors import InputError, LibraryError, NotFound

Scope = Literal["ask", "write"]
"""`write` may ask, too."""

_FILE = "keys.json"


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key; `sha256` of a random secret, which needs no slow hash."""

    name: str
    scope: Scope
    sha256: str
    made: str

    def may(self, scope: Scope) -> bool:
        """Whether it has this scope."""
        return self.scope in (scope, "write")


_KEYS = TypeAdapter(list[Key])


class Keys:
    """The keys of one data folder. Changes of other processes are seen at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / _FILE
        self._read: tuple[tuple[int, int, int], Sequence[Key]] | None = None

    def all(self) -> Sequence[Key]:
        """In the order in which they were made. LibraryError if they cannot be read."""
        try:
            status = os.stat(self._file)
        except FileNotFoundError:
            return ()
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if self._read is None or self._read[0] != seen:
            self._read = (seen, self._load())
        return self._read[1]

    def find(self, secret: str) -> Key | None:
        """The key with this secret. Takes the same time whichever one it is."""
        given = _hashed(secret).encode()
        found = [key for key in self.all() if hmac.compare_digest(key.sha256.encode(), given)]
        return found[0] if found else None

    def add(self, name: str, scope: Scope) -> str:
        """Make a key and return its secret, which nobody can look up later. InputError."""
        if not name.strip() or not name.isprintable():
            raise InputError(f"{name!r} is no name for a key", "use letters and digits")
        secret = f"qa_{secrets.token_urlsafe(32)}"
        with self._changing():
            if any(key.name == name for key in self.all()):
                raise InputError(f"there is a key {name!r} already", "`qa keys remove` forgets it")
            made = datetime.now(UTC).isoformat(timespec="seconds")
            self._store([*self.all(), Key(name, scope, _hashed(secret), made)])
        return secret

    def remove(self, name: str) -> None:
        """Forget a key; it opens nothing from now on. NotFound."""
        with self._changing():
            left = [key for key in self.all() if key.name != name]
            if len(left) == len(self.all()):
                raise NotFound(f"there is no key {name!r}", "`qa keys list` shows them")
            self._store(left)

    def _changing(self) -> FileLock:
        """One process at a time changes them, whoever owns the library."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"{self._folder} cannot be used: {error.strerror}", "name a folder with QA_DATA"
            ) from error
        return FileLock(self._folder / "keys.lock")

    def _load(self) -> Sequence[Key]:
        try:
            return _KEYS.validate_json(self._file.read_bytes())
        except (OSError, ValueError) as error:
            raise LibraryError(
                f"{self._file} cannot be read: {error}", "mend it, or remove it and make new keys"
            ) from error

    def _store(self, keys: Sequence[Key]) -> None:
        """Whole or not at all, and for this user's eyes only."""
        draft = self._file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump([asdict(key) for key in keys], file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
