"""The steps that every command on one exam begins and ends with."""

from datetime import datetime
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.policy import view_of
from services.exam_results.application.ports import ExamWork
from services.exam_results.domain import errors
from services.exam_results.domain.catalogue import Catalogue, ExamDefinition
from services.exam_results.domain.evaluation import Subject
from services.exam_results.domain.exam import Exam
from services.exam_results.domain.people import Laboratory, Patient
from services.shared.kernel.access import Facts
from services.shared.kernel.errors import NOT_FOUND


async def exam_for(work: ExamWork, caller: Caller, exam_id: UUID) -> Exam:
    """Load an exam that the caller may see; to anyone else it does not exist."""
    view = view_of(caller.principal)
    if not view.may_act:
        raise NOT_FOUND.error()
    if await work.people.is_closed(caller.id):
        raise errors.ACCESS_CLOSED.error()
    exam = await work.exams.load(exam_id)
    if exam is None or not view.admits(bonds_of(exam)):
        raise NOT_FOUND.error()
    return exam


def bonds_of(exam: Exam) -> Facts:
    """What ties people to an exam, as the policy asks for it."""
    facts = exam.facts
    return Facts(
        exam_id=facts.id,
        clinic_id=facts.clinic_id,
        person_id=facts.person_id,
        requester_id=facts.requester_id,
        sensitive=facts.sensitive is not None,
    )


async def save_and_audit(work: ExamWork, caller: Caller, exam: Exam, action: str, at: datetime) -> None:
    await work.exams.save(exam)
    await work.audit(
        caller.did(
            action,
            at,
            clinic_id=exam.facts.clinic_id,
            patient_id=exam.facts.patient_id,
            exam_id=exam.facts.id,
        )
    )


def definition_of(catalogue: Catalogue, code: str) -> ExamDefinition:
    definition = catalogue.find(code)
    if definition is None:
        raise errors.UNKNOWN_CODE.error(field="code")
    return definition


async def patient_of(work: ExamWork, patient_id: UUID) -> Patient:
    patient = await work.people.patient(patient_id)
    if patient is None:
        raise errors.PATIENT_NOT_KNOWN.error(field="patient_id")
    return patient


async def laboratory_of(work: ExamWork, clinic_id: UUID) -> Laboratory:
    laboratory = await work.people.laboratory(clinic_id)
    if laboratory is None:
        raise errors.CLINIC_NOT_SET_UP.error()
    return laboratory


def subject_of(exam: Exam, patient: Patient, laboratory: Laboratory) -> Subject:
    """Sex and age on the calendar day of the collection, as the clinic's own clock has it."""
    assert exam.facts.collected_at is not None  # callers have checked the state
    return Subject.on_the_day(patient.sex, patient.birth_date, exam.facts.collected_at, laboratory.time_zone)
