"""Who may see which document. The one place that says it."""

from services.file_management.domain.report_file import Kind, ReportFile, Status
from services.shared.kernel.principal import Principal, Role

CALLERS = (Role.PATIENT, Role.DOCTOR, Role.TECHNICIAN, Role.RELEASER)
"""Everybody else gets 403: receptionists see no values, administrators and auditors none without a reason."""


def may_see(caller: Principal, file: ReportFile) -> bool:
    """A patient sees the signed reports opened to them, in every clinic. A doctor sees the signed reports of the
    exams they asked for. Technicians and releasers see everything of their clinic, drafts included.
    """
    if caller.account_id in file.closed_to:
        return False
    return _as_patient(caller, file) or _as_doctor(caller, file) or _as_laboratory(caller, file)


def _as_patient(caller: Principal, file: ReportFile) -> bool:
    return (
        caller.has(Role.PATIENT)
        and file.person_id == caller.account_id
        and file.kind is Kind.SIGNED_REPORT
        and file.status is not Status.READY
    )


def _as_doctor(caller: Principal, file: ReportFile) -> bool:
    return (
        caller.has(Role.DOCTOR)
        and file.clinic_id == caller.clinic_id
        and file.requester_id == caller.account_id
        and file.kind is Kind.SIGNED_REPORT
    )


def _as_laboratory(caller: Principal, file: ReportFile) -> bool:
    return caller.has(Role.TECHNICIAN, Role.RELEASER) and file.clinic_id == caller.clinic_id
