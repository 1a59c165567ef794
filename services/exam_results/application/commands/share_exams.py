"""Let a doctor read an exam, or all exams of one clinic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_access import patient_of
from services.exam_results.application.policy import view_of
from services.exam_results.application.ports import ExamWork, RecordedRelation
from services.exam_results.domain import errors
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from services.shared.kernel.relations import Kind, Relation

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Share:
    """`exam_id` or, by the patient alone, `clinic_id`. The doctor is named as councils do: CRM, 123456, SP."""

    council: str
    number: str
    uf: str
    until: datetime
    exam_id: UUID | None = None
    clinic_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Subject:
    clinic_id: UUID
    person_id: UUID
    patient_id: UUID


@dataclass(frozen=True)
class ShareExams:
    """A patient shares one own exam, or all of one clinic, with a doctor of the installation; the requesting doctor
    shares one exam with a doctor of the clinic. Until a date, at most a year ahead; either may end it earlier.

    The doctor reads what the patient can read. Exams of the sensitive classes are in it only when named one by one.
    """

    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, share: Share) -> RecordedRelation:
        now = self.clock.now()
        if (share.exam_id is None) is (share.clinic_id is None):
            raise errors.SHARE_WHAT.error(field="exam_id")
        if not now < share.until <= now + LONGEST:
            raise errors.SHARE_END.error(field="until")
        if await work.people.is_closed(caller.id):
            raise errors.ACCESS_CLOSED.error()
        of = await self._of(work, caller, share, now)
        recorded = [
            RecordedRelation(
                relation=Relation(
                    id=new_id(),
                    kind=Kind.SHARED,
                    clinic_id=of.clinic_id,
                    person_id=of.person_id,
                    exam_id=share.exam_id,
                    reader_id=reader_id,
                    starts_at=now,
                    until=share.until,
                ),
                made_by=caller.id,
                patient_id=of.patient_id,
            )
            for reader_id in await _readers(work, caller, share)
        ]
        for each in recorded:
            await work.relations.add(each)
        await work.audit(
            caller.did(
                "share.create",
                now,
                clinic_id=of.clinic_id,
                patient_id=of.patient_id,
                exam_id=share.exam_id,
                purpose="shared",
            )
        )
        return recorded[0]

    async def _of(self, work: ExamWork, caller: Caller, share: Share, now: datetime) -> _Subject:
        if not caller.principal.has(Role.PATIENT, Role.DOCTOR):
            raise FORBIDDEN.error()
        if share.exam_id is not None:
            view = view_of(caller.principal, now)
            row = await work.reads.one(view, share.exam_id, None) if view.may_act else None
            if row is None:
                raise NOT_FOUND.error()
            patient = await patient_of(work, UUID(row["patient_id"]))
            return _Subject(patient.clinic_id, patient.person_id, patient.id)
        if not caller.principal.has(Role.PATIENT) or share.clinic_id is None:
            raise FORBIDDEN.error()
        record = await work.people.record_of_person(caller.id, share.clinic_id)
        if record is None:
            raise NOT_FOUND.error()
        return _Subject(share.clinic_id, caller.id, record.id)


async def _readers(work: ExamWork, caller: Caller, share: Share) -> Sequence[UUID]:
    """The accounts of the doctor, who may have one per clinic; never the caller's own."""
    doctors = await work.people.doctors_registered(
        share.council.strip().upper(), share.number.strip().upper(), share.uf.strip().upper()
    )
    readers = list(dict.fromkeys(doctor.id for doctor in doctors if doctor.id != caller.id))
    if not readers:
        raise errors.DOCTOR_NOT_FOUND.error(field="number")
    return readers
