"""Who may see which document: the rules of `services/shared/kernel/access.py`, asked for a file.

What ties a caller to the exam itself is decided here, from the file's own facts. Relations (proxies, shares, emergency
accesses) live in exam-results, which is asked only where nothing else lets a patient or a doctor in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.file_management.application.caller import Caller
from services.file_management.application.ports import Relations
from services.file_management.domain.report_file import Kind, ReportFile, Status
from services.shared.kernel.access import Decision, Facts, Why, decide
from services.shared.kernel.access_rules import Action
from services.shared.kernel.principal import Principal, Role

CALLERS = (Role.PATIENT, Role.DOCTOR, Role.TECHNICIAN, Role.RELEASER)
"""Everybody else gets 403: receptionists see no values, administrators and auditors none without a reason."""

_NOTHING = Decision(allowed=False, why=Why.NO_WAY)
_EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Grasp:
    """A file within the caller's reach: `ready` says that its bytes are, too."""

    file: ReportFile
    purpose: str
    ready: bool


def decision_on(caller: Principal, file: ReportFile, now: datetime) -> Decision:
    """Decide without relations. An account that is gone sees nothing."""
    if caller.account_id in file.closed_to:
        return _NOTHING
    signed = file.kind is Kind.SIGNED_REPORT
    facts = Facts(
        exam_id=file.exam_id,
        clinic_id=file.clinic_id,
        person_id=file.person_id,
        requester_id=file.requester_id,
        sensitive=file.sensitive,
        signed=signed,
        opened=file.status is not Status.READY,
    )
    return decide(caller, Action.DOWNLOAD if signed else Action.DRAFT, facts, (), now)


async def within_reach(
    caller: Caller, files: Sequence[ReportFile], relations: Relations, now: datetime
) -> list[Grasp]:
    """Return the files of one exam that the caller may know of; where only a second factor is missing, not `ready`."""
    principal, found = caller.principal, []
    for file in files:
        decision = decision_on(principal, file, now)
        if decision.allowed or decision.why is Why.STEP_UP:
            found.append(Grasp(file, decision.purpose, decision.allowed))
    if found or not files or not _may_be_let_in(caller, files[0]):
        return found
    exam = files[0]
    let_in = await relations.lets_in(caller.authorization, exam.exam_id, exam.person_id)
    if let_in is None:
        return []
    return [
        Grasp(file, let_in.purpose, not let_in.step_up_needed)
        for file in files
        if file.kind is Kind.SIGNED_REPORT
        and (file.status is not Status.READY or let_in.purpose == _EMERGENCY)
    ]


def _may_be_let_in(caller: Caller, file: ReportFile) -> bool:
    principal = caller.principal
    is_stranger = principal.account_id not in {file.person_id, file.requester_id}
    return is_stranger and principal.has(Role.PATIENT, Role.DOCTOR)
