"""Files, folders and standard input, whatever is in them."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.errors import ArticleError
from index.model import Article
from index.sources import SUFFIXES, find, read, read_stdin


@pytest.fixture
def folder(tmp_path):
    """A folder of text files by their relative paths."""

    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"Text of {name}.")
        return tmp_path

    return make


def names(found, root):
    return [path.relative_to(root).as_posix() for path in found]


def test_folders_are_searched_in_order(folder):
    root = folder("b.txt", "a/z.MD", "a/b/c.text", ".hidden.txt", ".git/d.txt", "e.py", "C.Html")
    assert names(find([root]), root) == ["C.Html", "a/b/c.text", "a/z.MD", "b.txt"]
    assert [found.text for found in read([root])][1:] == [
        "Text of a/b/c.text.",
        "Text of a/z.MD.",
        "Text of b.txt.",
    ]


def test_a_file_is_read_once(folder):
    root = folder("a.txt", "b/c.txt")
    (root / "link.txt").symlink_to(root / "a.txt")
    assert names(find([root / "a.txt", root, root / "b"]), root) == ["a.txt", "b/c.txt"]


def test_links_in_a_loop(folder):
    root = folder("a/b.txt")
    (root / "a" / "up").symlink_to(root)
    (root / "a" / "self.txt").symlink_to(root / "a" / "self.txt")
    broken, article = sorted(read([root]), key=lambda found: isinstance(found, Article))
    assert article.text == "Text of a/b.txt."
    assert broken.reason == "cannot be read: Too many levels of symbolic links"


def test_a_link_to_a_folder_that_is_named_is_followed(folder):
    root = folder("a/b.txt")
    (root / "link").symlink_to(root / "a")
    assert names(find([root / "link"]), root) == ["link/b.txt"]


def test_faults_are_values_among_the_articles(folder):
    root = folder("a.txt", "b.py", "c")
    (root / "empty").mkdir()
    paths = [root / "no.txt", root / "empty", root / "b.py", root / "c", root / "a.txt"]
    *faults, article = read(paths)
    assert [fault.message.removeprefix(f"{root}/") for fault in faults] == [
        "no.txt: does not exist",
        "empty: no articles in it",
        "b.py: .py files are not read",
        "c: has no suffix",
    ]
    assert faults[2].hint == f"these are read: {', '.join(SUFFIXES)}"
    assert article.text == "Text of a.txt."
    assert len(find(paths)) == len(paths)


def test_what_find_gives_can_be_read(folder):
    root = folder("a.txt")
    missing, article = read(find([root / "no.txt", root]))
    assert (missing.reason, article.text) == ("does not exist", "Text of a.txt.")


def test_the_id_is_the_resolved_path(folder, monkeypatch):
    root = folder("a/b.txt", "c.txt")
    monkeypatch.chdir(root / "a")
    (article,) = read([Path("../c.txt")], source="Example")
    assert article.id == (root / "c.txt").resolve().as_posix()
    assert article.source == "Example"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    for suffix in SUFFIXES:
        os.mkfifo(tmp_path / f"pipe{suffix}")
    found = list(read([tmp_path]))
    assert {fault.reason for fault in found} == {"cannot be read: it is not a regular file"}
    assert len(found) == len(SUFFIXES)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(folder):
    root = folder("a.txt", "b/c.txt")
    (root / "a.txt").chmod(0)
    (root / "b").chmod(0)
    try:
        assert [fault.reason for fault in read([root])] == ["cannot be read: Permission denied"] * 2
    finally:
        (root / "b").chmod(0o700)


def test_a_name_that_is_not_utf8(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    try:
        path.write_text("Text.")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    (article,) = read([path])
    assert article.id.endswith("caf\\xe9.txt")


def test_a_name_that_cannot_be():
    (fault,) = read([Path("a\0b.txt")])
    assert fault.reason == "cannot be read: embedded null byte"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbf \n<!DOCTYPE html><html><body><p>Hello you</p></body></html>", "Hello you"),
        (b"<HTML><body><p>Hello you</p></body></HTML>", "Hello you"),
        ("<html><body><p>Київ</p></body></html>".encode("utf-16"), "Київ"),
        (
            b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html><html><p>Hello you</p></html>',
            "Hello you",
        ),
        (b"<!-- a\n> b --> <!--c--><html><body><p>Hello you</p></body></html>", "Hello you"),
        (b"<!-- <html> -->\n# Title\n\nText.", "<!-- <html> -->\n# Title\n\nText."),
        (b"<!-- <html>", "<!-- <html>"),
        (b'<?xml version="1.0"?><rss/>', '<?xml version="1.0"?><rss/>'),
        (b'{"text": "One."}\n\n  {"text": "Two."}\n', "One. Two."),
        ('{"text": "Перший."}'.encode("utf-16"), "Перший."),
        (b"{ a text\nin braces }", "{ a text\nin braces }"),
        (b"# Title\n\nText.", "# Title\n\nText."),
    ],
)
def test_standard_input_is_what_it_looks_like(data, text):
    assert " ".join(found.text for found in read_stdin(data)) == text


def test_standard_input_of_pdf(make_pdf):
    (found,) = read_stdin(make_pdf([["Hello."]]))
    assert found.text == "Hello."


def test_articles_of_standard_input_are_named_after_their_text():
    (found,) = read_stdin(b"# The bridge\n\nText.", source="Example")
    assert (found.title, found.source) == ("The bridge", "Example")
    assert found.id == "stdin:9cbc9763c9e4"
    (row,) = read_stdin(b'{"text": "# The bridge\\n\\nText."}')
    assert row.id == found.id


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "-: is empty"),
        (b"a\n\x96", "-:2: not UTF-8: byte 0x96 in column 1"),
        (b'{"a": 1}', "-:1: text is missing"),
        (b"%PDF-", "-: is a broken PDF: "),
        (b"a\0b", "-: is binary, not text"),
    ],
)
def test_faults_of_standard_input(data, message):
    (fault,) = read_stdin(data)
    assert fault.message.startswith(message)


def test_large_libraries_wait_for_a_file_that_needs_them():
    program = (
        "import sys, index.sources; "
        "sys.exit(bool({'trafilatura', 'pypdfium2', 'yaml', 'lxml'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text(alphabet='-: \n[]{}"&*!|>ab1', max_size=80).map(
        lambda t: f"---\n{t}\n---\na".encode()
    )
    | st.text(alphabet='<>/div "=!-pa&#;\n', max_size=80).map(lambda t: f"<html>{t}".encode())
    | st.binary(max_size=80).map(lambda data: b"%PDF-1.4\n" + data)
)
@example(data=b'---\ntitle: "\\ud800"\n---\na')
@example(data=b"<html><body>\xed\xa0\x80")
def test_any_bytes_give_values(suffix, data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        found = [*read([path]), *read_stdin(data)]
    assert found
    assert all(isinstance(item, Article | ArticleError) for item in found)
    for item in found:
        str(item.message if isinstance(item, ArticleError) else item.title).encode()
