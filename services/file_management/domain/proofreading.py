"""The last look before signing: what stands on paper must equal the data, digit by digit, each in its own row.

Deliberately independent of how the page is made: what is expected comes from the snapshot alone, rows and columns
from where the text stands on the paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from services.file_management.domain import wording
from services.file_management.domain.printed import PrintedPage, squeeze
from services.file_management.domain.printed_table import PaperRow, paper_rows
from services.file_management.domain.snapshot import Identifiers, Result, Snapshot


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. Names the place, never what stands there: findings are logged."""

    where: str  # `row/7/value`, `identification/birth_date`, `page/2/heading`


def proofread(
    snapshot: Snapshot, identifiers: Identifiers, pages: Sequence[PrintedPage], *, code: str | None
) -> list[Finding]:
    """Return every difference between the paper and the data; only without any may it be signed.

    `code` is the verification code that a released report carries, None for a draft.
    """
    first = pages[0].text if pages else ""
    everything = "".join(page.text for page in pages)
    return [
        *_inexact_numbers(snapshot.results),
        *_missing("identification", _identification(snapshot, identifiers), first),
        *_missing("closing", _closing(snapshot, code), everything),
        *_unheaded_pages(snapshot, pages),
        *_wrong_rows(snapshot, pages),
    ]


def _inexact_numbers(results: Sequence[Result]) -> list[Finding]:
    """A quantity's text must be its exact value with a decimal comma: same digits, same places."""
    return [
        Finding(f"data/{index}/display")
        for index, result in enumerate(results)
        if result.type == "quantity" and not _is_exact(result)
    ]


def _is_exact(result: Result) -> bool:
    try:
        finite = Decimal(result.value.lstrip("<>=≥≤ ")).is_finite()
    except InvalidOperation:
        return False
    return finite and result.display == result.value.replace(".", ",")


def _missing(part: str, expected: dict[str, str], text: str) -> list[Finding]:
    return [Finding(f"{part}/{name}") for name, words in expected.items() if squeeze(words) not in text]


def _identification(snapshot: Snapshot, identifiers: Identifiers) -> dict[str, str]:
    """Label, value and the label that follows, so that nothing can be left out or hang on unseen."""
    patient, requester, laboratory = snapshot.patient, snapshot.requester, snapshot.laboratory
    responsible, zone = laboratory.technical_responsible, wording.CLINIC_TIME_ZONE_NAME
    age = wording.age_text(patient.birth_date, snapshot.collected_at)
    social = f"Nome social {patient.social_name} " if patient.social_name else ""
    released = (
        f"Liberação ({zone}) {wording.clinic_time(snapshot.released_at)} " if snapshot.released_at else ""
    )
    return {
        "laboratory": f"{laboratory.name} {laboratory.address} · Telefone {laboratory.phone} CNES",
        "registration": f"CNES {laboratory.cnes} · Registro no conselho {laboratory.council_registration} Resp",
        "responsible": f"Responsável técnico: {responsible.name} · {responsible.registration} Laudo",
        "version": f"versão {snapshot.report_version} Paciente",
        "patient": f"Paciente {patient.name} Nascimento",
        "birth_date": f"(idade na coleta) {wording.clinic_date(patient.birth_date)} ({age}) Sexo",
        "sex": f"Sexo {wording.SEXES[patient.sex]} {social}Nome da mãe",
        "mother": f"Nome da mãe {patient.mother_name or 'Não informado'} {_national_number(identifiers)} Prontuário",
        "record_number": f"Prontuário {patient.record_number} Solicitante",
        "requester": f"Solicitante {requester.name} · {requester.registration} Protocolo",
        "protocol": f"Protocolo {snapshot.protocol} Amostra",
        "barcode": f"Amostra {snapshot.barcode} Coleta",
        "times": f"Coleta ({zone}) {wording.clinic_time(snapshot.collected_at)} {released}{snapshot.exam_name}",
        "exam": f"{snapshot.exam_name} Material: {_exam_line(snapshot)} Exame",
    }


def _national_number(identifiers: Identifiers) -> str:
    if identifiers.cpf:
        return f"CPF {wording.cpf_text(identifiers.cpf)}"
    return f"CNS {wording.cns_text(identifiers.cns)}" if identifiers.cns else "CPF ou CNS Não informado"


def _exam_line(snapshot: Snapshot) -> str:
    method = f" · Método: {snapshot.method}" if snapshot.method else ""
    loinc = f" · LOINC {snapshot.exam_loinc}" if snapshot.exam_loinc else ""
    return snapshot.specimen + method + loinc


def _closing(snapshot: Snapshot, code: str | None) -> dict[str, str]:
    """What stands under the table: interpretation, limitations, and who released it."""
    expected = {
        f"bands/{index}": f"{result.name}: {' · '.join(result.bands)}"
        for index, result in enumerate(snapshot.results)
        if result.bands
    }
    if snapshot.limitations:
        expected["limitations"] = f"Observações e limitações {snapshot.limitations}"
    if code is None or snapshot.releaser is None or snapshot.released_at is None:
        return expected | {"draft": "Este documento não foi liberado"}
    who = f"{snapshot.releaser.name} {snapshot.releaser.registration}"
    return expected | {
        "releaser": f"Liberado por {who} · {wording.clinic_time(snapshot.released_at)}",
        "code": f"Código de verificação {code}",
    }


def _unheaded_pages(snapshot: Snapshot, pages: Sequence[PrintedPage]) -> list[Finding]:
    """Every page says whose it is, of which protocol, and which page of how many."""
    whose, which = squeeze(f"{snapshot.patient.name} Nascimento"), squeeze(f"Protocolo {snapshot.protocol}")
    return [
        Finding(f"page/{number}/heading")
        for number, page in enumerate(pages, start=1)
        if not all(
            words in page.text for words in (whose, which, squeeze(f"Página {number} de {len(pages)}"))
        )
    ]


def _wrong_rows(snapshot: Snapshot, pages: Sequence[PrintedPage]) -> list[Finding]:
    footer = squeeze(f"{snapshot.laboratory.name} · Protocolo {snapshot.protocol}")
    names = [squeeze(result.name + (result.note or "")) for result in snapshot.results]
    rows = paper_rows(pages, names, footer)
    if rows is None:
        return [Finding("table/rows")]
    return [
        Finding(f"row/{index}/{part}")
        for index, (result, row) in enumerate(zip(snapshot.results, rows, strict=True))
        for part in _differences(result, row)
    ]


def _differences(result: Result, row: PaperRow) -> list[str]:
    pairs = {
        "value": (result.display, row.value if result.unit else row.value_and_unit),
        "unit": (result.unit or "", row.unit if result.unit else ""),
        "range": (result.reference, row.reference),
        "flag": (wording.flag_text(result.flag), row.flag),
    }
    return [part for part, (expected, found) in pairs.items() if squeeze(expected) != found]
