"""The report's heavy work as plain functions, run inside the warm processes and nowhere else.

What they need is imported when they run: the parent names these functions without loading a rendering engine.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.file_management.domain.proofreading import Finding, proofread
from services.file_management.domain.snapshot import Identifiers, read_snapshot
from services.file_management.domain.verification import ReleaseMark

HEAVY_MODULES = (
    "services.file_management.infrastructure.report.page",
    "services.file_management.infrastructure.report.html",
    "services.file_management.infrastructure.report.pdf",
    "services.file_management.infrastructure.report.reading",
)


def render(document: Mapping[str, Any], identifiers: Identifiers, mark: ReleaseMark | None) -> bytes:
    from services.file_management.infrastructure.report.html import report_html
    from services.file_management.infrastructure.report.page import compose
    from services.file_management.infrastructure.report.pdf import html_to_pdf

    snapshot = read_snapshot(document)
    data_name = f"laudo-{snapshot.protocol}-v{snapshot.report_version}.json"
    return html_to_pdf(report_html(compose(snapshot, identifiers, mark)), document, data_name)


def check(
    pdf: bytes, document: Mapping[str, Any], identifiers: Identifiers, code: str | None
) -> Sequence[Finding]:
    from services.file_management.infrastructure.report.reading import read_pages

    return proofread(read_snapshot(document), identifiers, read_pages(pdf), code=code)


def warm_up() -> None:
    """Find fonts, parse styles and compile the template before the first report has to wait for it."""
    from services.file_management.infrastructure.report.pdf import html_to_pdf

    html_to_pdf(
        '<html lang="pt-BR"><head><title>.</title></head><body><p>▲▼● <b>0</b></p></body></html>',
        {},
        "warm.json",
    )
