"""Files to read: written to disk as bytes, and PDFs made by hand, object by object."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

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
    """`make_pdf([["a line", "another"], ["page two"]])`: a valid, uncompressed PDF's bytes; see
    `_drawn` for what else it may have."""

    def make(pages: Sequence[Sequence[str]], **more: Any) -> bytes:
        placed = [[(72, 720 - 14 * n, line) for n, line in enumerate(lines)] for lines in pages]
        return _drawn(placed, **more)

    return make


@pytest.fixture(scope="session")
def draw_pdf() -> Callable[..., bytes]:
    """`draw_pdf([[(72, 720, "a line"), (320, 720, "beside it")]])`: each text in its place, in
    points from the lower left corner."""
    return _drawn


Placed = Sequence[tuple[float, float, str]]


def _drawn(
    pages: Sequence[Placed],
    *,
    info: Mapping[str, str] | None = None,
    xmp: str = "",
    fields: Sequence[Any] = (),
    notes: Sequence[str] = (),
    rotation: int = 0,
    compress: bool = False,
) -> bytes:
    """A PDF of 12 point Helvetica. `fields` are the form fields of the first page: the place, the
    entries of the field, and those of its one widget, if any; `notes` are the entries of its other
    annotations, `rotation` is the degrees by which pages turn."""
    objects = [b"", b"", FONT]

    def add(written: bytes) -> bytes:
        objects.append(written)
        return b"%d 0 R" % len(objects)

    roots, annotations = [], [add(b"<< /Type /Annot %s >>" % note.encode()) for note in notes]
    for rect, entries, *own in fields:
        roots.append(add(b"<< %s /Kids [%d 0 R] >>" % (entries.encode(), len(objects) + 2)))
        place = b"/Rect [%d %d %d %d] %s" % (*rect, "".join(own).encode())
        annotations.append(
            add(b"<< /Type /Annot /Subtype /Widget %s /Parent %s >>" % (place, roots[-1]))
        )
    kids = []
    for placed in pages:
        content = add(_stream(_content(placed, rotation), compress=compress))
        shown, annotations = b" ".join(annotations), []
        kids.append(add(PAGE % (rotation, shown, content)))
    catalog = b"/Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] >>" % b" ".join(roots)
    if xmp:
        packet = xmp.encode()
        catalog += b" /Metadata " + add(_stream(packet, b"/Subtype /XML", compress=compress))
    objects[0] = b"<< %s >>" % catalog
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    said = [b"/%s <%s>" % (key.encode(), _hex(value)) for key, value in (info or {}).items()]
    return _assembled(objects, add(b"<< %s >>" % b" ".join(said)))


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
SIDE = 792
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 792 792] /Rotate %d /Annots [%s] /Contents %s "
    b"/Resources << /Font << /F1 3 0 R >> >> >>"
)


def _hex(value: str) -> bytes:
    return b"feff" + value.encode("utf-16-be").hex().encode()


def _content(placed: Placed, rotation: int) -> bytes:
    """The texts, turned so that they are upright on a page that is shown turned."""
    shown = [
        f"{_matrix(left, bottom, rotation)} Tm <{text.encode('cp1252').hex()}> Tj"
        for left, bottom, text in placed
    ]
    return f"BT /F1 12 Tf {' '.join(shown)} ET".encode()


def _matrix(left: float, bottom: float, rotation: int) -> str:
    return {
        0: f"1 0 0 1 {left} {bottom}",
        90: f"0 1 -1 0 {SIDE - bottom} {left}",
        180: f"-1 0 0 -1 {SIDE - left} {SIDE - bottom}",
        270: f"0 -1 1 0 {bottom} {SIDE - left}",
    }[rotation]


def _stream(data: bytes, entries: bytes = b"", *, compress: bool) -> bytes:
    if compress:
        data, entries = zlib.compress(data), entries + b" /Filter /FlateDecode"
    return b"<< %s /Length %d >> stream\n%s\nendstream" % (entries, len(data), data)


def _assembled(objects: Sequence[bytes], info: bytes) -> bytes:
    """Header, numbered objects, cross-reference table, trailer."""
    data, table = b"%PDF-1.4\n", b"0000000000 65535 f \n"
    for number, written in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    size = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R /Info %s >>\nstartxref\n%d\n%%%%EOF\n"
    return data + b"xref\n0 %d\n" % size + table + trailer % (size, info, len(data))
