"""Write down what was measured."""

from collections.abc import Sequence
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
from services.exam_results.domain.catalogue import Catalogue
from services.exam_results.domain.entry import TypedValue, Warned, read_entry
from services.exam_results.domain.evaluation import evaluate
from services.exam_results.domain.exam import Exam
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class EnteredResults:
    exam: Exam
    criticals: tuple[str, ...]
    warnings: tuple[Warned, ...]


@dataclass(frozen=True)
class EnterResults:
    """Replace the values typed so far, by a technician, while the analysis runs.

    Numbers come with decimal comma or point and keep their digits; units must be the catalogue's. All wrong fields
    are told at once and nothing is saved then. Critical values are named: they need a repeat before completion.
    """

    catalogue: Catalogue
    clock: Clock

    async def run(
        self, work: ExamWork, caller: Caller, exam_id: UUID, version: int, typed: Sequence[TypedValue]
    ) -> EnteredResults:
        now = self.clock.now()
        exam = await exam_for(work, caller, exam_id)
        exam.check_in_analysis()
        exam.require_version(version)
        definition = definition_of(self.catalogue, exam.facts.code)
        entry = read_entry(definition, typed)
        patient = await patient_of(work, exam.facts.patient_id)
        laboratory = await laboratory_of(work, exam.facts.clinic_id)
        results = evaluate(definition, entry.values, subject_of(exam, patient, laboratory))
        exam.enter_results(entry.values, results, caller.actor, now)
        await save_and_audit(work, caller, exam, "exam.enter_results", now)
        criticals = tuple(result.code for result in results if result.is_critical)
        return EnteredResults(exam, criticals, entry.warnings)
