"""HTML to PDF/A-3a with PDF/UA tags, by WeasyPrint. Never in a thread: its native parts are not safe there."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree

from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from services.file_management.infrastructure.report.html import stylesheet

_PDF_UA = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" \
rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


class _NoFetching(URLFetcher):  # type: ignore[misc]
    """A report refers to nothing outside itself but its own inline pictures."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        if not url.startswith("data:"):
            raise ValueError("reports fetch nothing")
        return super().fetch(url, headers)


class _Xhtml(HTML):  # type: ignore[misc]
    """Our own template is well-formed XML: the C parser reads it in a twentieth of the HTML parser's time."""

    def __init__(self, text: str) -> None:
        self.base_url = None
        self.url_fetcher = _NoFetching()
        self.media_type = "print"
        root = ElementTree.fromstring(text)  # noqa: S314  our own template, every value escaped
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


@cache
def _typography() -> tuple[Any, Any]:
    """Parse the style sheet and find the fonts once per process: both cost more than a page."""
    fonts = FontConfiguration()
    return CSS(string=stylesheet(), font_config=fonts), fonts


def html_to_pdf(html: str, data: Mapping[str, Any], data_name: str) -> bytes:
    """Return the PDF with `data` (the snapshot) attached as the associated file `data_name`."""
    css, fonts = _typography()
    content = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    pdf: bytes = _Xhtml(html).write_pdf(
        stylesheets=[css],
        font_config=fonts,
        pdf_variant="pdf/a-3a",
        pdf_identifier=hashlib.sha256(content).digest()[:16],
        attachments=[
            Attachment(
                string=content.decode(),
                name=data_name,
                description="Dados do laudo (laudo.snapshot.v1)",
                relationship="Data",
            )
        ],
        finisher=_finish,
    )
    return pdf


def _finish(_: Any, pdf: Any) -> None:
    """WeasyPrint declares one variant: the document is tagged as PDF/UA-1 wants it too, so it says so.

    It also names each associated file twice.
    """
    pdf.catalog["AF"] = type(pdf.catalog["AF"])(dict.fromkeys(pdf.catalog["AF"]))
    reference = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[reference]
    metadata.stream = [metadata.stream[0].replace(b"</rdf:RDF>", _PDF_UA, 1)]
