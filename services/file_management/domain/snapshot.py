"""The immutable data a report is made from, as exam-results stored and hashed it (`laudo.snapshot.v1`).

Values stay the strings the laboratory entered: this service never calculates with them and never rounds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

SCHEMA = "laudo.snapshot.v1"
Stage = Literal["draft", "final"]
Flag = Literal["N", "L", "H", "LL", "HH", "A"]


class UnknownSnapshot(Exception):
    """The document is not of the schema this renderer understands."""


@dataclass(frozen=True, slots=True)
class Professional:
    name: str
    council: str
    number: str
    uf: str

    @property
    def registration(self) -> str:
        """As councils print it: `CRM-SP 123456`."""
        return f"{self.council}-{self.uf} {self.number}"


@dataclass(frozen=True, slots=True)
class Laboratory:
    id: UUID
    name: str
    address: str
    phone: str
    cnes: str
    council_registration: str
    technical_responsible: Professional


@dataclass(frozen=True, slots=True)
class Patient:
    id: UUID
    person_id: UUID
    name: str
    social_name: str | None
    birth_date: date
    sex: str
    mother_name: str | None
    record_number: str


@dataclass(frozen=True, slots=True)
class Identifiers:
    """The patient's national numbers; fetched at rendering time and never kept by this service."""

    cpf: str | None = None
    cns: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    code: str
    name: str
    type: Literal["quantity", "coded", "text"]
    value: str
    display: str
    unit: str | None
    reference: str
    flag: Flag | None
    bands: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    stage: Stage
    exam_id: UUID
    protocol: str
    report_version: int
    laboratory: Laboratory
    patient: Patient
    requester: Professional
    releaser: Professional | None
    created_at: datetime
    collected_at: datetime
    completed_at: datetime
    released_at: datetime | None
    exam_name: str
    exam_loinc: str | None
    panel: bool
    specimen: str
    barcode: str
    method: str | None
    results: tuple[Result, ...]
    limitations: str | None
    catalogue_version: str
    sensitive: bool


def read_snapshot(document: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot in `document` (Portuguese texts). Raises UnknownSnapshot for another schema or a gap."""
    if document.get("schema") != SCHEMA:
        raise UnknownSnapshot("schema")
    try:
        return _snapshot(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnknownSnapshot(type(error).__name__) from None  # the text could quote a value


def _snapshot(document: Mapping[str, Any]) -> Snapshot:
    exam, specimen, releaser = document["exam"], document["specimen"], document["releaser"]
    return Snapshot(
        stage=document["stage"],
        exam_id=UUID(document["exam_id"]),
        protocol=document["protocol"],
        report_version=int(document["report_version"]),
        laboratory=_laboratory(document["clinic"]),
        patient=_patient(document["patient"]),
        requester=_professional(document["requester"]),
        releaser=_professional(releaser) if releaser else None,
        created_at=_instant(document["created_at"]),
        collected_at=_instant(document["collected_at"]),
        completed_at=_instant(document["completed_at"]),
        released_at=_instant(document["released_at"]) if document["released_at"] else None,
        exam_name=exam["name_pt"],
        exam_loinc=exam.get("loinc"),
        panel=bool(exam["panel"]),
        specimen=specimen["type_pt"],
        barcode=specimen["barcode"],
        method=document.get("method"),
        results=tuple(_result(result) for result in document["results"]),
        limitations=document.get("limitations_pt"),
        catalogue_version=str(document["catalogue_version"]),
        sensitive=bool(exam.get("sensitive", False)),  # not told at first
    )


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError
    return at


def _professional(data: Mapping[str, Any]) -> Professional:
    return Professional(data["name"], data["council"], str(data["number"]), data["uf"])


def _laboratory(data: Mapping[str, Any]) -> Laboratory:
    return Laboratory(
        id=UUID(data["id"]),
        name=data["name"],
        address=data["address"],
        phone=data["phone"],
        cnes=data["cnes"],
        council_registration=data["council_registration"],
        technical_responsible=_professional(data["technical_responsible"]),
    )


def _patient(data: Mapping[str, Any]) -> Patient:
    return Patient(
        id=UUID(data["id"]),
        person_id=UUID(data["person_id"]),
        name=data["name"],
        social_name=data.get("social_name"),
        birth_date=date.fromisoformat(data["birth_date"]),
        sex=data["sex"],
        mother_name=data.get("mother_name"),
        record_number=str(data["record_number"]),
    )


def _result(data: Mapping[str, Any]) -> Result:
    return Result(
        code=data["code"],
        name=data["name_pt"],
        type=data["type"],
        value=str(data["value"]),
        display=data["value_display_pt"],
        unit=data.get("unit_display") or None,
        reference=data["range_pt"],
        flag=data.get("flag"),
        bands=tuple(band["text_pt"] for band in data.get("bands") or ()),
        note=data.get("note"),
    )
