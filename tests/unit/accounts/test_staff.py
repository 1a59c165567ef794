"""Inviting staff, joining, roles, ending access, verifying council registrations."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest

from services.accounts.application.commands.accept_invitation import Acceptance
from services.accounts.application.commands.invite_staff import TypedInvitation
from services.accounts.application.ports import RepeatKey
from services.accounts.domain.events import (
    AccountCreated,
    AccountUpdated,
    AddressedMessage,
    ProfessionalRegistered,
)
from services.accounts.domain.membership import CouncilRegistration, Membership, VerifiedHow
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B, PASSWORD, World

MAIL = "nova@example.com"
CHOSEN = "quatro palavras bem longas"
CRM = CouncilRegistration("CRM", "654321", "SP", verified=False)


async def refused(work: Awaitable[Any]) -> str:
    with pytest.raises(LaudoError) as error:
        await work
    codes = [each.kind.code for each in error.value.errors] or [error.value.kind.code]
    return ",".join(code.removeprefix("accounts.") for code in codes)


def admin(world: World, login: str = "admin@a.test", **more: Any) -> Awaitable[Principal]:
    return world.staff(login, Role.ADMINISTRATOR, name="Fátima Reis", **more)


async def invite(world: World, caller: Principal, *, key: str = "", **changes: Any) -> UUID:
    facts: dict[str, Any] = {
        "name": "Íris Novais",
        "email": MAIL,
        "roles": frozenset({Role.RELEASER}),
        "council": "crm",
        "council_number": "654321",
        "council_uf": "sp",
    }
    made = await world.desk.staff.invite(
        TypedInvitation(**{**facts, **changes}),
        caller,
        RepeatKey(key or str(new_id()), "POST /invitations", repr(changes).encode()),
        address="203.0.113.7",
    )
    return UUID(made["id"])


def mailed_code(world: World) -> str:
    mail = [event for event in world.events if isinstance(event, AddressedMessage)][-1]
    assert mail.template == "staff_invitation"
    assert mail.code is not None
    return mail.code


async def accept(world: World, *, code: str | None = None, **changes: Any) -> None:
    invitation_code = code or mailed_code(world)
    opened = await world.desk.staff.open_invitation(invitation_code, address=None)
    typed = {"password": CHOSEN, "code": ""}
    if opened.totp_secret:
        typed["code"] = pyotp.TOTP(opened.totp_secret).at(world.clock.now())
    await world.desk.staff.accept(
        Acceptance(invitation_code=invitation_code, **{**typed, **changes}), address="203.0.113.9"
    )


def member(world: World, account_id: UUID, clinic: UUID = CLINIC_A.id) -> Membership:
    return world.transactions.tables.memberships[account_id, clinic]


async def joined(world: World, caller: Principal, **changes: Any) -> UUID:
    await invite(world, caller, **changes)
    await accept(world)
    created = [event for event in world.events if isinstance(event, AccountCreated)][-1]
    return created.account.id


async def test_an_invited_person_joins_with_password_and_second_factor_and_signs_in() -> None:
    world = World()
    account_id = await joined(world, await admin(world))
    secret = world.transactions.tables.credentials[account_id].totp_secret
    assert secret is not None
    world.clock.advance(timedelta(seconds=60))
    signed_in = await world.desk.sign_in(MAIL, CHOSEN, pyotp.TOTP(secret).at(world.clock.now()), address=None)
    assert signed_in.identity.roles == {Role.RELEASER}
    assert signed_in.identity.clinic == CLINIC_A
    told = world.events[-2:]
    assert isinstance(told[1], ProfessionalRegistered)
    assert told[1].membership.registration == CRM
    assert world.audited[:2] == ["staff.invite", "staff.join"]


async def test_before_it_is_accepted_an_invitation_makes_no_account_and_no_role() -> None:
    world = World()
    caller = await admin(world)
    before = len(world.transactions.tables.accounts)
    await invite(world, caller)
    assert len(world.transactions.tables.accounts) == before
    assert [type(event) for event in world.events] == [AddressedMessage]


async def test_the_code_joined_with_is_used_up_as_an_authenticator_code_too() -> None:
    world = World()
    account_id = await joined(world, await admin(world))
    secret = world.transactions.tables.credentials[account_id].totp_secret
    assert secret is not None
    code = pyotp.TOTP(secret).at(world.clock.now())
    assert await refused(world.desk.sign_in(MAIL, CHOSEN, code, address=None)) == "code_used"


@pytest.mark.parametrize("way", ["used", "withdrawn", "expired", "resent", "wrong"])
async def test_an_invitation_that_is_not_open_gets_one_answer(way: str) -> None:
    world = World()
    caller = await admin(world)
    invitation_id = await invite(world, caller)
    code = mailed_code(world)
    if way == "used":
        await accept(world)
    elif way == "withdrawn":
        await world.desk.staff.withdraw(invitation_id, caller, address=None)
    elif way == "expired":
        world.clock.advance(timedelta(days=7))
    elif way == "resent":
        world.clock.advance(timedelta(minutes=1))
        await world.desk.staff.resend(invitation_id, caller, address=None)
        assert mailed_code(world) != code
    else:
        code = "AAAA-AAAA-AAAA"
    assert await refused(world.desk.staff.open_invitation(code, address=None)) == "invitation_invalid"
    assert await refused(accept(world, code=code)) == "invitation_invalid"


async def test_a_resent_invitation_opens_anew_after_it_expired() -> None:
    world = World()
    caller = await admin(world)
    invitation_id = await invite(world, caller)
    world.clock.advance(timedelta(days=8))
    await world.desk.staff.resend(invitation_id, caller, address=None)
    assert (
        await refused(world.desk.staff.resend(invitation_id, caller, address=None)) == "invitation_too_soon"
    )
    await accept(world)


async def test_hyphens_blanks_and_case_of_the_typed_code_do_not_matter() -> None:
    world = World()
    await invite(world, await admin(world))
    await accept(world, code=f" {mailed_code(world).replace('-', ' ').lower()} ")


async def test_guessing_codes_makes_the_address_wait() -> None:
    world = World()
    for _ in range(5):
        await refused(world.desk.staff.open_invitation("AAAA-BBBB-CCCC", address="203.0.113.66"))
    guess = world.desk.staff.open_invitation("AAAA-BBBB-CCCC", address="203.0.113.66")
    assert await refused(guess) == "too_many_attempts"


async def test_a_wrong_authenticator_code_or_a_poor_password_joins_nobody() -> None:
    world = World()
    await invite(world, await admin(world))
    assert await refused(accept(world, code=None, password="curta")) == "password_length"
    code = mailed_code(world)
    wrong = Acceptance(invitation_code=code, password=CHOSEN, code="000000")
    assert await refused(world.desk.staff.accept(wrong, address=None)) == "code_invalid"
    assert len(world.transactions.tables.memberships) == 1
    await accept(world)


async def test_who_works_elsewhere_joins_with_the_sign_in_they_have() -> None:
    world = World()
    person = await world.staff(MAIL, Role.DOCTOR, clinic=CLINIC_B)
    await invite(world, await admin(world), roles=frozenset({Role.DOCTOR}))
    opened = await world.desk.staff.open_invitation(mailed_code(world), address=None)
    assert opened.totp_secret is None
    wrong = Acceptance(invitation_code=mailed_code(world), password="outra coisa", code=world.code())
    assert await refused(world.desk.staff.accept(wrong, address=None)) == "sign_in_failed"
    acceptance = Acceptance(invitation_code=mailed_code(world), password=PASSWORD, code=world.code())
    await world.desk.staff.accept(acceptance, address=None)
    assert member(world, person.account_id).roles == {Role.DOCTOR}
    assert member(world, person.account_id, CLINIC_B.id).roles == {Role.DOCTOR}
    assert len(world.transactions.tables.credentials) == 2


async def test_a_patients_sign_in_does_not_become_staffs_and_the_inviter_learns_nothing() -> None:
    world = World()
    await world.patient(MAIL)
    await invite(world, await admin(world))
    acceptance = Acceptance(invitation_code=mailed_code(world), password=PASSWORD, code="123456")
    assert await refused(world.desk.staff.accept(acceptance, address=None)) == "invitation_login_taken"


async def test_own_staff_and_open_invitations_are_not_invited_again() -> None:
    world = World()
    caller = await admin(world)
    await world.staff("medica@a.test", Role.DOCTOR)
    assert await refused(invite(world, caller, email="medica@a.test")) == "already_staff"
    await invite(world, caller)
    assert await refused(invite(world, caller)) == "invitation_exists"


async def test_a_repeat_with_the_same_key_sends_one_mail() -> None:
    world = World()
    caller = await admin(world)
    first = await invite(world, caller, key="same-key-1")
    assert await invite(world, caller, key="same-key-1") == first
    assert len(world.events) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"roles": frozenset()}, "roles_invalid"),
        ({"roles": frozenset({Role.PATIENT})}, "roles_invalid"),
        ({"roles": frozenset({Role.SERVICE, Role.DOCTOR})}, "roles_invalid"),
        ({"roles": frozenset({Role.AUDITOR, Role.ADMINISTRATOR})}, "auditor_alone"),
        ({"council": None, "council_number": None, "council_uf": None}, "council_required"),
        ({"council_uf": "XX"}, "council_invalid,council_required"),
        ({"council_number": "", "roles": frozenset({Role.TECHNICIAN})}, "council_invalid"),
        ({"email": "nope", "name": "1"}, "name_invalid,email_invalid"),
    ],
)
async def test_what_is_wrong_on_an_invitation_is_told_field_by_field(
    changes: dict[str, Any], code: str
) -> None:
    world = World()
    assert await refused(invite(world, await admin(world), **changes)) == code
    assert world.events == []


async def test_roles_are_changed_told_and_end_the_sessions_of_this_clinic() -> None:
    world = World()
    caller = await admin(world)
    technician = await world.staff("tec@a.test", Role.TECHNICIAN)
    session = await world.desk.sign_in("tec@a.test", PASSWORD, world.code(), address=None)
    await world.desk.staff.change_roles(
        technician.account_id, frozenset({Role.RECEPTIONIST}), None, caller, address=None
    )
    told = [event for event in world.events if isinstance(event, AccountUpdated)][-1]
    assert told.membership is not None
    assert told.membership.roles == {Role.RECEPTIONIST}
    assert told.account.version == 2
    assert await refused(world.desk.refresh(session.refresh_token, address=None)) == "session_ended"
    assert world.audited[-1] == "staff.roles_change"


async def test_nobody_gives_roles_to_himself_but_may_give_his_own_away() -> None:
    world = World()
    first = await admin(world)
    await admin(world, "other@a.test")
    more = frozenset({Role.ADMINISTRATOR, Role.RELEASER})
    change = world.desk.staff.change_roles
    assert await refused(change(first.account_id, more, CRM, first, address=None)) == "own_roles"
    away = frozenset({Role.RECEPTIONIST})
    assert await refused(change(first.account_id, away, None, first, address=None)) == "own_roles"


async def test_the_last_administrator_stays() -> None:
    world = World()
    first = await admin(world)
    second = await admin(world, "other@a.test")
    desk = world.desk.staff
    await desk.end_access(first.account_id, first, address=None)
    assert await refused(desk.end_access(second.account_id, second, address=None)) == "last_administrator"
    with_less = frozenset({Role.RECEPTIONIST})
    # the first lost the role a moment ago: an old token changes nothing
    change = desk.change_roles(second.account_id, with_less, None, first, address=None)
    assert await refused(change) == "forbidden"
    assert member(world, second.account_id).active


async def test_access_ended_ends_sessions_and_roles_and_comes_back_as_it_was() -> None:
    world = World()
    caller = await admin(world)
    doctor = await world.staff("medica@a.test", Role.DOCTOR)
    session = await world.desk.sign_in("medica@a.test", PASSWORD, world.code(), address=None)
    before = member(world, doctor.account_id)
    await world.desk.staff.end_access(doctor.account_id, caller, address=None)
    assert await refused(world.desk.refresh(session.refresh_token, address=None)) == "session_ended"
    sign_in = world.desk.sign_in("medica@a.test", PASSWORD, world.code(1), address=None)
    assert await refused(sign_in) == "no_active_role"
    told = [event for event in world.events if isinstance(event, ProfessionalRegistered)][-1]
    assert told.membership.roles_at_work == frozenset()
    again = world.desk.staff.end_access(doctor.account_id, caller, address=None)
    assert await refused(again) == "member_inactive"
    await world.desk.staff.give_access_again(doctor.account_id, caller, address=None)
    after = member(world, doctor.account_id)
    assert (after.roles, after.registration, after.version) == (before.roles, before.registration, 3)


async def test_a_registration_is_verified_by_somebody_else_and_says_how() -> None:
    world = World()
    caller = await admin(world)
    account_id = await joined(world, caller)
    how = VerifiedHow.COUNCIL_REGISTER
    await world.desk.staff.verify(account_id, CRM, how, " situação: regular ", caller, address=None)
    told = [event for event in world.events if isinstance(event, ProfessionalRegistered)][-1]
    assert told.membership.registration is not None
    assert told.membership.registration.verified
    found = await world.desk.staff.people.one(account_id, caller)
    assert found.verifier == "Fátima Reis"
    verification = member(world, account_id).registration.verification  # type: ignore[union-attr]
    assert verification is not None
    assert (verification.by, verification.note) == (caller.account_id, "situação: regular")


async def test_a_registration_changed_meanwhile_is_not_verified_unseen_and_a_new_one_is_unverified() -> None:
    world = World()
    caller = await admin(world)
    account_id = await joined(world, caller)
    other = CouncilRegistration("CRM", "111111", "RJ", verified=False)
    desk, how = world.desk.staff, VerifiedHow.PROFESSIONAL_CARD
    assert await refused(desk.verify(account_id, other, how, None, caller, address=None)) == "council_changed"
    await desk.verify(account_id, CRM, how, None, caller, address=None)
    roles = frozenset({Role.RELEASER})
    await desk.change_roles(account_id, roles | {Role.DOCTOR}, CRM, caller, address=None)
    assert member(world, account_id).registration.verified  # type: ignore[union-attr]
    await desk.change_roles(account_id, roles, other, caller, address=None)
    assert not member(world, account_id).registration.verified  # type: ignore[union-attr]


async def test_a_verification_is_taken_back_once() -> None:
    world = World()
    caller = await admin(world)
    account_id = await joined(world, caller)
    desk = world.desk.staff
    await desk.verify(account_id, CRM, VerifiedHow.PROFESSIONAL_CARD, None, caller, address=None)
    await desk.verify(account_id, CRM, None, None, caller, address=None)
    assert not member(world, account_id).registration.verified  # type: ignore[union-attr]
    assert (
        await refused(desk.verify(account_id, CRM, None, None, caller, address=None)) == "council_unchanged"
    )
    assert world.audited[-2:] == ["staff.verify", "staff.verification_withdraw"]


async def test_nobody_verifies_the_own_registration() -> None:
    world = World()
    caller = await world.staff("admin@a.test", Role.ADMINISTRATOR, Role.RELEASER)
    own = CouncilRegistration("CRM", "123456", "SP", verified=False)
    verify = world.desk.staff.verify(
        caller.account_id, own, VerifiedHow.PROFESSIONAL_CARD, None, caller, address=None
    )
    assert await refused(verify) == "own_verification"


async def test_another_clinics_people_and_invitations_are_not_found() -> None:
    world = World()
    here, there = await admin(world), await admin(world, "admin@b.test", clinic=CLINIC_B)
    invitation_id = await invite(world, here)
    desk = world.desk.staff
    for attempt in (
        desk.people.one(here.account_id, there),
        desk.end_access(here.account_id, there, address=None),
        desk.resend(invitation_id, there, address=None),
        desk.withdraw(invitation_id, there, address=None),
    ):
        assert await refused(attempt) == "not_found"
    assert (await desk.people.invited(there, after=None, limit=5)).invitations == []


async def test_the_list_goes_on_where_the_page_before_ended() -> None:
    world = World()
    caller = await admin(world)
    for name in ("Ana", "Bia", "Caio", "Davi"):
        await world.staff(f"{name}@a.test", Role.TECHNICIAN, name=f"{name} Sá")
    seen, after = [], None
    while True:
        page = await world.desk.staff.people("", caller, after=after, limit=2)
        seen += [each.name.split()[0] for each in page.members]
        after = page.next_after
        if after is None:
            break
    assert seen == ["Ana", "Bia", "Caio", "Davi", "Fátima"]


async def test_an_administrator_ends_a_members_sessions_in_this_clinic_and_nothing_else() -> None:
    """ASVS 5.0, 7.4.5."""
    world = World()
    caller, elsewhere = await admin(world), await admin(world, "b@a.test", clinic=CLINIC_B)
    doctor = await world.staff("medica@a.test", Role.DOCTOR)
    session = await world.desk.sign_in("medica@a.test", PASSWORD, world.code(), address=None)
    end = world.desk.staff.end_sessions.of_member
    assert await refused(end(doctor.account_id, elsewhere, address=None)) == "not_found"
    assert await refused(end(doctor.account_id, doctor, address=None)) == "forbidden"
    await end(doctor.account_id, caller, address="203.0.113.7")
    assert await refused(world.desk.refresh(session.refresh_token, address=None)) == "session_ended"
    assert world.audited[-1] == "staff.sessions_end"
    await world.desk.sign_in("medica@a.test", PASSWORD, world.code(1), address=None)
    await end(doctor.account_id, caller, address=None)
