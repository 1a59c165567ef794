"""The check before signing, on real PDFs: one is right, and every altered one is caught."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.file_management.domain.proofreading import proofread
from services.file_management.domain.snapshot import Identifiers, read_snapshot
from services.file_management.infrastructure.report import jobs
from tests.unit.file_management import samples
from tests.unit.file_management.conftest import CODE, MARK, NUMBERS, Render

Document = dict[str, Any]


def places(pdf: bytes, document: Document, identifiers: Identifiers = NUMBERS) -> set[str]:
    code = CODE if document["stage"] == "final" else None
    return {finding.where for finding in jobs.check(pdf, document, identifiers, code)}


def test_a_faithful_report_has_no_finding(blood_count: bytes, long_report: bytes, draft: bytes) -> None:
    assert places(blood_count, samples.snapshot()) == set()
    assert places(long_report, samples.long_report()) == set()
    assert places(draft, samples.draft()) == set()


def change(index: int, **values: Any) -> Callable[[Document], None]:
    def apply(document: Document) -> None:
        document["results"][index] |= values

    return apply


def swap(first: int, second: int) -> Callable[[Document], None]:
    def apply(document: Document) -> None:
        rows = document["results"]
        rows[first], rows[second] = rows[second], rows[first]

    return apply


def identity(**values: Any) -> Callable[[Document], None]:
    def apply(document: Document) -> None:
        document["patient"] |= values

    return apply


@pytest.mark.parametrize(
    ("alter", "place"),
    [
        (change(1, value="13.6", value_display_pt="13,6"), "row/1/value"),
        (change(7, value="12.4", value_display_pt="12,4"), "row/7/value"),  # 12,40 is not 12,4
        (change(13, value="3.00", value_display_pt="3,00"), "row/13/value"),
        (change(15, flag="L"), "row/15/flag"),
        (change(0, flag=None), "row/0/flag"),
        (change(0, unit_display="mil/mm³"), "row/0/unit"),
        (change(2, range_pt="36 a 48"), "row/2/range"),
        (change(2, name_pt="Hematocrito"), "table/rows"),
        (swap(3, 4), "table/rows"),
        (lambda document: document["results"].pop(5), "table/rows"),
        (lambda document: document["results"].append(document["results"][0]), "table/rows"),
        (identity(name="Maria Aparecida de Souza Limas"), "identification/patient"),
        (identity(birth_date="1984-03-21"), "identification/birth_date"),
        (identity(mother_name="Joana Batista de Sousa"), "identification/mother"),
        (identity(sex="M"), "identification/sex"),
        (identity(record_number="000842"), "identification/record_number"),
        (lambda document: document.update(protocol="26-000132-7"), "identification/protocol"),
        (lambda document: document.update(report_version=2), "identification/version"),
        (lambda document: document.update(collected_at="2026-11-22T10:16:00+00:00"), "identification/times"),
        (lambda document: document["releaser"].update(number="12354"), "closing/releaser"),
        (lambda document: document.update(limitations_pt="Outro texto."), "closing/limitations"),
    ],
)
def test_paper_that_differs_from_the_data_is_found(
    render: Render, alter: Callable[[Document], None], place: str
) -> None:
    printed = samples.snapshot()
    alter(printed)
    assert place in places(render(printed), samples.snapshot())


def test_another_cpf_or_code_on_paper_is_found(blood_count: bytes) -> None:
    assert "identification/mother" in places(blood_count, samples.snapshot(), Identifiers(cpf="11144477735"))
    findings = jobs.check(blood_count, samples.snapshot(), NUMBERS, "0000-0000-0000-0000")
    assert {finding.where for finding in findings} == {"closing/code"}


def test_data_whose_display_is_not_its_exact_value_are_found(render: Render) -> None:
    document = samples.snapshot()
    change(1, value="13.50")(document)  # displayed as 13,5
    assert "data/1/display" in places(render(document), document)


def shown_texts(pdf: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        instructions = list(pikepdf.parse_content_stream(opened.pages[0]))
        return [
            bytes(pikepdf.unparse_content_stream([instructions[at]])) for at in text_showing(instructions)
        ]


def tamper(pdf: bytes, alter: Callable[[list[Any]], None]) -> bytes:
    """Change the finished page's own drawing instructions, as somebody between renderer and signer could."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page = opened.pages[0]
        instructions = list(pikepdf.parse_content_stream(page))
        alter(instructions)
        page.Contents = opened.make_stream(pikepdf.unparse_content_stream(instructions))
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def drawn_where(first: bytes, second: bytes) -> int:
    """Return which shown string differs between two renderings that differ in one value."""
    pairs = list(zip(shown_texts(first), shown_texts(second), strict=True))
    (index,) = [index for index, (one, other) in enumerate(pairs) if one != other]
    return index


def text_showing(instructions: list[Any]) -> list[int]:
    return [
        index for index, instruction in enumerate(instructions) if str(instruction.operator) in ("Tj", "TJ")
    ]


@pytest.fixture(scope="session")
def hemoglobin_at(render: Render, blood_count: bytes) -> int:
    other = samples.snapshot()
    change(1, value="13.8", value_display_pt="13,8")(other)
    return drawn_where(blood_count, render(other))


@pytest.fixture(scope="session")
def hematocrit_at(render: Render, blood_count: bytes) -> int:
    other = samples.snapshot()
    change(2, value="40.8", value_display_pt="40,8")(other)
    return drawn_where(blood_count, render(other))


def test_a_value_taken_off_the_finished_page_is_found(blood_count: bytes, hemoglobin_at: int) -> None:
    def remove(instructions: list[Any]) -> None:
        del instructions[text_showing(instructions)[hemoglobin_at]]

    assert places(tamper(blood_count, remove), samples.snapshot()) == {"row/1/value"}


def test_two_values_exchanged_on_the_finished_page_are_found(
    blood_count: bytes, hemoglobin_at: int, hematocrit_at: int
) -> None:
    def exchange(instructions: list[Any]) -> None:
        shown = text_showing(instructions)
        one, other = shown[hemoglobin_at], shown[hematocrit_at]
        instructions[one], instructions[other] = instructions[other], instructions[one]

    assert places(tamper(blood_count, exchange), samples.snapshot()) == {"row/1/value", "row/2/value"}


def test_tampering_alone_is_no_finding(blood_count: bytes) -> None:
    """The two tests above find what was changed, not that the file was written anew."""
    assert places(tamper(blood_count, lambda _: None), samples.snapshot()) == set()


def test_no_pages_at_all_is_a_finding() -> None:
    assert proofread(read_snapshot(samples.snapshot()), NUMBERS, [], code=CODE)


@pytest.fixture(scope="session")
def one_digit(render: Render) -> Callable[[str], set[str]]:
    def printed_as(value: str) -> set[str]:
        document = samples.snapshot()
        document["results"] = [samples.quantity("K", "Potássio", value, "mmol/L", "3,5", "5,1", "N")]
        reference = samples.snapshot()
        reference["results"] = [samples.quantity("K", "Potássio", "4.20", "mmol/L", "3,5", "5,1", "N")]
        return places(jobs.render(document, NUMBERS, MARK), reference)

    return printed_as


@settings(max_examples=8, deadline=None)
@given(
    number=st.decimals(min_value=Decimal("0"), max_value=Decimal("99999"), places=2).filter(
        lambda number: format(number, "f") != "4.20"
    )
)
def test_no_other_number_passes_for_the_one_in_the_data(
    one_digit: Callable[[str], set[str]], number: Decimal
) -> None:
    assert "row/0/value" in one_digit(format(number, "f"))
