"""The reading port in memory, held to the same contract tests as PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from services.exam_results.application.ports import ExamRow, Order, PageCriteria, StoredSnapshot
from services.exam_results.application.search_text import searchable
from services.exam_results.domain.exam import Exam
from services.exam_results.domain.exam_events import ExamEvent
from services.exam_results.domain.report import Stage
from services.exam_results.infrastructure.in_memory.care_relations import InMemoryRelationReads
from services.exam_results.infrastructure.persistence.exam_rows import exam_row
from services.shared.kernel.access import Facts, View
from services.shared.kernel.audit import AuditEntry

_IDS = ("exam_id", "clinic_id", "patient_id", "requester_id", "releaser_id", "signed_file_id")


class InMemoryExamReads(InMemoryRelationReads):
    async def page(self, criteria: PageCriteria, audit: AuditEntry) -> Sequence[ExamRow]:
        self._memory.audit.append(audit)
        if criteria.view.viewer_id in self._memory.closed:
            return []
        rows = [self._row(exam_id) for exam_id in self._memory.streams]
        rows = [row for row in rows if self._inside(row, criteria.view) and _matches(row, criteria)]
        worklist = criteria.order is Order.WORKLIST
        rows.sort(key=_worklist_key if worklist else _newest_key, reverse=not worklist)
        return rows[: criteria.limit]

    async def one(self, view: View, exam_id: UUID, audit: AuditEntry | None) -> ExamRow | None:
        if exam_id not in self._memory.streams or view.viewer_id in self._memory.closed:
            return None
        row = self._row(exam_id)
        if not self._inside(row, view):
            return None
        if audit is not None:
            found = replace(audit, clinic_id=UUID(row["clinic_id"]), patient_id=UUID(row["patient_id"]))
            self._memory.audit.append(found)
        return row

    async def snapshot(self, exam_id: UUID, report_version: int, stage: Stage) -> StoredSnapshot | None:
        for snapshot, clinic_id, patient_id in reversed(self._memory.reports):
            if (snapshot.exam_id, snapshot.report_version, snapshot.stage) == (
                exam_id,
                report_version,
                stage,
            ):
                return StoredSnapshot(clinic_id, patient_id, snapshot.body, snapshot.sha256)
        return None

    async def audit(self, entry: AuditEntry) -> None:
        self._memory.audit.append(entry)

    def _row(self, exam_id: UUID) -> dict[str, Any]:
        exam = self._memory.exam(exam_id)
        assert exam is not None  # asked only for what is there
        row = {**exam_row(exam), **self._people(exam), "draft_file_id": self._draft(exam)}
        row["events"] = [self._event(event) for event in self._memory.streams[exam_id]]
        row["signed"] = row["signed_file_id"] is not None
        row["opened"] = row["opened_at"] is not None
        row["waits"] = row["released_at"] is not None and not row["opened"]
        row["item"] = orjson.dumps(_item(row)).decode()
        return {
            name: str(value) if name in _IDS and value is not None else value for name, value in row.items()
        }

    def _inside(self, row: ExamRow, view: View) -> bool:
        zone = row["clinic_time_zone"]
        today = view.at.astimezone(ZoneInfo(zone)).date() if view.at and zone else None
        facts = Facts(
            exam_id=UUID(row["exam_id"]),
            clinic_id=UUID(row["clinic_id"]),
            person_id=row["person_id"],
            requester_id=UUID(row["requester_id"]),
            sensitive=row["sensitive"],
            birth_date=row["patient_birth_date"],
            today=today,
        )
        return view.admits(facts, self.relations())

    def _people(self, exam: Exam) -> dict[str, Any]:
        memory, facts = self._memory, exam.facts
        patient = memory.patients[facts.patient_id][0] if facts.patient_id in memory.patients else None
        requester = memory.professionals.get(facts.requester_id)
        releaser = memory.professionals.get(facts.releaser_id) if facts.releaser_id else None
        laboratory = memory.laboratories.get(facts.clinic_id)
        return {
            "patient_name": patient.name if patient else None,
            "patient_social_name": patient.social_name if patient else None,
            "patient_sex": patient.sex.value if patient else None,
            "patient_birth_date": patient.birth_date if patient else None,
            "patient_record_number": patient.record_number if patient else None,
            "requester_name": requester[0].name if requester else None,
            "clinic_name": laboratory.name if laboratory else None,
            "clinic_time_zone": laboratory.time_zone if laboratory else None,
            "releaser_name": releaser[0].name if releaser else None,
            "releaser_council": releaser[0].council if releaser else None,
            "releaser_number": releaser[0].number if releaser else None,
            "releaser_uf": releaser[0].uf if releaser else None,
        }

    def _draft(self, exam: Exam) -> str | None:
        facts = exam.facts
        found = [
            file
            for file, _ in self._memory.files.values()
            if file.exam_id == facts.id
            and file.kind == "draft_report"
            and file.report_version == facts.draft_version
            and file.ready
            and not file.deleted
            and facts.completed_at is not None
            and file.processed_at >= facts.completed_at
        ]
        return str(max(found, key=lambda file: file.processed_at).id) if found else None

    def _event(self, event: ExamEvent) -> dict[str, Any]:
        actor = self._memory.accounts.get(event.actor_id) if event.actor_id else None
        return {
            "type": type(event).__name__,
            "at": event.occurred_at.isoformat(),
            "actor_name": actor[0].name if actor else None,
        }


def _item(row: ExamRow) -> dict[str, Any]:
    """What PostgreSQL builds as JSON itself."""
    own = ("protocol", "code", "state", "priority", "created_at", "scheduled_at", "released_at", "sensitive")
    return {
        "id": row["exam_id"],
        **{name: row[name] for name in own},
        "report_version": row["report_version"] or None,
        "patient": {
            "id": row["patient_id"],
            "name": row["patient_social_name"] or row["patient_name"],
            "birth_date": row["patient_birth_date"],
            "record_number": row["patient_record_number"],
        },
        "requester": {"id": row["requester_id"], "name": row["requester_name"]},
        "clinic": {"id": row["clinic_id"], "name": row["clinic_name"]},
    }


def _matches(row: ExamRow, criteria: PageCriteria) -> bool:
    after, search = criteria.after, criteria.search
    return (
        (not criteria.states or row["state"] in criteria.states)
        and criteria.patient_id in {None, UUID(row["patient_id"])}
        and (criteria.since is None or row["created_at"] >= criteria.since)
        and (criteria.until is None or row["created_at"] < criteria.until)
        and (search is None or _found(row, criteria))
        and (
            after is None
            or (
                _worklist_key(row) > (after.rank, after.created_at, str(after.exam_id))
                if criteria.order is Order.WORKLIST
                else _newest_key(row) < (after.created_at, str(after.exam_id))
            )
        )
    )


def _found(row: ExamRow, criteria: PageCriteria) -> bool:
    search = criteria.search
    assert search is not None  # the caller has looked
    patient = searchable([row["patient_name"], row["patient_social_name"], row["patient_record_number"]])
    return (
        row["protocol"] == search.protocol
        or row["code"] in search.codes
        or search.text in searchable([row["requester_name"]])
        or (criteria.view.is_staff and search.text in patient)
    )


def _worklist_key(row: ExamRow) -> tuple[Any, ...]:
    return (row["priority_rank"], row["created_at"], row["exam_id"])


def _newest_key(row: ExamRow) -> tuple[Any, ...]:
    return (row["created_at"], row["exam_id"])
