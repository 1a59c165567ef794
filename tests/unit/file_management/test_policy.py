"""Who may see which document: every role against every kind and state."""

from dataclasses import replace

import pytest

from services.file_management.application.policy import CALLERS, may_see
from services.file_management.domain.exam_folder import ExamFolder
from services.file_management.domain.report_file import Kind, ReportFile, Status
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.file_management.world import NOW, OTHER_CLINIC, PERSON, REQUESTER, exam, principal


def file(kind: Kind, status: Status = Status.READY) -> ReportFile:
    made = ExamFolder(exam()).add_report(kind, 1, exam_version=1, sha256="00", size_bytes=1, now=NOW)
    return replace(made, status=status)


DRAFT = file(Kind.DRAFT_REPORT)
SIGNED = file(Kind.SIGNED_REPORT)
OPENED = file(Kind.SIGNED_REPORT, Status.OPENED)
REPLACED = file(Kind.SIGNED_REPORT, Status.REPLACED)

SEES = {
    "patient": (principal(Role.PATIENT, PERSON), {OPENED, REPLACED}),
    "another patient": (principal(Role.PATIENT), set()),
    "the requester": (principal(Role.DOCTOR, REQUESTER), {SIGNED, OPENED, REPLACED}),
    "another doctor": (principal(Role.DOCTOR), set()),
    "the requester in another clinic": (principal(Role.DOCTOR, REQUESTER, OTHER_CLINIC), set()),
    "technician": (principal(Role.TECHNICIAN), {DRAFT, SIGNED, OPENED, REPLACED}),
    "releaser": (principal(Role.RELEASER), {DRAFT, SIGNED, OPENED, REPLACED}),
    "technician of another clinic": (principal(Role.TECHNICIAN, clinic=OTHER_CLINIC), set()),
    "receptionist": (principal(Role.RECEPTIONIST), set()),
    "administrator": (principal(Role.ADMINISTRATOR), set()),
    "auditor": (principal(Role.AUDITOR), set()),
    "service": (principal(Role.SERVICE, clinic=None), set()),
    "integration": (principal(Role.INTEGRATION, clinic=None), set()),
}


@pytest.mark.parametrize("who", SEES)
def test_each_role_sees_exactly_its_documents(who: str) -> None:
    caller, expected = SEES[who]
    assert {item for item in (DRAFT, SIGNED, OPENED, REPLACED) if may_see(caller, item)} == expected


def test_an_account_that_is_gone_sees_nothing_and_others_still_do() -> None:
    closed = replace(OPENED, closed_to=frozenset({PERSON}))
    assert not may_see(principal(Role.PATIENT, PERSON), closed)
    assert may_see(principal(Role.RELEASER), closed)


def test_staff_without_a_clinic_see_nothing() -> None:
    nowhere = Principal(new_id(), frozenset({Role.TECHNICIAN, Role.DOCTOR}))
    assert not may_see(nowhere, OPENED)


def test_roles_that_see_no_values_are_not_let_in_at_all() -> None:
    shut_out = {Role.RECEPTIONIST, Role.ADMINISTRATOR, Role.AUDITOR, Role.INTEGRATION, Role.SERVICE}
    assert set(CALLERS) == set(Role) - shut_out
