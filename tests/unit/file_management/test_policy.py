"""Who may see which document: every role against every kind and state."""

from dataclasses import replace

import pytest

from services.file_management.application.policy import CALLERS, decision_on
from services.file_management.domain.exam_folder import ExamFolder
from services.file_management.domain.report_file import Kind, ReportFile, Status
from services.shared.kernel.access import Why
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
    assert {
        item for item in (DRAFT, SIGNED, OPENED, REPLACED) if decision_on(caller, item, NOW).allowed
    } == expected


def test_an_account_that_is_gone_sees_nothing_and_others_still_do() -> None:
    closed = replace(OPENED, closed_to=frozenset({PERSON}))
    assert not decision_on(principal(Role.PATIENT, PERSON), closed, NOW).allowed
    assert decision_on(principal(Role.RELEASER), closed, NOW).allowed


def test_staff_without_a_clinic_see_nothing() -> None:
    nowhere = Principal(new_id(), frozenset({Role.TECHNICIAN, Role.DOCTOR}))
    assert not decision_on(nowhere, OPENED, NOW).allowed


def test_roles_that_see_no_values_are_not_let_in_at_all() -> None:
    shut_out = {Role.RECEPTIONIST, Role.ADMINISTRATOR, Role.AUDITOR, Role.INTEGRATION, Role.SERVICE}
    assert set(CALLERS) == set(Role) - shut_out


def test_a_report_of_a_sensitive_class_waits_for_a_second_factor_outside_the_laboratory() -> None:
    sensitive = replace(OPENED, sensitive=True)
    for role, account in ((Role.PATIENT, PERSON), (Role.DOCTOR, REQUESTER)):
        reader = principal(role, account)
        assert decision_on(reader, sensitive, NOW).why is Why.STEP_UP
        assert decision_on(replace(reader, step_up_at=NOW), sensitive, NOW).allowed
    assert decision_on(principal(Role.RELEASER), sensitive, NOW).allowed
