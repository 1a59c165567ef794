"""Keep what accounts tells of a patient's record, and let the exams follow the person it belongs to."""

from dataclasses import dataclass
from datetime import datetime

from services.exam_results.application.ports import ExamWork
from services.exam_results.domain.people import Patient


@dataclass(frozen=True)
class FollowPatient:
    """When a record is merged into another of the same person, every exam under it comes to belong to that person, by
    an event in its own stream; when the merge is undone, they all go back. The exams stay under the record they were
    registered for. An older version changes nothing.
    """

    async def run(self, work: ExamWork, patient: Patient, version: int, at: datetime) -> bool:
        """Return True when this was newer than what was known."""
        if not await work.people.put_patient(patient, version):
            return False
        for exam_id in await work.exams.of_patient_not_of(patient.id, patient.person_id):
            exam = await work.exams.load(exam_id)
            assert exam is not None  # its row has just been read
            exam.change_person(patient.person_id, at)
            await work.exams.save(exam)
        return True
