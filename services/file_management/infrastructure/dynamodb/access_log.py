"""The access log in DynamoDB: a person's by the patient index, a clinic's by its days, newest first."""

import asyncio
import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import islice
from operator import and_
from typing import Any
from uuid import UUID

from services.file_management.infrastructure.dynamodb import mapping
from services.file_management.infrastructure.dynamodb.audit import (
    CHAINS,
    DynamoAuditTrail,
    partition,
    read_entry,
)
from services.file_management.infrastructure.dynamodb.rows import AuditRow
from services.file_management.infrastructure.dynamodb.table import Table
from services.shared.kernel.access_log import EMERGENCY, Access, AccessQuestion, AuditQuestion
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal

_LONGEST_LOOK_DAYS = 366  # of one page; an auditor goes further back by the date


class DynamoAccessLog:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._trail = DynamoAuditTrail(table)

    async def own(self, caller: Principal, question: AccessQuestion, audit: AuditEntry) -> Sequence[Access]:
        found = await asyncio.to_thread(self._own, caller.account_id, question)
        about = await asyncio.to_thread(self._about, found)
        await self._trail.record(audit)
        return [Access(entry, about.get(entry.resource or "", {})) for entry in found]

    async def of_clinic(
        self, caller: Principal, question: AuditQuestion, audit: AuditEntry
    ) -> Sequence[AuditEntry]:
        assert caller.clinic_id is not None
        found = await asyncio.to_thread(self._of_clinic, str(caller.clinic_id), question)
        await self._trail.record(audit)
        return found

    def _own(self, person_id: UUID, question: AccessQuestion) -> list[AuditEntry]:
        """One query for the person's records, and one for each of them: a record per clinic."""
        exams = self._table.reader.query(mapping.reader_key(person_id))
        records = {row.exam["patient_id"] for row in exams if row.exam["person_id"] == str(person_id)}
        newest = [self._of_record(record, question, person_id) for record in sorted(records)]
        merged = heapq.merge(*newest, key=lambda row: row.sk, reverse=True)
        return [read_entry(row) for row in islice(merged, question.limit)]

    def _of_record(self, record: str, question: AccessQuestion, person_id: UUID) -> Iterator[AuditRow]:
        audit = self._table.audit
        rows: Iterator[AuditRow] = audit.by_patient.query(
            record,
            audit.sk < _key(question.before),
            filter_condition=None if question.with_own else audit.actor_id != str(person_id),
            scan_index_forward=False,
            limit=question.limit,
        )
        return rows

    def _about(self, entries: Sequence[AuditEntry]) -> Mapping[str, Mapping[str, Any]]:
        """The protocol of each row's file or exam: one batch of each; names of exams are not known here."""
        keys = {(*(entry.resource or "").partition("/")[::2], entry.clinic_id) for entry in entries}
        files = [(mapping.file_key(UUID(name)), mapping.FILE) for kind, name, _ in keys if kind == "file"]
        exams = [
            (mapping.exam_key(UUID(name)), mapping.clinic_key(clinic))
            for kind, name, clinic in keys
            if kind == "exam" and clinic
        ]
        told: dict[str, Mapping[str, Any]] = {}
        for file in self._table.file.batch_get(files) if files else ():
            told[f"file/{file.file['id']}"] = _told(file.file["exam_id"], file.file["protocol"])
        for exam in self._table.folder.batch_get(exams) if exams else ():
            told[f"exam/{exam.exam_id}"] = _told(exam.exam_id, exam.protocol)
        return told

    def _of_clinic(self, chain: str, question: AuditQuestion) -> list[AuditEntry]:
        return [read_entry(row) for row in islice(self._days(chain, question), question.limit)]

    def _days(self, chain: str, question: AuditQuestion) -> Iterator[AuditRow]:
        audit = self._table.audit
        known = next(iter(self._table.chain.query(CHAINS, self._table.chain.sk == chain)), None)
        if known is None:
            return
        asked = (
            (audit.actor_id, question.actor_id),
            (audit.patient_id, question.patient_id),
            (audit.action, question.action),
            (audit.purpose, EMERGENCY if question.emergencies else None),
        )
        conditions = [column == str(value) for column, value in asked if value is not None]
        wanted = reduce(and_, conditions) if conditions else None
        day = min(question.before[0], datetime.now(UTC) + timedelta(days=1)).date()
        first = max(
            question.since.date(), date.fromisoformat(known.since), day - timedelta(_LONGEST_LOOK_DAYS)
        )
        while day >= first:
            bounds = audit.sk.between(question.since.isoformat(), _just_before(question.before))
            yield from audit.query(partition(chain, day), bounds, wanted, scan_index_forward=False)
            day -= timedelta(days=1)


def _key(key: tuple[datetime, UUID]) -> str:
    return f"{key[0].isoformat()}#{key[1]}"


def _just_before(key: tuple[datetime, UUID]) -> str:
    """The greatest sort key before `key`: `between` takes both ends in."""
    moment, row_id = key
    if row_id.int == 0:
        return _key((moment - timedelta(microseconds=1), UUID(int=2**128 - 1)))
    return _key((moment, UUID(int=row_id.int - 1)))


def _told(exam_id: str, protocol: str) -> dict[str, str]:
    return {"exam_id": exam_id, "protocol": protocol}
