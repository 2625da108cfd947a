"""Files to read: written to disk as bytes, and PDFs made by hand, object by object."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.errors import ArticleError
from index.model import Article
from index.sources import read

Outcome = Article | ArticleError


@pytest.fixture
def outcomes(tmp_path: Path) -> Callable[..., list[Outcome]]:
    """`outcomes("a.txt", b"...")`: what reading such a file gives."""

    def read_file(name: str, data: bytes | str, source: str = "") -> list[Outcome]:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return list(read([path], source=source))

    return read_file


@pytest.fixture
def article(outcomes: Callable[..., list[Outcome]]) -> Callable[..., Article]:
    """The one article that such a file holds."""

    def read_one(name: str, data: bytes | str, source: str = "") -> Article:
        (found,) = outcomes(name, data, source)
        assert isinstance(found, Article), found
        return found

    return read_one


@pytest.fixture
def fault(outcomes: Callable[..., list[Outcome]]) -> Callable[..., ArticleError]:
    """The one error that such a file gives."""

    def read_one(name: str, data: bytes | str) -> ArticleError:
        (found,) = outcomes(name, data)
        assert isinstance(found, ArticleError), found
        return found

    return read_one


@pytest.fixture(scope="session")
def make_pdf() -> Callable[..., bytes]:
    """`make_pdf([["a line", "another"], ["page two"]])`: a valid, uncompressed PDF's bytes."""
    return _pdf


def _pdf(pages: Sequence[Sequence[str]]) -> bytes:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", font]
    for lines in pages:
        objects.append(_content(lines))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            b"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % len(objects)
        )
    kids = b" ".join(b"%d 0 R" % (5 + 2 * page) for page in range(len(pages)))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))
    return _assembled(objects)


def _content(lines: Sequence[str]) -> bytes:
    shown = b" ".join(b"<%s> Tj T*" % line.encode("cp1252").hex().encode() for line in lines)
    content = b"BT /F1 12 Tf 14 TL 72 720 Td %s ET" % shown
    return b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content)


def _assembled(objects: Sequence[bytes]) -> bytes:
    """Header, numbered objects, cross-reference table, trailer."""
    data, table = b"%PDF-1.4\n", b"0000000000 65535 f \n"
    for number, written in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    size = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    return data + b"xref\n0 %d\n" % size + table + trailer
