"""pdfium over one file: the text of its pages, and its metadata.

Runs in the child process of `index.sources.pdf.parser_client` alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pypdfium2.raw as pdfium

from index.sources.pdf.contents import Contents, Unreadable
from index.sources.pdf.form_fields import Form, fields_of, form_of
from index.sources.pdf.layout import page_text, with_fields
from index.sources.pdf.lines import lines_of
from index.sources.pdf.strings import wide_string
from index.sources.pdf.xmp import dublin_core, xmp_of

_REASONS = {
    pdfium.FPDF_ERR_FORMAT: "it is no PDF, or damaged",
    pdfium.FPDF_ERR_SECURITY: "its encryption is not known",
}

INFO = ("Title", "Author", "CreationDate")


def read(data: bytes, max_chars: int) -> Contents:
    """What is in a PDF file. Unreadable if that cannot be read or is too much."""
    with _opened(data) as document, form_of(document) as form:
        pages = list(_page_texts(document, form, max_chars))
        return Contents(pages=pages, fields=_fields(document, data))


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.FPDF_DOCUMENT]:
    """The document; without a password, which is right for those that lock only some uses."""
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        code = pdfium.FPDF_GetLastError()
        if code == pdfium.FPDF_ERR_PASSWORD:
            raise Unreadable("is an encrypted PDF", hint="save a copy without a password")
        raise Unreadable(f"is a broken PDF: {_REASONS.get(code, 'it cannot be opened')}")
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _page_texts(document: pdfium.FPDF_DOCUMENT, form: Form, max_chars: int) -> Iterator[str]:
    """The text of each page. Unreadable as soon as it is more than `max_chars`."""
    size = 0
    for number in range(pdfium.FPDF_GetPageCount(document)):
        with _page(document, number) as page:
            text = _text(page, form)
        size += len(text)
        if size > max_chars:
            reason = f"is too large: {size:,} characters, and {max_chars:,} are allowed"
            raise Unreadable(reason)
        yield text


@contextmanager
def _page(document: pdfium.FPDF_DOCUMENT, number: int) -> Iterator[pdfium.FPDF_PAGE]:
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        raise Unreadable(f"is a broken PDF: page {number + 1} cannot be read")
    try:
        yield page
    finally:
        pdfium.FPDF_ClosePage(page)


def _text(page: pdfium.FPDF_PAGE, form: Form) -> str:
    """A page's lines, in the order in which they are read."""
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return ""
    try:
        lines = list(lines_of(text_page, pdfium.FPDFPage_GetRotation(page)))
    finally:
        pdfium.FPDFText_ClosePage(text_page)
    return page_text(with_fields(lines, fields_of(page, form)))


def _fields(document: pdfium.FPDF_DOCUMENT, data: bytes) -> dict[str, list[str]]:
    """The fields of Info under its own names, and the dc: properties of XMP under `dc:` names."""
    info = {key: [_info(document, key)] for key in INFO}
    return info | dublin_core(xmp_of(document, data))


def _info(document: pdfium.FPDF_DOCUMENT, key: str) -> str:
    return wide_string(partial(pdfium.FPDF_GetMetaText, document, key.encode()))
