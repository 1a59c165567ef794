"""What the finished report is: read by an engine that did not write it."""

import io
import json
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest

from services.file_management.domain.snapshot import Identifiers
from services.file_management.infrastructure.report.reading import read_pages
from tests.unit.file_management import samples
from tests.unit.file_management.conftest import CODE, Render


def text_of(pdf: bytes) -> str:
    document = pdfium.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_a_blood_count_of_17_items_fits_one_page(blood_count: bytes) -> None:
    assert len(read_pages(blood_count)) == 1


def test_report_states_laboratory_people_times_and_code(blood_count: bytes) -> None:
    text = text_of(blood_count)
    for words in (
        "Laboratório Vila Serena",
        "CNES 2078015",
        "Responsável técnico: Dr. Paulo Henrique Nogueira",
        "Maria Aparecida de Souza Lima",
        "12/03/1984 (42 anos)",
        "529.982.247-25",
        "Dra. Helena Duarte Prado · CRM-SP 123456",
        "Coleta (horário de Brasília)",
        "22/11/2026 07:15",
        "22/11/2026 14:32",
        "Dra. Beatriz Antunes Rocha",
        "CRBM-SP 12345",
        CODE,
        "Página 1 de 1",
        "Regenstrief Institute",
    ):
        assert words in text


def test_every_page_of_a_long_report_names_patient_and_protocol(long_report: bytes) -> None:
    pages = pdfium.PdfDocument(long_report)
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        text = page.get_textpage().get_text_range()
        assert "26-000999-1" in text
        assert "Vasconcelos e Silva" in text
        assert f"Página {number} de 2" in text
        assert "Valores de referência" in text


def test_draft_says_so_on_the_page_and_carries_no_code(draft: bytes) -> None:
    text = text_of(draft)
    assert "RASCUNHO - NÃO LIBERADO" in text
    assert "Código de verificação" not in text
    assert "Liberado por" not in text


def test_cns_stands_where_there_is_no_cpf_and_absence_is_said(render: Render) -> None:
    assert "898 0011 6066 0761" in text_of(render(samples.snapshot(), Identifiers(cns="898001160660761")))
    assert "CPF ou CNS" in text_of(render(samples.snapshot(), Identifiers()))


@pytest.mark.parametrize("name", ["<b>Ana</b> & Cia", 'Ana "Nina" d\'Ávila', "Łucja Øst-Müller"])
def test_names_are_text_and_never_markup(render: Render, name: str) -> None:
    document = samples.snapshot()
    document["patient"]["name"] = name
    assert name in text_of(render(document))


def catalog(pdf: bytes) -> Any:
    return pikepdf.open(io.BytesIO(pdf))


def test_report_is_declared_and_tagged_for_archives_and_screen_readers(blood_count: bytes) -> None:
    with catalog(blood_count) as pdf:
        metadata = pdf.Root.Metadata.read_bytes().decode()
        assert 'pdfaid:part="3"' in metadata
        assert 'pdfaid:conformance="A"' in metadata
        assert 'pdfuaid:part="1"' in metadata
        assert pdf.Root.Lang == "pt-BR"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert pdf.docinfo.Title == f"Laudo {samples.PROTOCOL} v1"
        assert "/OutputIntents" in pdf.Root


def test_metadata_are_well_formed_xml(blood_count: bytes) -> None:
    with catalog(blood_count) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


def test_result_table_is_tagged_with_row_and_column_headers(blood_count: bytes) -> None:
    with catalog(blood_count) as pdf:
        tags = [str(item.S) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item]
    assert tags.count("/TR") == 18
    assert tags.count("/TH") >= 5 + 17
    assert tags.count("/TD") >= 17 * 4
    assert "/Figure" in tags


def test_the_snapshot_is_attached_as_associated_data(blood_count: bytes) -> None:
    with catalog(blood_count) as pdf:
        (name,) = pdf.attachments
        attached = pdf.attachments[name]
        assert name == f"laudo-{samples.PROTOCOL}-v1.json"
        assert attached.obj.AFRelationship == "/Data"
        assert json.loads(attached.get_file().read_bytes()) == samples.snapshot()
        assert len(pdf.Root.AF) == 1


def test_all_fonts_are_embedded(long_report: bytes) -> None:
    with catalog(long_report) as pdf:
        descriptors = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        assert descriptors
        assert all("/FontFile2" in item or "/FontFile3" in item for item in descriptors)
