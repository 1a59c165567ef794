"""Who was let in: as the patient, as the doctor, as the auditor."""

from dataclasses import dataclass
from typing import Any

from services.exam_results.application.caller import Caller
from services.exam_results.application.ports import ExamReads, RelationKey
from services.exam_results.application.relation_json import relation_data
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN

_MOST = 200


@dataclass(frozen=True)
class ListOwnRelations:
    """The newest shares and emergency accesses to the patient's own exams, in all clinics, ended ones included."""

    clock: Clock

    async def run(self, reads: ExamReads, caller: Caller) -> list[dict[str, Any]]:
        rows = await reads.let_in(caller.id, _MOST)
        await reads.audit(caller.did("relation.list", self.clock.now(), clinic_id=None, patient_id=caller.id))
        return [relation_data(row) for row in rows]


@dataclass(frozen=True)
class ListSharedWithMe:
    """What patients and colleagues share with the doctor now. Their exams are read with `person_id`."""

    clock: Clock

    async def run(self, reads: ExamReads, caller: Caller) -> list[dict[str, Any]]:
        now = self.clock.now()
        rows = await reads.shared_with(caller.id, now, _MOST)
        entry = caller.did("share.list", now, clinic_id=caller.principal.clinic_id, purpose="shared")
        await reads.audit(entry)
        return [relation_data(row) for row in rows]


@dataclass(frozen=True)
class ListEmergencyAccesses:
    """The clinic's emergency accesses with their reasons, the newest first. For the auditor; itself audited."""

    clock: Clock

    async def run(
        self, reads: ExamReads, caller: Caller, after: RelationKey | None, limit: int
    ) -> tuple[list[dict[str, Any]], RelationKey | None]:
        clinic_id = caller.principal.clinic_id
        if clinic_id is None:
            raise FORBIDDEN.error()
        rows = await reads.emergencies(clinic_id, after, limit + 1)
        await reads.audit(
            caller.did("emergency.list", self.clock.now(), clinic_id=clinic_id, purpose="audit")
        )
        shown = rows[:limit]
        last = RelationKey(shown[-1]["starts_at"], shown[-1]["relation_id"]) if len(rows) > limit else None
        return [{**relation_data(row), "person_id": None} for row in shown], last
