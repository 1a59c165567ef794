"""Reads a finished PDF's text back with its place on the page, by another engine than the one that wrote it."""

import ctypes

import pypdfium2 as pdfium
from pypdfium2 import raw

from services.file_management.domain.printed import Glyph, PrintedPage, printed_page

_UPRIGHT = 0.01  # radians; the draft's watermark runs across and is no part of the content


def read_pages(pdf: bytes) -> list[PrintedPage]:
    document = pdfium.PdfDocument(pdf)
    try:
        return [_read_page(page) for page in document]
    finally:
        document.close()


def _read_page(page: pdfium.PdfPage) -> PrintedPage:
    text = page.get_textpage()
    handle, x, y = text.raw, ctypes.c_double(), ctypes.c_double()
    glyphs = []
    for index in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, index)
        angle = raw.FPDFText_GetCharAngle(handle, index)
        if raw.FPDFText_IsGenerated(handle, index) == 1 or min(angle, abs(angle - 6.283185)) > _UPRIGHT:
            continue
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        glyphs.append(Glyph(chr(code), x.value, y.value))
    text.close()
    page.close()
    return printed_page(glyphs)
