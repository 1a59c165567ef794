"""Fetch what a report is made from, and make sure that it is what was asked for."""

from dataclasses import dataclass

from services.file_management.application.ports import Document, SnapshotSource
from services.file_management.domain.errors import SnapshotUnfit
from services.file_management.domain.exam_folder import ExamRef
from services.file_management.domain.snapshot import Identifiers, Snapshot, Stage, read_snapshot


@dataclass(frozen=True, slots=True)
class ReportData:
    document: Document
    snapshot: Snapshot
    identifiers: Identifiers


async def fetch_report_data(
    source: SnapshotSource, exam: ExamRef, report_version: int, stage: Stage
) -> ReportData:
    """Raises SnapshotUnfit when the snapshot is of another exam, clinic, patient, version or stage."""
    document = await source.snapshot(exam.exam_id, report_version, stage)
    snapshot = read_snapshot(document)
    asked = (exam.exam_id, exam.clinic_id, exam.patient_id, exam.person_id, report_version, stage)
    patient, laboratory = snapshot.patient, snapshot.laboratory
    got = (
        snapshot.exam_id,
        laboratory.id,
        patient.id,
        patient.person_id,
        snapshot.report_version,
        snapshot.stage,
    )
    if asked != got:
        raise SnapshotUnfit
    return ReportData(document, snapshot, await source.identifiers(exam.patient_id))
