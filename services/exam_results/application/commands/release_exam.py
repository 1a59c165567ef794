"""Release a result: the act of the technical responsible."""

from dataclasses import dataclass
from uuid import UUID

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_access import (
    definition_of,
    exam_for,
    laboratory_of,
    patient_of,
    save_and_audit,
    subject_of,
)
from services.exam_results.application.ports import ExamWork
from services.exam_results.domain import errors
from services.exam_results.domain.catalogue import Catalogue, Embargo
from services.exam_results.domain.evaluation import evaluate
from services.exam_results.domain.exam import Exam
from services.exam_results.domain.report import Release, build_snapshot
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Role


@dataclass(frozen=True)
class ReleaseExam:
    """Release a completed exam, by a releaser with a verified council registration, other than whoever
    typed the values, with a fresh second factor.

    What is released is what the draft showed: when the table or the patient's record changed in between, the exam
    goes back instead. The final snapshot is stored for good; sensitive classes start their embargo. The patient
    reads the result once the report is signed.
    """

    catalogue: Catalogue
    clock: Clock

    async def run(self, work: ExamWork, caller: Caller, exam_id: UUID, version: int) -> Exam:
        now = self.clock.now()
        exam = await exam_for(work, caller, exam_id)
        exam.check_releaser(caller.actor)
        exam.require_version(version)
        if not caller.principal.stepped_up(now):
            raise errors.STEP_UP_REQUIRED.error()
        definition = definition_of(self.catalogue, exam.facts.code)
        patient = await patient_of(work, exam.facts.patient_id)
        laboratory = await laboratory_of(work, exam.facts.clinic_id)
        requester = await work.people.professional(exam.facts.requester_id)
        if requester is None:
            raise errors.REQUESTER_NOT_KNOWN.error()
        releaser = await work.people.professional(caller.id)
        if releaser is None or Role.RELEASER not in releaser.roles:  # never was, or the access here has ended
            raise errors.RELEASER_NOT_KNOWN.error()
        if not releaser.verified:
            raise errors.RELEASER_NOT_VERIFIED.error()
        results = evaluate(definition, exam.facts.values, subject_of(exam, patient, laboratory))
        exam.check_unchanged_since_draft(results)
        assert exam.facts.completed_at is not None  # the state says so
        snapshot = build_snapshot(
            exam.facts,
            definition,
            results,
            laboratory=laboratory,
            patient=patient,
            requester=requester,
            report_version=exam.next_report_version,
            completed_at=exam.facts.completed_at,
            catalogue_version=self.catalogue.version,
            release=Release(releaser, now),
        )
        exam.release(
            snapshot_sha256=snapshot.sha256,
            embargoed=definition.embargo is Embargo.DEFAULT,
            by=caller.actor,
            now=now,
        )
        await work.reports.keep(snapshot, exam)
        await save_and_audit(work, caller, exam, "exam.release", now)
        return exam
