#!/usr/bin/env python3
"""Make the PDF articles of the news set from the plain text in pdf_sources/.

    pip install fpdf2
    python eval/sets/news/make_pdfs.py

Each source file has a front matter of `key: value` lines between two lines of
`---`, then paragraphs separated by blank lines. All dates come from the front
matter, so the same sources give the same bytes with the same fpdf2 release.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from fpdf import FPDF

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "pdf_sources"
ARTICLES = HERE / "articles"

XMP = """\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:identifier>{id}</dc:identifier>
    <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
    <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
    <dc:publisher><rdf:Bag><rdf:li>{source}</rdf:li></rdf:Bag></dc:publisher>
    <dc:date><rdf:Seq><rdf:li>{published_at}</rdf:li></rdf:Seq></dc:date>
    <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
  </rdf:Description>
</rdf:RDF>
"""


def read_source(path: Path) -> tuple[dict[str, str], list[str]]:
    """Return the front matter and the paragraphs of one source file."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    meta = {}
    for line in head.strip().splitlines():
        key, _, value = line.partition(":")
        meta[key.strip()] = value.strip().strip('"')
    paragraphs = [" ".join(part.split()) for part in body.strip().split("\n\n")]
    return meta, paragraphs


def make_pdf(meta: dict[str, str], paragraphs: list[str], target: Path) -> None:
    """Write one article as a PDF with document info and XMP metadata."""
    date = datetime.fromisoformat(meta["published_at"]).replace(tzinfo=UTC)
    pdf = FPDF(format="A4")
    pdf.set_title(meta["title"])
    pdf.set_author(meta["author"])
    pdf.set_creator("make_pdfs.py")
    pdf.set_producer("fpdf2")
    pdf.set_lang(meta["language"])
    pdf.set_creation_date(date)
    pdf.set_xmp_metadata(XMP.format(**{k: escape(v) for k, v in meta.items()}))
    pdf.set_margins(25, 22)
    pdf.set_auto_page_break(True, margin=22)
    pdf.add_page()
    pdf.set_font("Times", "B", 18)
    pdf.multi_cell(0, 8, meta["title"], align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)
    pdf.set_font("Times", "I", 10)
    byline = f"{meta['source']} | {meta['author']} | {date:%d %B %Y}"
    pdf.multi_cell(0, 5, byline, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    pdf.set_font("Times", "", 12)
    for paragraph in paragraphs:
        pdf.multi_cell(0, 6, paragraph, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    pdf.output(str(target))


def main() -> int:
    ARTICLES.mkdir(exist_ok=True)
    for path in sorted(SOURCES.glob("*.txt")):
        meta, paragraphs = read_source(path)
        make_pdf(meta, paragraphs, ARTICLES / f"{meta['id']}.pdf")
        print(f"wrote articles/{meta['id']}.pdf")
    return 0


if __name__ == "__main__":
    sys.exit(main())
