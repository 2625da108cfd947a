"""The metadata of a PDF's XMP packet, for which pdfium has no call of its own."""

import ctypes
import re
import zlib
from contextlib import suppress
from xml.etree import ElementTree

import pypdfium2.raw as pdfium

MAX_XMP_BYTES = 2**20
MAX_COPY_BYTES = 2**28

_HAS_XMP = re.compile(rb"/Subtype\s*+/XML\b")
_ROOT = re.compile(rb"trailer\s[^\0]{0,2000}?/Root (\d{1,9}) ")
_METADATA = re.compile(rb"/Metadata (\d{1,9}) ")
_LENGTH = re.compile(rb"/Length (\d{1,9})")

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"


def dublin_core(xmp: bytes) -> dict[str, list[str]]:
    """The values of the dc: properties in a packet, under names like `dc:publisher`."""
    with suppress(ElementTree.ParseError):
        found: dict[str, list[str]] = {}
        for description in ElementTree.fromstring(xmp).iter(f"{_RDF}Description"):
            for key, value in description.items():
                found.setdefault(key, []).append(value)
            for element in description:
                found.setdefault(element.tag, []).extend(_values(element))
        return {
            key.replace(_DC, "dc:"): values for key, values in found.items() if key.startswith(_DC)
        }
    return {}


def _values(element: ElementTree.Element) -> list[str]:
    """The items of a list, or the one value that is none."""
    items = [item.text or "" for item in element.iter(f"{_RDF}li")]
    return items or [element.text or ""]


def xmp_of(document: pdfium.FPDF_DOCUMENT, data: bytes) -> bytes:
    """The packet that the document's catalog names; nothing if there is none.

    pdfium writes the file anew, decrypted and with every object in the open, to look it up there:
    in the file itself the catalog may be compressed, and older ones and those of pictures beside.
    """
    if not _HAS_XMP.search(data):
        return b""
    copy = _copied(document)
    root = _ROOT.search(copy, max(0, copy.rfind(b"trailer")))
    metadata = root and _METADATA.search(_object(copy, root[1]))
    return _stream(_object(copy, metadata[1])) if metadata else b""


def _copied(document: pdfium.FPDF_DOCUMENT) -> bytes:
    copy = bytearray()

    def write(_: object, part: int, size: int) -> bool:
        copy.extend(ctypes.string_at(part, size))
        return len(copy) <= MAX_COPY_BYTES

    writer = pdfium.FPDF_FILEWRITE(version=1)
    writer.WriteBlock = type(writer.WriteBlock)(write)
    pdfium.FPDF_SaveAsCopy(document, writer, pdfium.FPDF_REMOVE_SECURITY)
    return bytes(copy)


def _object(copy: bytes, number: bytes) -> bytes:
    """The object with this number, as pdfium writes it."""
    start = copy.find(b"\r\n%s 0 obj\r\n" % number)
    end = copy.find(b"\r\nendobj\r\n", start)
    return copy[start:end] if 0 <= start < end else b""


def _stream(written: bytes) -> bytes:
    """A stream's bytes, decompressed."""
    head, _, body = written.partition(b"stream\r\n")
    length = _LENGTH.search(head)
    body = body[: int(length[1])] if length else body
    if b"/FlateDecode" not in head:
        return body
    try:
        return zlib.decompressobj().decompress(body, MAX_XMP_BYTES)
    except zlib.error:
        return b""
