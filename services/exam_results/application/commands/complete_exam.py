"""Close the analysis and hand the draft to the releaser."""

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
from services.exam_results.domain.catalogue import Catalogue
from services.exam_results.domain.evaluation import evaluate, missing
from services.exam_results.domain.exam import Exam
from services.exam_results.domain.report import build_snapshot
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class CompleteExam:
    """Complete the exam, by a technician: every value is there, every critical value was measured again.

    Values are judged anew by the table in force and copied into the draft's snapshot, from which the draft
    report is rendered.
    """

    catalogue: Catalogue
    clock: Clock

    async def run(
        self,
        work: ExamWork,
        caller: Caller,
        exam_id: UUID,
        version: int,
        repeated: frozenset[str] | None = frozenset(),
    ) -> Exam:
        """`repeated` names the critical items measured again; None stands for all of them."""
        now = self.clock.now()
        exam = await exam_for(work, caller, exam_id)
        exam.check_in_analysis()
        exam.require_version(version)
        definition = definition_of(self.catalogue, exam.facts.code)
        patient = await patient_of(work, exam.facts.patient_id)
        laboratory = await laboratory_of(work, exam.facts.clinic_id)
        requester = await work.people.professional(exam.facts.requester_id)
        if requester is None:
            raise errors.REQUESTER_NOT_KNOWN.error()
        results = evaluate(definition, exam.facts.values, subject_of(exam, patient, laboratory))
        if repeated is None:
            repeated = frozenset(result.code for result in results)
        exam.check_completable(results, missing(definition, results), repeated, caller.actor)
        snapshot = build_snapshot(
            exam.facts,
            definition,
            results,
            laboratory=laboratory,
            patient=patient,
            requester=requester,
            report_version=exam.next_report_version,
            completed_at=now,
            catalogue_version=self.catalogue.version,
            release=None,
        )
        exam.complete(
            results,
            catalogue_version=self.catalogue.version,
            snapshot_sha256=snapshot.sha256,
            by=caller.actor,
            now=now,
        )
        await work.reports.keep(snapshot, exam)
        await save_and_audit(work, caller, exam, "exam.complete", now)
        return exam
