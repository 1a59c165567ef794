"""What is printed where on a report: the snapshot's facts turned into the lines and cells of the page."""

import base64
import io
from dataclasses import dataclass
from datetime import UTC, datetime

import segno

from services.file_management.domain import wording
from services.file_management.domain.snapshot import Identifiers, Laboratory, Result, Snapshot
from services.file_management.domain.verification import ReleaseMark

HEADINGS = ("Exame", "Resultado", "Unidade", "Valores de referência", "Situação")
LOINC_NOTICE = (
    "Este material contém conteúdo de LOINC (http://loinc.org). LOINC é copyright © Regenstrief Institute, Inc. e o "
    "Comitê LOINC, disponível sem custo sob a licença em http://loinc.org/license."
)


@dataclass(frozen=True, slots=True)
class Field:
    label: str
    value: str
    width: int = 1  # quarters of the line


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    type: str
    value: str
    unit: str
    reference: str
    flag: str
    note: str | None
    outside: bool
    wide: bool  # no unit: the value may use that column too


@dataclass(frozen=True, slots=True)
class Remark:
    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Release:
    name: str
    registration: str
    at: str
    code: str
    address: str
    notice: str
    qr: str


@dataclass(frozen=True, slots=True)
class Running:
    """What stands above and below every page."""

    patient: str
    born: str
    protocol: str
    state: str
    laboratory: str
    notice: str


@dataclass(frozen=True, slots=True)
class Page:
    draft: bool
    title: str
    description: str
    made_at: str
    laboratory: Laboratory
    laboratory_lines: tuple[str, ...]
    status: str
    running: Running
    fields: tuple[Field, ...]
    exam_name: str
    exam_lines: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    end_of_results: str
    remarks: tuple[Section, ...]
    release: Release | None


def compose(snapshot: Snapshot, identifiers: Identifiers, mark: ReleaseMark | None) -> Page:
    """Lay the snapshot out. `mark` is given for a released report and for no other."""
    draft = mark is None
    state = "Rascunho" if draft else "Resultado final"
    patient = snapshot.patient
    return Page(
        draft=draft,
        title=f"Laudo {snapshot.protocol} v{snapshot.report_version}{' (rascunho)' if draft else ''}",
        description="Laudo de exame laboratorial",
        made_at=_w3c(snapshot.released_at or snapshot.completed_at),
        laboratory=snapshot.laboratory,
        laboratory_lines=_laboratory_lines(snapshot.laboratory),
        status=f"{state} · versão {snapshot.report_version}",
        running=Running(
            patient=patient.name,
            born=f"Nascimento {wording.clinic_date(patient.birth_date)}",
            protocol=f"Protocolo {snapshot.protocol}",
            state=f"{state} · versão {snapshot.report_version}",
            laboratory=f"{snapshot.laboratory.name} · Protocolo {snapshot.protocol}",
            notice=LOINC_NOTICE,
        ),
        fields=_fields(snapshot, identifiers),
        exam_name=snapshot.exam_name,
        exam_lines=_exam_lines(snapshot),
        headings=HEADINGS,
        rows=tuple(_row(result) for result in snapshot.results),
        end_of_results=f"Fim dos resultados · {len(snapshot.results)} "
        + ("resultado" if len(snapshot.results) == 1 else "resultados"),
        remarks=_remarks(snapshot),
        release=_release(snapshot, mark) if mark else None,
    )


def _w3c(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _laboratory_lines(laboratory: Laboratory) -> tuple[str, ...]:
    responsible = laboratory.technical_responsible
    return (
        f"{laboratory.address} · Telefone {laboratory.phone}",
        f"CNES {laboratory.cnes} · Registro no conselho {laboratory.council_registration}",
        f"Responsável técnico: {responsible.name} · {responsible.registration}",
    )


def _fields(snapshot: Snapshot, identifiers: Identifiers) -> tuple[Field, ...]:
    patient, zone = snapshot.patient, wording.CLINIC_TIME_ZONE_NAME
    age = wording.age_text(patient.birth_date, snapshot.collected_at)
    fields = [
        Field("Paciente", patient.name, 2),
        Field("Nascimento (idade na coleta)", f"{wording.clinic_date(patient.birth_date)} ({age})"),
        Field("Sexo", wording.SEXES[patient.sex]),
    ]
    if patient.social_name:
        fields.append(Field("Nome social", patient.social_name, 4))
    fields += [Field("Nome da mãe", patient.mother_name or "Não informado", 2), _national_number(identifiers)]
    fields += [
        Field("Prontuário", patient.record_number),
        Field("Solicitante", f"{snapshot.requester.name} · {snapshot.requester.registration}", 2),
        Field("Protocolo", snapshot.protocol),
        Field("Amostra", snapshot.barcode),
        Field(f"Coleta ({zone})", wording.clinic_time(snapshot.collected_at), 2),
    ]
    if snapshot.released_at:
        fields.append(Field(f"Liberação ({zone})", wording.clinic_time(snapshot.released_at), 2))
    return tuple(fields)


def _national_number(identifiers: Identifiers) -> Field:
    if identifiers.cpf:
        return Field("CPF", wording.cpf_text(identifiers.cpf))
    if identifiers.cns:
        return Field("CNS", wording.cns_text(identifiers.cns))
    return Field("CPF ou CNS", "Não informado")


def _exam_lines(snapshot: Snapshot) -> tuple[str, ...]:
    parts = [f"Material: {snapshot.specimen}"]
    if snapshot.method:
        parts.append(f"Método: {snapshot.method}")
    if snapshot.exam_loinc:
        parts.append(f"LOINC {snapshot.exam_loinc}")
    return (" · ".join(parts),)


def _row(result: Result) -> Row:
    return Row(
        name=result.name,
        type=result.type,
        value=result.display,
        unit=result.unit or "",
        reference=result.reference,
        flag=wording.flag_text(result.flag),
        note=result.note,
        outside=result.flag not in (None, "N"),
        wide=result.unit is None,
    )


def _remarks(snapshot: Snapshot) -> tuple[Section, ...]:
    sections = []
    bands = tuple(
        Remark(" · ".join(result.bands), result.name) for result in snapshot.results if result.bands
    )
    if bands:
        sections.append(Section("Interpretação", bands))
    if snapshot.limitations:
        sections.append(Section("Observações e limitações", (Remark(snapshot.limitations),)))
    return tuple(sections)


def _release(snapshot: Snapshot, mark: ReleaseMark) -> Release:
    if snapshot.releaser is None or snapshot.released_at is None:
        raise ValueError("a released report names its releaser and the time of release")
    return Release(
        name=snapshot.releaser.name,
        registration=snapshot.releaser.registration,
        at=f"{wording.clinic_time(snapshot.released_at)} ({wording.CLINIC_TIME_ZONE_NAME})",
        code=mark.code,
        address=mark.address,
        notice=f"{mark.notice} Confira a autenticidade em {mark.address}",
        qr=_qr(mark.address),
    )


def _qr(address: str) -> str:
    """Return a PNG, six pixels a module. A fixed mask decodes like the best of eight, in an eighth of the time."""
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False, mask=3).save(picture, kind="png", border=0, scale=6)
    return base64.b64encode(picture.getvalue()).decode()
