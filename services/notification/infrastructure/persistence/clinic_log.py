"""The clinic's audit in Mongo, for its auditor: newest first, by the index on clinic and time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notification.infrastructure.persistence.audit import MongoAuditLog
from services.notification.infrastructure.persistence.audit_chain import read_entry
from services.notification.infrastructure.persistence.database import Database
from services.shared.kernel.access_log import EMERGENCY, AuditQuestion
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal


class MongoClinicLog:
    def __init__(self, database: Database) -> None:
        self._audit = database["audit"]
        self._log = MongoAuditLog(database)

    async def of_clinic(
        self, caller: Principal, question: AuditQuestion, audit: AuditEntry
    ) -> Sequence[AuditEntry]:
        rows = self._audit.find(_wanted(caller.clinic_id, question)).sort([("at", -1), ("_id", -1)])
        found = [read_entry(row) async for row in rows.limit(question.limit)]
        await self._log.record(audit)
        return found


def _wanted(clinic_id: UUID | None, question: AuditQuestion) -> Mapping[str, Any]:
    asked = {
        "actor_id": question.actor_id,
        "patient_id": question.patient_id,
        "action": question.action,
        "purpose": EMERGENCY if question.emergencies else None,
    }
    return {
        "clinic_id": clinic_id,
        "at": {"$gte": question.since, "$lte": question.before[0]},
        **_before(*question.before),
        **{name: value for name, value in asked.items() if value is not None},
    }


def _before(moment: datetime, row_id: UUID) -> Mapping[str, Any]:
    """Rows here are kept to the millisecond, keys of other logs are finer: between two milliseconds no row is tied."""
    if moment.microsecond % 1000:
        return {}
    return {"$or": [{"at": {"$lt": moment}}, {"_id": {"$lt": row_id}}]}
