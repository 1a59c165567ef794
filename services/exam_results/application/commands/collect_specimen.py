"""Record that the specimen was collected."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_access import (
    exam_for,
    laboratory_of,
    patient_of,
    save_and_audit,
)
from services.exam_results.application.ports import ExamWork
from services.exam_results.domain import errors
from services.exam_results.domain.exam import Exam
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Collection:
    barcode: str
    collected_at: datetime
    identified_by: tuple[str, ...]


@dataclass(frozen=True)
class CollectSpecimen:
    """Record a collection: by a technician, with a barcode that no other patient's specimen carries, the time, and
    the two different facts by which the patient was identified. Not in the future, not before the patient's birth.
    """

    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, exam_id: UUID, collection: Collection) -> Exam:
        now = self.clock.now()
        exam = await exam_for(work, caller, exam_id)
        exam.collect(
            barcode=collection.barcode,
            collected_at=collection.collected_at,
            identified_by=collection.identified_by,
            by=caller.actor,
            now=now,
        )
        patient = await patient_of(work, exam.facts.patient_id)
        laboratory = await laboratory_of(work, exam.facts.clinic_id)
        collected_on = collection.collected_at.astimezone(ZoneInfo(laboratory.time_zone)).date()
        if collected_on < patient.birth_date:
            raise errors.COLLECTED_AT_INVALID.error(field="collected_at")
        if await work.exams.barcode_is_anothers(exam.facts.clinic_id, collection.barcode, patient.id):
            raise errors.BARCODE_IN_USE.error(field="barcode")
        await save_and_audit(work, caller, exam, "exam.collect", now)
        return exam
