"""PDF files: text, metadata, and the ways in which they break."""

import random
from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace

import pytest
from pypdf import PdfWriter
from pypdf.xmp import XmpInformation

from index.errors import ArticleError
from index.model import Article
from index.sources import read_stdin
from index.sources.pdf import page_texts


def described(pdf, info=None, xmp=None):
    """The PDF with Info entries and dc: properties, compressed."""
    writer = PdfWriter(clone_from=BytesIO(pdf))
    writer.add_metadata(info or {})
    if xmp:
        writer.xmp_metadata = XmpInformation.create()
        for key, value in xmp.items():
            setattr(writer.xmp_metadata, key, value)
    for page in writer.pages:
        page.compress_content_streams()
    return written(writer)


def written(writer):
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_pages_become_paragraphs(article, make_pdf):
    pdf = make_pdf(
        [
            [
                "Mayor promises a bridge",
                "The mayor\u2019s “letter” says that the town will get an up-",
            ],
            ["coming bridge."],
        ]
    )
    found = article("the-bridge.pdf", pdf, source="S")
    assert found.text == (
        "Mayor promises a bridge\n\nThe mayor\u2019s “letter” says that the town will get an "
        "upcoming bridge."
    )
    assert (found.title, found.source) == ("Mayor promises a bridge", "S")
    assert found.id.endswith("/the-bridge.pdf")


def test_metadata(article, make_pdf):
    info = {"/Title": "The\nbridge", "/Author": "Ann", "/CreationDate": "D:20241203101500+02'00'"}
    xmp = {
        "dc_publisher": ["Example"],
        "dc_identifier": "https://example.org/a",
        "dc_language": ["uk-UA"],
    }
    found = article("a.pdf", described(make_pdf([["Text."]]), info, xmp))
    assert (found.title, found.author, found.source) == ("The bridge", "Ann", "Example")
    assert (found.id, found.url) == ("https://example.org/a", "https://example.org/a")
    assert found.language == "uk-ua"
    assert found.published_at == datetime(2024, 12, 3, 8, 15, tzinfo=UTC)


def test_the_date_of_publication_goes_before_that_of_the_file(article, make_pdf):
    info = {"/CreationDate": "D:20241203101500Z"}
    pdf = described(make_pdf([["Text."]]), info, {"dc_date": ["2024-11-30T08:00:00Z"]})
    assert article("a.pdf", pdf).published_at == datetime(2024, 11, 30, 8, tzinfo=UTC)


def test_broken_metadata_loses_no_text(article, make_pdf):
    found = article("a.pdf", described(make_pdf([["Text."]]), {"/CreationDate": "yesterday"}))
    assert (found.text, found.published_at) == ("Text.", None)
    odd = {"/Title": "long " * 500, "/CreationDate": "D:00010101000000+05'00'"}
    found = article("a.pdf", described(make_pdf([["Text."]]), odd))
    assert (found.text, found.published_at) == ("Text.", None)


def test_encrypted(fault, article, make_pdf):
    writer = PdfWriter(clone_from=BytesIO(make_pdf([["Secret text."]])))
    writer.encrypt("password", algorithm="RC4-128")
    error = fault("a.pdf", written(writer))
    assert error.reason == "is an encrypted PDF"
    assert error.hint == "save a copy without a password"


def test_protected_against_printing_only_can_be_read(article, make_pdf):
    writer = PdfWriter(clone_from=BytesIO(make_pdf([["Public text."]])))
    writer.encrypt("", "owner", algorithm="RC4-128")
    assert article("a.pdf", written(writer)).text == "Public text."


def test_images_only(fault, make_pdf):
    error = fault("a.pdf", make_pdf([[], []]))
    assert error.reason == "has no text: its pages are images"
    assert "OCR" in error.hint
    assert fault("a.pdf", make_pdf([])).reason == "has no pages"


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"not a pdf", b"%PDF-1.4\n" + b"\0" * 5_000])
def test_broken(fault, data):
    assert fault("a.pdf", data).reason.startswith("is a broken PDF: ")


def test_too_much_text_ends_the_reading():
    page = SimpleNamespace(extract_text=lambda: "word " * 500_000)
    pages = page_texts([page, page, SimpleNamespace(extract_text=lambda: "more")], "a")
    assert len([next(pages), next(pages)]) == len([page, page])
    with pytest.raises(ArticleError, match="a: is too large: 5,000,004 characters, and 5,000,000"):
        next(pages)


def test_mutated_files_raise_nothing(make_pdf):
    """What stands in `pdf.BROKEN` was found like this, over some 60,000 files."""
    chance = random.Random(7)
    pdf = described(make_pdf([["Some text here."], ["More."]]), xmp={"dc_identifier": "a"})
    words = [b"null", b"[", b">>", b"1 0 R", b"4 0 R", b"/Length", b"-1", b"/Filter /X", b"(x)"]
    for _ in range(150):
        at = chance.randrange(len(pdf))
        width = chance.choice([0, 1, 5, 100])
        mutated = pdf[:at] + chance.choice(words) + pdf[at + width :]
        (found,) = read_stdin(mutated)
        assert isinstance(found, Article | ArticleError)
    for end in range(0, len(pdf), 97):
        assert len(list(read_stdin(pdf[:end]))) == 1
