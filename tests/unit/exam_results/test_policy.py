"""Who may see what, role by role."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.exam_results.application.policy import view_of
from services.shared.kernel.access import Facts
from services.shared.kernel.access_rules import Values
from services.shared.kernel.errors import FORBIDDEN, LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import STEP_UP_LIFETIME, Principal, Role

ME, CLINIC = new_id(), new_id()
AT = datetime(2026, 11, 20, tzinfo=UTC)


def principal(*roles: Role, clinic: bool = True) -> Principal:
    return Principal(ME, frozenset(roles), CLINIC if clinic else None)


@pytest.mark.parametrize(
    ("caller", "values", "scope"),
    [
        (principal(Role.PATIENT, clinic=False), Values.WHEN_OPENED, (None, ME, None)),
        (principal(Role.DOCTOR), Values.WHEN_SIGNED, (CLINIC, None, ME)),
        (principal(Role.TECHNICIAN), Values.ALWAYS, (CLINIC, None, None)),
        (principal(Role.RELEASER), Values.ALWAYS, (CLINIC, None, None)),
        (principal(Role.DOCTOR, Role.RELEASER), Values.ALWAYS, (CLINIC, None, None)),
        (principal(Role.RECEPTIONIST), Values.NEVER, (CLINIC, None, None)),
        (principal(Role.ADMINISTRATOR, Role.RECEPTIONIST), Values.NEVER, (CLINIC, None, None)),
    ],
)
def test_each_role_has_its_view(caller: Principal, values: Values, scope: tuple[object, ...]) -> None:
    view = view_of(caller)
    assert view.values is values
    assert (view.clinic_id, view.person_id, view.requester_id) == scope


@pytest.mark.parametrize(
    "caller",
    [
        principal(Role.ADMINISTRATOR),
        principal(Role.AUDITOR),
        principal(Role.INTEGRATION),
        principal(Role.SERVICE, clinic=False),
        principal(Role.PATIENT),  # a staff token of no staff role
        principal(Role.DOCTOR, clinic=False),  # staff without a clinic
        principal(),
    ],
)
def test_everybody_else_is_refused(caller: Principal) -> None:
    with pytest.raises(LaudoError) as refused:
        view_of(caller)
    assert refused.value.kind is FORBIDDEN


@pytest.mark.parametrize(
    ("caller", "before", "signed", "opened"),
    [
        (principal(Role.PATIENT, clinic=False), False, False, True),
        (principal(Role.DOCTOR), False, True, True),
        (principal(Role.TECHNICIAN), True, True, True),
        (principal(Role.RECEPTIONIST), False, False, False),
    ],
)
def test_values_appear_from_their_moment_on(
    caller: Principal, before: bool, signed: bool, opened: bool
) -> None:
    view = view_of(caller)
    assert view.shows_values(signed=False, opened=False, sensitive=False) is before
    assert view.shows_values(signed=True, opened=False, sensitive=False) is signed
    assert view.shows_values(signed=True, opened=True, sensitive=False) is opened


def facts(clinic: UUID, person: UUID, requester: UUID) -> Facts:
    return Facts(new_id(), clinic, person, requester, sensitive=False)


def test_a_view_holds_no_row_of_another_clinic_person_or_requester() -> None:
    other = new_id()
    doctor = view_of(principal(Role.DOCTOR))
    assert doctor.admits(facts(CLINIC, other, ME))
    assert not doctor.admits(facts(other, other, ME))
    assert not doctor.admits(facts(CLINIC, ME, other))
    patient = view_of(principal(Role.PATIENT, clinic=False))
    assert patient.admits(facts(other, ME, other))
    assert not patient.admits(facts(CLINIC, other, ME))


def test_values_of_sensitive_classes_need_a_fresh_second_factor_outside_the_laboratory() -> None:
    fresh = replace(principal(Role.PATIENT, clinic=False), step_up_at=AT)
    for now, shown in ((AT, True), (AT + STEP_UP_LIFETIME, True), (AT + STEP_UP_LIFETIME * 2, False)):
        assert view_of(fresh, now).shows_values(signed=True, opened=True, sensitive=True) is shown
    assert view_of(principal(Role.TECHNICIAN), AT).shows_values(signed=False, opened=False, sensitive=True)
    assert not view_of(principal(Role.DOCTOR), AT).shows_values(signed=True, opened=True, sensitive=True)
