"""Child processes run the project's code, and no other."""

import pytest

from index.errors import ArticleError
from index.indexes.chroma_health import probe
from index.sources import read_stdin
from index.sources.pdf import parser_client


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """A file that modules in the current folder write if they are run, on a path that has that
    folder in it as an empty entry."""
    ran = tmp_path / "ran"
    for module in ("json", "ctypes", "resource", "pypdfium2", "numpy", "index", "sitecustomize"):
        (tmp_path / f"{module}.py").write_text(f"open({str(ran)!r}, 'a').close()")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", ":")
    parser_client.close()
    return ran


def test_modules_in_the_current_folder_are_not_run(ran, tmp_path):
    (found,) = read_stdin(b"%PDF-1.4")
    assert isinstance(found, ArticleError)
    assert "broken PDF" in found.reason
    assert not probe(tmp_path / "chroma")
    assert not ran.exists()
