"""Keys are shown once, kept as hashes, and found in all processes at once."""

import json
import stat
from pathlib import Path

import pytest

from index.errors import InputError, LibraryError, NotFound
from qa.keys import Keys


def test_a_key_is_found_by_its_secret_only(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    asking, writing = keys.add("joe", "ask"), keys.add("ann", "write")
    found = Keys(tmp_path).find(asking)
    assert found is not None
    assert (found.name, found.may("ask"), found.may("write")) == ("joe", True, False)
    found = keys.find(writing)
    assert found is not None
    assert (found.name, found.may("ask"), found.may("write")) == ("ann", True, True)
    assert keys.find("") is None
    assert keys.find(asking + "x") is None
    assert keys.find("\ud800") is None


@pytest.mark.parametrize("name", ["", " ", "joe\n", "\x1b[31mjoe", "\ud800"])
def test_a_name_can_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no name for a key"):
        Keys(tmp_path).add(name, "ask")


def test_a_hash_that_is_none_opens_nothing(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    secret = keys.add("joe", "ask")
    file = tmp_path / "keys.json"
    (row,) = json.loads(file.read_text())
    file.write_text(json.dumps([{**row, "sha256": "é"}]))
    assert keys.find(secret) is None
    file.write_text(json.dumps([{**row, "sha256": 5}]))
    with pytest.raises(LibraryError, match="cannot be read"):
        keys.find(secret)


def test_secrets_are_not_on_the_disk(tmp_path: Path) -> None:
    secret = Keys(tmp_path).add("joe", "ask")
    file = tmp_path / "keys.json"
    assert secret not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_other_processes_see_changes(tmp_path: Path) -> None:
    here, there = Keys(tmp_path), Keys(tmp_path)
    secret = here.add("joe", "ask")
    assert there.find(secret)
    here.remove("joe")
    assert there.find(secret) is None
    assert list(there.all()) == []


def test_names_are_unique(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "new" / "folder")
    keys.add("joe", "ask")
    with pytest.raises(InputError, match="'joe' already"):
        keys.add("joe", "write")
    with pytest.raises(NotFound):
        keys.remove("ann")


def test_a_broken_file_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("[{")
    with pytest.raises(LibraryError, match="cannot be read"):
        Keys(tmp_path).find("x")
