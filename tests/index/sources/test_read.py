"""Files, folders and standard input, whatever is in them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.errors import ArticleError
from index.model import Article
from index.sources import SUFFIXES, Skipped, find, read, read_any, read_stdin


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
    return [file.path.relative_to(root).as_posix() for file in found]


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


def ids(*paths):
    return [found.id for found in read(paths)]


def test_the_id_is_where_the_file_lies_however_it_is_named(folder, monkeypatch):
    root = folder("docs/a.txt", "docs/sub/b.md")
    (root / "docs" / "0.txt").symlink_to(root / "docs" / "a.txt")
    (root / "link").symlink_to(root / "docs")
    monkeypatch.chdir(root / "docs" / "sub")
    there = ["docs/a.txt", "docs/sub/b.md"]
    assert ids(root / "docs") == ids(Path("..")) == ids(root / "link") == there
    assert ids(root / "docs" / "a.txt") == ids(Path("../0.txt")) == there[:1]
    assert ids(Path("b.md")) == ids(root / "docs" / "sub") == ["sub/b.md"]
    (found,) = read([Path("b.md")], source="Example")
    assert found.source == "Example"


def test_a_copy_of_a_folder_has_the_same_ids(folder):
    root = folder("one/docs/a.txt", "one/docs/sub/b.txt")
    (root / "one" / "docs" / "rows.jsonl").write_text('{"text": "A row."}')
    shutil.copytree(root / "one", root / "two")
    assert ids(root / "one" / "docs") == ids(root / "two" / "docs")
    assert not any("one" in id_ for id_ in ids(root / "one" / "docs"))


PAGE = """<html><head><title>{0}</title><link rel=canonical href="https://a.org/story"></head>
<body><article><p>The ferry of {0} is late because of ice in the harbour.</p></article></body>"""


def test_pages_that_name_one_address_are_articles_each(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.html").write_text(PAGE.format(name))
    found = list(read([tmp_path]))
    assert [article.id for article in found] == [f"{tmp_path.name}/{n}.html" for n in "abc"]
    assert {article.url for article in found} == {"https://a.org/story"}
    first, second = (next(read_stdin(PAGE.format(name).encode())) for name in "ab")
    assert first.id != second.id


def test_of_two_files_with_one_id_the_second_is_told(folder):
    root = folder("one/docs/a.txt", "two/docs/a.txt", "c.md", "d.md")
    for name in ("c.md", "d.md"):
        (root / name).write_text(f"---\nid: same\n---\nText of {name}.")
    first, again, c, d = read([root / "one" / "docs", root / "two" / "docs", root / "c.md",
                               root / "d.md"])  # fmt: skip
    assert (first.id, c.id) == ("docs/a.txt", "same")
    earlier = root / "one" / "docs" / "a.txt"
    assert again.message == (f"{root}/two/docs/a.txt: id 'docs/a.txt' is already that of {earlier}")
    assert d.message == f"{root}/d.md: id 'same' is already that of {root}/c.md"
    assert again.hint


def test_all_that_a_person_names_is_read_as_one(folder):
    root = folder("docs/a.txt", "docs/b.txt")
    words = [str(root / "docs" / "a.txt"), str(root / "docs"), "-", "-"]
    said = iter((b"---\nid: docs/b.txt\n---\nIt snowed.", b"It rained."))
    a, b, again, rain = read_any(words, stdin=lambda: next(said))
    assert (a.id, b.id, rain.text) == ("docs/a.txt", "docs/b.txt", "It rained.")
    assert again.message == f"-: id 'docs/b.txt' is already that of {root}/docs/b.txt"


def test_a_link_that_leads_out_of_the_folder_is_not_read(folder):
    root = folder("docs/a.txt", "secret/b.txt")
    (root / "docs" / "b.txt").symlink_to(root / "secret" / "b.txt")
    (root / "docs" / "more").symlink_to(root / "secret")
    (root / "docs" / "up").symlink_to(root / "docs")
    skipped = Skipped()
    assert [found.text for found in read([root / "docs"], skipped=skipped)] == [
        "Text of docs/a.txt."
    ]
    assert sorted(skipped.links) == [f"{root}/docs/b.txt", f"{root}/docs/more"]
    assert ids(root / "docs" / "b.txt") == ["secret/b.txt"]


def test_kinds_that_are_not_read_are_counted(folder):
    root = folder("a.txt", "b.DOCX", "sub/c.docx", "sub/d.png", "README", ".e.png", ".git/f.c")
    skipped = Skipped()
    assert len(find([root], skipped)) == 1
    assert skipped.suffixes == {".docx": 2, ".png": 1, "": 1}


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
        (b"<!-- <html> -->\n# Title\n\nText.", "# Title\n\nText."),
        (b"<!-- <html>", "<!-- <html>"),
        (
            b"Rain, wind\n\nIt rained, and the wind blew.",
            "Rain, wind\n\nIt rained, and the wind blew.",
        ),
        (b"[1] A note.", "[1] A note."),
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
        (b'<?xml version="1.0"?><rss/>', "-: is XML (a feed?), which is not read"),
        (b"\n<feed xmlns='http://www.w3.org/2005/Atom'>", "-: is XML (a feed?), which is not read"),
        (b'title,text\r\nRain,"It rained,\nand rained."\r\n', "-: is a table (CSV or TSV), which"),
        (
            b"\xef\xbb\xbftitle\ttext\nRain\tIt rained, and rained.\n",
            "-: is a table (CSV or TSV), ",
        ),
        ("title;text\nRain;It rained.\n".encode("utf-16"), "-: is a table (CSV or TSV), which is"),
        (b'[{"text": "It rained."}]', "-: is JSON, but not a line for each article, which is"),
        (b'{\n"text": "It rained."\n}', "-: is JSON, but not a line for each article, which is"),
        (b"{\\rtf1\nIt rained.}", "-: is RTF, which is not read"),
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
