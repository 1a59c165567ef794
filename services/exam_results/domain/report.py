"""The snapshot: everything a report states, copied at completion (draft) or release (final), and never changed after.

It is plain data with decimals as strings; its hash is SHA-256 over canonical JSON (sorted keys, no spaces, UTF-8).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from services.exam_results.domain.catalogue import ExamDefinition
from services.exam_results.domain.exam_facts import ExamFacts
from services.exam_results.domain.limits import Limits
from services.exam_results.domain.people import Laboratory, Patient, Professional
from services.exam_results.domain.results import Result

SCHEMA = "laudo.snapshot.v1"


class Stage(StrEnum):
    DRAFT = "draft"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Snapshot:
    exam_id: UUID
    report_version: int
    stage: Stage
    body: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    by: Professional
    at: datetime


def build_snapshot(
    facts: ExamFacts,
    definition: ExamDefinition,
    results: Iterable[Result],
    *,
    laboratory: Laboratory,
    patient: Patient,
    requester: Professional,
    report_version: int,
    completed_at: datetime,
    catalogue_version: str,
    release: Release | None,
) -> Snapshot:
    """Return the draft (no `release`) or the final snapshot of a report version."""
    assert facts.collected_at is not None  # a completed exam has a specimen
    stage = Stage.FINAL if release else Stage.DRAFT
    status: Literal["final", "preliminary"] = "final" if release else "preliminary"
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "stage": stage.value,
        "exam_id": str(facts.id),
        "protocol": facts.protocol,
        "report_version": report_version,
        "status": status,
        "clinic": _laboratory(laboratory),
        "patient": _patient(patient),
        "requester": _professional(requester),
        "releaser": _professional(release.by) if release else None,
        "released_at": _iso(release.at) if release else None,
        "completed_at": _iso(completed_at),
        "collected_at": _iso(facts.collected_at),
        "created_at": _iso(facts.created_at),
        "exam": {
            "code": definition.code,
            "loinc": definition.loinc,
            "name_pt": definition.name_pt,
            "name_en": definition.name_en,
            "panel": definition.panel,
            "sensitive": facts.sensitive is not None,
        },
        "specimen": {
            "type_pt": definition.specimen_pt,
            "type_en": definition.specimen_en,
            "barcode": facts.barcode,
        },
        "method": None,
        "results": [result_data(result) for result in results],
        "limitations_pt": None,
        "limitations_en": None,
        "catalogue_version": catalogue_version,
    }
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(body.encode()).hexdigest()
    return Snapshot(facts.id, report_version, stage, body, digest)


def result_data(result: Result) -> dict[str, Any]:
    """Return a result as plain data, in the shape of snapshots and of the API."""
    return {
        "code": result.code,
        "loinc": result.loinc,
        "name_pt": result.name_pt,
        "name_en": result.name_en,
        "type": result.type.value,
        "value": result.value,
        "value_display_pt": result.value_display_pt,
        "value_display_en": result.value_display_en,
        "unit": result.unit,
        "unit_display": result.unit_display,
        "range_pt": result.range_pt,
        "range_en": result.range_en,
        "range": limits_data(result.range),
        "flag": result.flag.value if result.flag else None,
        "bands": [{"text_pt": band.pt, "text_en": band.en} for band in result.bands],
        "note": result.note,
    }


def limits_data(limits: Limits | None) -> dict[str, str | None] | None:
    if limits is None:
        return None
    return {
        name: _decimal(limit)
        for name, limit in (("lo", limits.lo), ("hi", limits.hi), ("lt", limits.lt), ("gt", limits.gt))
    }


def _decimal(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _laboratory(laboratory: Laboratory) -> dict[str, Any]:
    responsible = laboratory.technical_responsible
    return {
        "id": str(laboratory.clinic_id),
        "name": laboratory.name,
        "address": laboratory.address,
        "phone": laboratory.phone,
        "cnes": laboratory.cnes,
        "council_registration": laboratory.council_registration,
        "technical_responsible": {
            "name": responsible.name,
            "council": responsible.council,
            "number": responsible.number,
            "uf": responsible.uf,
        },
    }


def _patient(patient: Patient) -> dict[str, Any]:
    return {
        "id": str(patient.id),
        "person_id": str(patient.person_id),
        "name": patient.name,
        "social_name": patient.social_name,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex.value,
        "mother_name": patient.mother_name,
        "record_number": patient.record_number,
    }


def _professional(professional: Professional) -> dict[str, Any]:
    return {
        "id": str(professional.id),
        "name": professional.name,
        "council": professional.council,
        "number": professional.number,
        "uf": professional.uf,
    }
