"""The read table `exams`: one row per exam, worked out from the folded exam alone, so that it can be rebuilt."""

from typing import Any

from services.exam_results.domain.exam import Exam
from services.exam_results.domain.exam_events import Priority
from services.exam_results.domain.report import result_data

RANKS = {Priority.URGENT: 0, Priority.ROUTINE: 1}


def exam_row(exam: Exam) -> dict[str, Any]:
    facts = exam.facts
    return {
        "exam_id": facts.id,
        "clinic_id": facts.clinic_id,
        "version": exam.version,
        "protocol": facts.protocol,
        "patient_id": facts.patient_id,
        "person_id": facts.person_id,
        "requester_id": facts.requester_id,
        "code": facts.code,
        "state": facts.state.value,
        "priority": facts.priority.value,
        "priority_rank": RANKS[facts.priority],
        "sensitive": facts.sensitive is not None,
        "clinical_note": facts.clinical_note,
        "created_at": facts.created_at,
        "scheduled_at": facts.scheduled_at,
        "barcode": facts.barcode,
        "collected_at": facts.collected_at,
        "completed_at": facts.completed_at,
        "draft_version": facts.draft_version,
        "report_version": facts.report_version,
        "releaser_id": facts.releaser_id,
        "released_at": facts.released_at,
        "embargo_until": facts.embargo_until,
        "signed_file_id": facts.signed_file_id,
        "opened_at": facts.opened_at,
        "opens_at": facts.embargo_until if facts.waits_for_embargo else None,
        "flagged": facts.flagged if facts.results else None,
        "typed_by": sorted(facts.typed_by),
        "results": [result_data(result) for result in facts.results],
    }


_NAMES = (
    "exam_id clinic_id version protocol patient_id person_id requester_id code state priority priority_rank "
    "sensitive clinical_note created_at scheduled_at barcode collected_at completed_at draft_version "
    "report_version releaser_id released_at embargo_until signed_file_id opened_at opens_at flagged typed_by results"
)
KEEP_NEWER = f"""ON CONFLICT (exam_id) DO UPDATE
SET {", ".join(f"{name} = excluded.{name}" for name in _NAMES.split()[1:])} WHERE exams.version <= excluded.version"""
