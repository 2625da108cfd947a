"""PDF files: text, metadata, and the ways in which they break."""

import random
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.errors import ArticleError
from index.model import Article
from index.sources import read_stdin
from index.sources.pdf import parser_client
from index.sources.pdf.contents import Unreadable

LOCKED = Path(__file__).parent / "locked"
"""One page, "The ferry sails again.", encrypted by pypdf; what needs a password has one."""

DESCRIBED = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" {attributes}>
{elements}
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def xmp(attributes="", **elements):
    items = {key: f"<rdf:Bag><rdf:li>{value}</rdf:li></rdf:Bag>" for key, value in elements.items()}
    written = "".join(f"<dc:{key}>{value}</dc:{key}>" for key, value in items.items())
    return DESCRIBED.format(attributes=attributes, elements=written)


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


def test_words_broken_at_line_ends(article, make_pdf):
    pdf = make_pdf([["a well-known man is well-", "known in the years 2019-", "2020 as an invi-"]])
    assert article("a.pdf", pdf).text == (
        "a well-known man is well-known in the years 2019-2020 as an invi-"
    )


@pytest.mark.parametrize("compress", [False, True])
def test_metadata(article, make_pdf, compress):
    info = {"Title": "The\nbridge", "Author": "Ann", "CreationDate": "D:20241203101500+02'00'"}
    said = xmp(
        'dc:identifier="https://example.org/a"', publisher="Example", language="uk-UA", title="X"
    )
    found = article("a.pdf", make_pdf([["Text."]], info=info, xmp=said, compress=compress))
    assert (found.title, found.author, found.source) == ("The bridge", "Ann", "Example")
    assert (found.id, found.url) == ("https://example.org/a", "https://example.org/a")
    assert found.language == "uk-ua"
    assert found.published_at == datetime(2024, 12, 3, 8, 15, tzinfo=UTC)


def test_title_and_author_of_xmp_where_info_has_none(article, make_pdf):
    found = article("a.pdf", make_pdf([["Text."]], xmp=xmp(title="The bridge", creator="Ann Reed")))
    assert (found.title, found.author) == ("The bridge", "Ann Reed")


def test_metadata_of_a_picture_is_not_the_articles(article, make_pdf):
    picture = b"9 0 obj\n<< /Type /Metadata /Subtype /XML /Length 400 >> stream\n"
    pdf = make_pdf([["Text."]]) + picture + xmp(creator="Photographer").encode()
    assert article("a.pdf", pdf).author == ""


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("D:20241203101500-08'00'", datetime(2024, 12, 3, 18, 15, tzinfo=UTC)),
        ("D:20241203101500+05'30", datetime(2024, 12, 3, 4, 45, tzinfo=UTC)),
        ("D:20241203101500Z00'00'", datetime(2024, 12, 3, 10, 15, tzinfo=UTC)),
        ("D:20241203101500", datetime(2024, 12, 3, 10, 15, tzinfo=UTC)),
        ("20241203", datetime(2024, 12, 3, tzinfo=UTC)),
        ("2024-12-03T10:15:00+01:00", datetime(2024, 12, 3, 9, 15, tzinfo=UTC)),
        ("D:2024", None),
        ("yesterday", None),
        ("D:00010101000000+05'00'", None),
        ("D:20241340101500Z", None),
    ],
)
def test_dates_keep_their_zone(article, make_pdf, written, moment):
    pdf = make_pdf([["Text."]], info={"CreationDate": written})
    assert article("a.pdf", pdf).published_at == moment


def test_the_date_of_publication_goes_before_that_of_the_file(article, make_pdf):
    info = {"CreationDate": "D:20241203101500Z"}
    pdf = make_pdf([["Text."]], info=info, xmp=xmp(date="2024-11-30T08:00:00Z"))
    assert article("a.pdf", pdf).published_at == datetime(2024, 11, 30, 8, tzinfo=UTC)
    pdf = make_pdf([["Text."]], info=info, xmp=xmp(date="last week"))
    assert article("a.pdf", pdf).published_at == datetime(2024, 12, 3, 10, 15, tzinfo=UTC)


def test_broken_metadata_loses_no_text(article, make_pdf):
    odd = {"Title": "long " * 500, "CreationDate": "yesterday"}
    for said in ("<rdf", xmp(date="<"), xmp('dc:title="a" dc:title="b"')):
        found = article("a.pdf", make_pdf([["Text."]], info=odd, xmp=said))
        assert (found.text, found.published_at) == ("Text.", None)


@pytest.mark.parametrize("locked", sorted(LOCKED.glob("*-with-password.pdf")), ids=lambda p: p.name)
def test_encrypted(fault, locked):
    error = fault("a.pdf", locked.read_bytes())
    assert error.reason == "is an encrypted PDF"
    assert error.hint == "save a copy without a password"


@pytest.mark.parametrize("locked", sorted(LOCKED.glob("*-for-its-owner.pdf")), ids=lambda p: p.name)
def test_what_needs_no_password_is_read_whatever_its_encryption(article, locked):
    found = article("a.pdf", locked.read_bytes())
    assert (found.text, found.title) == ("The ferry sails again.", "Sailing again")


def test_images_only(fault, make_pdf):
    error = fault("a.pdf", make_pdf([[], []]))
    assert error.reason == "has no text: its pages are images"
    assert "OCR" in error.hint
    assert fault("a.pdf", make_pdf([])).reason == "has no pages"


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"not a pdf", b"%PDF-1.4\n" + b"\0" * 5_000])
def test_broken(fault, data):
    assert fault("a.pdf", data).reason == "is a broken PDF: it is no PDF, or damaged"


def test_a_page_that_cannot_be_read_is_named(fault, make_pdf):
    pdf = make_pdf([["One."], ["Two."]]).replace(b"7 0 R] /Count 2", b"9 0 R] /Count 2")
    assert fault("a.pdf", pdf).reason == "is a broken PDF: page 2 cannot be read"


def test_too_much_text_ends_the_reading(make_pdf):
    with pytest.raises(Unreadable, match="is too large: 10 characters, and 8 are allowed"):
        parser_client.read(make_pdf([["Hello"], ["world"], ["again"]]), 8)


def test_mutated_files_raise_nothing(make_pdf):
    chance = random.Random(7)
    pdf = make_pdf(
        [["Some text here."], ["More."]],
        xmp=xmp(identifier="a"),
        info={"Title": "A"},
        compress=True,
    )
    words = [b"null", b"[", b">>", b"1 0 R", b"4 0 R", b"/Length", b"-1", b"/Filter /X", b"(x)"]
    for _ in range(300):
        at = chance.randrange(len(pdf))
        width = chance.choice([0, 1, 5, 100])
        mutated = pdf[:at] + chance.choice(words) + pdf[at + width :]
        (found,) = read_stdin(mutated)
        assert isinstance(found, Article | ArticleError)
    for end in range(0, len(pdf), 97):
        assert len(list(read_stdin(pdf[:end]))) == 1


def test_a_file_that_takes_too_long_is_an_error_of_that_file(make_pdf):
    page = make_pdf([["word " * 50] * 500])
    slow = page.replace(b"[5 0 R] /Count 1", b"[%s] /Count 5000" % (b"5 0 R " * 5_000))
    with pytest.raises(Unreadable, match="takes longer than 1 s to read"):
        parser_client.read(slow, 10**9, seconds=1)
    assert parser_client.read(make_pdf([["Text."]]), 100, seconds=1)["pages"] == ["Text."]


def test_a_child_that_ends_over_a_file_is_an_error_of_that_file(make_pdf, tmp_path, monkeypatch):
    pdf = make_pdf([["Text."]])
    (tmp_path / "pypdfium2.py").write_text("import os; os.abort()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    parser_client.close()
    with pytest.raises(
        Unreadable, match=r"the process that reads PDFs ended over it \(status -6\)"
    ):
        parser_client.read(pdf, 100)
    monkeypatch.undo()
    assert parser_client.read(pdf, 100)["pages"] == ["Text."]


def test_files_at_the_same_time(make_pdf):
    found = {}

    def read(number):
        found[number] = parser_client.read(make_pdf([[f"Text {number}."]]), 100)["pages"]

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [f"Text {number}."] for number in range(8)}
