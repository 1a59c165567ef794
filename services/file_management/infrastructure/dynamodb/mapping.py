"""Domain objects to plain data and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.file_management.domain.exam_folder import ExamFolder, ExamRef
from services.file_management.domain.proof import Proof
from services.file_management.domain.report_file import Kind, ReportFile, Status
from services.file_management.infrastructure.dynamodb.rows import FolderRow, ProofRow

PROOF = "PROOF"
FILE = "FILE"


def exam_key(exam_id: UUID) -> str:
    return f"EXAM#{exam_id}"


def file_key(file_id: UUID) -> str:
    return f"FILE#{file_id}"


def code_key(code: str) -> str:
    return f"CODE#{code}"


def reader_key(account_id: UUID) -> str:
    return f"READER#{account_id}"


def clinic_key(clinic_id: UUID) -> str:
    return f"CLINIC#{clinic_id}"


def file_data(file: ReportFile) -> dict[str, Any]:
    return {
        "id": str(file.id),
        "clinic_id": str(file.clinic_id),
        "exam_id": str(file.exam_id),
        "patient_id": str(file.patient_id),
        "person_id": str(file.person_id),
        "requester_id": str(file.requester_id),
        "protocol": file.protocol,
        "kind": file.kind.value,
        "report_version": file.report_version,
        "source_version": file.source_version,
        "object_key": file.object_key,
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "created_at": file.created_at.isoformat(),
        "status": file.status.value,
        "verification_code": file.verification_code,
        "signed_by": file.signed_by,
        "sensitive": file.sensitive,
        "closed_to": sorted(str(account) for account in file.closed_to),
    }


def read_file(data: Mapping[str, Any]) -> ReportFile:
    ids = ("id", "clinic_id", "exam_id", "patient_id", "person_id", "requester_id")
    converted = {name: UUID(data[name]) for name in ids}
    return ReportFile(
        **converted,
        protocol=data["protocol"],
        kind=Kind(data["kind"]),
        report_version=data["report_version"],
        source_version=data["source_version"],
        object_key=data["object_key"],
        sha256=data["sha256"],
        size_bytes=data["size_bytes"],
        created_at=datetime.fromisoformat(data["created_at"]),
        status=Status(data["status"]),
        verification_code=data["verification_code"],
        signed_by=data.get("signed_by"),  # not kept at first
        sensitive=bool(data.get("sensitive", False)),  # not kept at first
        closed_to=frozenset(UUID(account) for account in data["closed_to"]),
    )


def proof_attributes(proof: Proof) -> dict[str, Any]:
    return {
        "status": proof.status.value,
        "report_version": proof.report_version,
        "sha256": proof.sha256,
        "signed_at": proof.signed_at.isoformat(),
        "signer": proof.signer,
    }


def read_proof(code: str, row: ProofRow) -> Proof:
    return Proof(
        code=code,
        status=Status(row.status),
        report_version=int(row.report_version),
        sha256=row.sha256,
        signed_at=datetime.fromisoformat(row.signed_at),
        signer=row.signer,
    )


def exam_data(exam: ExamRef) -> dict[str, Any]:
    return {
        "clinic_id": str(exam.clinic_id),
        "exam_id": str(exam.exam_id),
        "patient_id": str(exam.patient_id),
        "person_id": str(exam.person_id),
        "requester_id": str(exam.requester_id),
        "protocol": exam.protocol,
        "version": exam.version,
    }


def read_exam(data: Mapping[str, Any]) -> ExamRef:
    return ExamRef(
        clinic_id=UUID(data["clinic_id"]),
        exam_id=UUID(data["exam_id"]),
        patient_id=UUID(data["patient_id"]),
        person_id=UUID(data["person_id"]),
        requester_id=UUID(data["requester_id"]),
        protocol=data["protocol"],
        version=int(data["version"]),
    )


def folder_attributes(folder: ExamFolder) -> dict[str, Any]:
    exam = exam_data(folder.exam)
    exam["exam_version"] = exam.pop("version")
    return {
        **exam,
        "opened_version": folder.opened_version,
        "files": [file_data(file) for file in folder.files.values()],
        "failed_checks": {str(version): list(places) for version, places in folder.failed_checks.items()},
        "closed_to": sorted(str(account) for account in folder.closed_to),
    }


def read_folder(row: FolderRow) -> ExamFolder:
    exam = ExamRef(
        clinic_id=UUID(row.clinic_id),
        exam_id=UUID(row.exam_id),
        patient_id=UUID(row.patient_id),
        person_id=UUID(row.person_id),
        requester_id=UUID(row.requester_id),
        protocol=row.protocol,
        version=int(row.exam_version),
    )
    files = [read_file(data) for data in row.files]
    return ExamFolder(
        exam=exam,
        files={file.id: file for file in files},
        opened_version=int(row.opened_version),
        failed_checks={int(version): tuple(places) for version, places in row.failed_checks.items()},
        closed_to=frozenset(UUID(str(account)) for account in row.closed_to),
        revision=int(row.revision),
        readers_stored=frozenset({exam.person_id, exam.requester_id}),
    )
