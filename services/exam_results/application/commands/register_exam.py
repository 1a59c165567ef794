"""Order an exam from the catalogue for a patient of the clinic."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_access import definition_of, save_and_audit
from services.exam_results.application.ports import ExamWork, OrderPeople
from services.exam_results.domain import errors, kidney_function
from services.exam_results.domain.age import full_years
from services.exam_results.domain.catalogue import Catalogue
from services.exam_results.domain.exam import Exam
from services.exam_results.domain.exam_events import ExamRegistered, Priority
from services.exam_results.domain.lifecycle import Lifecycle
from services.exam_results.domain.people import Patient
from services.exam_results.domain.plain_text import plain_text
from services.exam_results.domain.protocol_number import new_protocol
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN, INVALID, FieldError, LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role


@dataclass(frozen=True, slots=True)
class ExamOrder:
    patient_id: UUID
    code: str
    requester_id: UUID | None = None
    priority: Priority = Priority.ROUTINE
    scheduled_at: datetime | None = None
    clinical_note: str | None = None


@dataclass(frozen=True)
class RegisterExam:
    """Register an exam: state `registered`, or `scheduled` when an appointment is given.

    A doctor orders in the own name; a receptionist or a machine client names the requesting doctor. Patient and
    doctor must be known in this clinic; a record that was merged into another takes no exam. A calculated exam is
    refused for people the equation does not hold for.
    """

    catalogue: Catalogue
    lifecycle: Lifecycle
    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, order: ExamOrder) -> Exam:
        now = self.clock.now()
        definition = definition_of(self.catalogue, order.code)
        if order.scheduled_at is not None and order.scheduled_at <= now:
            raise errors.SCHEDULE_IN_PAST.error(field="scheduled_at")
        note = plain_text(order.clinical_note or "")
        if note is None:
            raise LaudoError(INVALID, errors=(FieldError("clinical_note", errors.TEXT_INVALID),))
        clinic_id = caller.principal.clinic_id
        if clinic_id is None:
            raise FORBIDDEN.error()
        requester_id = _requester(caller, order)
        people = await work.people.for_order(caller.id, order.patient_id, requester_id)
        patient = _known(people)
        if definition.derives:
            _require_equation_holds(patient, now)
        exam = Exam.register(
            ExamRegistered(
                exam_id=new_id(),
                actor_id=caller.id,
                occurred_at=now,
                clinic_id=clinic_id,
                protocol=new_protocol(),
                patient_id=patient.id,
                person_id=patient.person_id,
                requester_id=requester_id,
                code=definition.code,
                priority=order.priority,
                sensitive=definition.sensitive,
                catalogue_version=self.catalogue.version,
                scheduled_at=order.scheduled_at,
                clinical_note=note or None,
            ),
            self.lifecycle,
        )
        await save_and_audit(work, caller, exam, "exam.register", now)
        return exam


def _requester(caller: Caller, order: ExamOrder) -> UUID:
    if caller.principal.has(Role.DOCTOR):
        return caller.id
    if not caller.principal.has(Role.RECEPTIONIST, Role.INTEGRATION):
        raise FORBIDDEN.error()
    if order.requester_id is None:
        raise errors.REQUESTER_REQUIRED.error(field="requester_id")
    return order.requester_id


def _known(people: OrderPeople) -> Patient:
    if people.caller_closed:
        raise errors.ACCESS_CLOSED.error()
    if people.patient is None:
        raise errors.PATIENT_NOT_KNOWN.error(field="patient_id")
    if people.patient.merged_into is not None:
        raise errors.PATIENT_MERGED.error(field="patient_id", survivor_id=people.patient.merged_into)
    if people.requester is None or Role.DOCTOR not in people.requester.roles:
        raise errors.REQUESTER_NOT_KNOWN.error(field="requester_id")
    return people.patient


def _require_equation_holds(patient: Patient, now: datetime) -> None:
    if not kidney_function.applies_to(patient.sex, full_years(patient.birth_date, now.date())):
        raise errors.NOT_FOR_PATIENT.error(field="code")
