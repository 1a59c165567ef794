"""Codes as pictures, drawn on the server: an SVG within the page, since nothing secret may have an address."""

import io

import segno
from markupsafe import Markup, escape


def qr_picture(content: str, label: str) -> Markup:
    """Return a QR code (ISO/IEC 18004) as SVG, dark on white whatever the page's colours, without inline style."""
    drawn = io.BytesIO()
    segno.make(content, error="m").save(
        drawn, kind="svg", border=4, light="#fff", omitsize=True, xmldecl=False, svgns=True, nl=False
    )
    svg = drawn.getvalue().decode()
    return Markup('<div class="qr" role="img" aria-label="{}">{}</div>').format(escape(label), Markup(svg))  # noqa: S704 - drawn here
