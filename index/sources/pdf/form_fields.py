"""What stands in the form fields of a page, and what was typed onto it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

import pypdfium2.raw as pdfium

from index.sources.pdf.lines import Box, Piece, rotated
from index.sources.pdf.strings import wide_string

Form: TypeAlias = pdfium.FPDF_FORMHANDLE | None

SIGNS = TICKED, UNTICKED = "\N{BALLOT BOX WITH CHECK}", "\N{BALLOT BOX}"

UNSEEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
PASSWORD = pdfium.FPDF_FORMFLAG_TEXT_PASSWORD

BOXES = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
LISTS = (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)


@contextmanager
def form_of(document: pdfium.FPDF_DOCUMENT) -> Iterator[Form]:
    """The document's form, if it has one."""
    if pdfium.FPDF_GetFormType(document) == pdfium.FORMTYPE_NONE:
        yield None
        return
    info = pdfium.FPDF_FORMFILLINFO(version=2)
    form = pdfium.FPDFDOC_InitFormFillEnvironment(document, info)
    try:
        yield form
    finally:
        if form:
            pdfium.FPDFDOC_ExitFormFillEnvironment(form)


def fields_of(page: pdfium.FPDF_PAGE, form: Form) -> list[Piece]:
    """The fields of a page that have something in them, and the text that was typed onto it."""
    rotation = pdfium.FPDFPage_GetRotation(page)
    found = []
    for number in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        text = _text(annotation, form) if annotation else ""
        if text.strip():
            found.append(Piece(text, rotated(_box(annotation), rotation)))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _box(annotation: pdfium.FPDF_ANNOTATION) -> Box:
    rect = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, rect)
    return Box(rect.left, rect.bottom, rect.right, rect.top)


def _text(annotation: pdfium.FPDF_ANNOTATION, form: Form) -> str:
    if pdfium.FPDFAnnot_GetFlags(annotation) & UNSEEN:
        return ""
    match pdfium.FPDFAnnot_GetSubtype(annotation):
        case pdfium.FPDF_ANNOT_FREETEXT:
            return _string(annotation, b"Contents")
        case pdfium.FPDF_ANNOT_WIDGET if form:
            return _field(annotation, form)
    return ""


def _string(annotation: pdfium.FPDF_ANNOTATION, key: bytes) -> str:
    return wide_string(partial(pdfium.FPDFAnnot_GetStringValue, annotation, key))


def _field(annotation: pdfium.FPDF_ANNOTATION, form: Form) -> str:
    """A field's value as one sees it; a box is written as a sign."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in BOXES:
        return UNTICKED if _string(annotation, b"AS") in ("", "Off") else TICKED
    if kind in LISTS and (chosen := list(_chosen(annotation, form))):
        return ", ".join(chosen)
    is_text = kind in (*LISTS, pdfium.FPDF_FORMFIELD_TEXTFIELD)
    if not is_text or pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & PASSWORD:
        return ""
    return wide_string(partial(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation))


def _chosen(annotation: pdfium.FPDF_ANNOTATION, form: Form) -> Iterator[str]:
    """The labels of the options that are chosen in a list."""
    for option in range(pdfium.FPDFAnnot_GetOptionCount(form, annotation)):
        if pdfium.FPDFAnnot_IsOptionSelected(form, annotation, option):
            yield wide_string(partial(pdfium.FPDFAnnot_GetOptionLabel, form, annotation, option))
