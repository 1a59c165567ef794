"""Read a patient's exams without a relation of care, because an emergency asks for it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_access import patient_of
from services.exam_results.application.policy import emergency_view
from services.exam_results.application.ports import ExamWork, RecordedRelation
from services.exam_results.domain import errors
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN
from services.shared.kernel.ids import new_id
from services.shared.kernel.relations import Kind, Relation

EMERGENCY_LASTS = timedelta(minutes=60)
"""Long enough to read a history and treat; short enough that whoever comes back later has to give a new reason."""
_REASON = range(20, 501)  # characters: a sentence, not a full stop


@dataclass(frozen=True)
class OpenEmergencyAccess:
    """A doctor with a verified registration and a fresh second factor opens the exams of a patient of the own clinic
    for 60 minutes, with a reason. Reading is all it allows. The patient is told at once, every read is audited with
    the purpose `emergency`, and the clinic's auditor finds the access with its reason.
    """

    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, patient_id: UUID, reason: str) -> RecordedRelation:
        now = self.clock.now()
        emergency_view(caller.principal, now)  # refuses who may never
        clinic_id = caller.principal.clinic_id
        if clinic_id is None:
            raise FORBIDDEN.error()
        if await work.people.is_closed(caller.id):
            raise errors.ACCESS_CLOSED.error()
        doctor = await work.people.professional(caller.id)
        if doctor is None or not doctor.verified:
            raise errors.NOT_VERIFIED.error()
        stated = " ".join(reason.split())
        if len(stated) not in _REASON:
            raise errors.EMERGENCY_REASON.error(field="reason")
        if not caller.principal.stepped_up(now):
            raise errors.EMERGENCY_STEP_UP.error()
        patient = await patient_of(work, patient_id)
        if patient.clinic_id != clinic_id:
            raise errors.PATIENT_NOT_KNOWN.error(field="patient_id")
        recorded = RecordedRelation(
            relation=Relation(
                id=new_id(),
                kind=Kind.EMERGENCY,
                clinic_id=clinic_id,
                person_id=patient.person_id,
                reader_id=caller.id,
                starts_at=now,
                until=now + EMERGENCY_LASTS,
            ),
            made_by=caller.id,
            patient_id=patient.id,
            reason=stated,
        )
        await work.relations.add(recorded)
        await work.tell_of_emergency(recorded)
        entry = caller.did(
            "emergency.open", now, clinic_id=clinic_id, patient_id=patient.id, purpose="emergency"
        )
        await work.audit(entry)
        return recorded
