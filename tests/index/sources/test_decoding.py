"""Bytes -> text: nothing is guessed, and the first wrong byte is named."""

import pytest

from index.errors import ArticleError
from index.sources import read
from index.sources.decoding import MAX_FILE_BYTES, decode


def test_utf8_with_and_without_a_mark(article):
    text = "Kyiv\u2019s “plan” 🎉\r\nends.\n"
    assert article("a.txt", text.encode()).text == text
    assert article("a.txt", text.encode("utf-8-sig")).text == text


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_with_a_mark(article, mark):
    charset = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    assert article("a.txt", mark + "Київ 🎉".encode(charset)).text == "Київ 🎉"


def test_the_first_undecodable_byte_is_named(fault):
    error = fault("a.txt", "one\ntwö\né bad ".encode() + b"\x96 dash \xff")
    assert error.reason == "not UTF-8: byte 0x96 in column 7"
    assert error.message.endswith("a.txt:3: not UTF-8: byte 0x96 in column 7")
    assert error.hint == "save it as UTF-8"


def test_half_a_character_of_utf16_is_named():
    with pytest.raises(ArticleError, match="a:2: not UTF-16: byte 0x41 in column 1"):
        decode(b"\xff\xfea\x00\n\x00A", "a")


@pytest.mark.parametrize(
    "data",
    [b"text\0text", b"\x01\x02\x03\x04 a", "a\0b".encode("utf-16"), "text".encode("utf-32")],
)
def test_binary(fault, data):
    assert fault("a.txt", data).reason == "is binary, not text"


def test_a_stray_control_character_is_still_text(article):
    assert article("a.txt", "a page\f\x1b[1m and a bell\x07" + " more" * 20).text


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl"])
def test_empty(fault, data, suffix):
    assert fault(f"a{suffix}", data).reason == "is empty"


def test_an_empty_pdf(fault):
    assert fault("a.pdf", b"").reason == "is empty"


def test_a_file_over_the_limit_is_not_read(tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # a hole: takes no room on the disk
    (error,) = read([path])
    assert error.reason == "is too large: 67,108,865 bytes, and 67,108,864 are allowed"


def test_a_text_over_the_limit(fault):
    reason = fault("a.txt", "word " * 1_000_001).reason
    assert reason == "is too large: 5,000,005 characters, and 5,000,000 are allowed"
