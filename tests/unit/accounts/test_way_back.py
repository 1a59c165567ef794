"""A way back for whoever lost every second factor and the recovery codes (ASVS 5.0, 6.4.4)."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest

from services.accounts.application.commands.begin_sign_in import Pending
from services.accounts.application.commands.change_contact_at_desk import ContactReason
from services.accounts.domain.events import AddressedMessage
from services.accounts.domain.membership import Membership
from services.accounts.domain.new_contact import NewContact
from services.accounts.domain.second_factor import Factor, IdentifiedHow
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.newcomer import (
    HERE,
    add_passkey,
    add_totp,
    begin,
    caller_of,
    codes_sent,
    contact,
    pending,
    staff_caller,
)
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B, PASSWORD, World
from tests.unit.accounts.test_confirmed_contacts import CHOSEN, MAIL, came_in
from tests.unit.accounts.test_people import DESK_A, DESK_B, register

LOGIN = "medica@a.test"
DOCUMENT = IdentifiedHow.PHOTO_DOCUMENT


async def refused(work: Awaitable[Any]) -> str:
    with pytest.raises(LaudoError) as error:
        await work
    return error.value.kind.code.removeprefix("accounts.")


async def admin(world: World, login: str = "admin@a.test", *, confirmed: bool = True) -> Principal:
    caller = await world.staff(login, Role.ADMINISTRATOR, name="Fátima Reis")
    return replace(caller, step_up_at=world.clock.now()) if confirmed else caller


async def lost_everything(world: World) -> Principal:
    """A releaser with an authenticator, a passkey, recovery codes and an open session."""
    caller = await staff_caller(world, LOGIN)
    await add_passkey(world, caller)
    await world.desk.security.renew_recovery_codes(caller, address=None)
    return caller


def reset(world: World, who: UUID, caller: Principal) -> Awaitable[None]:
    return world.desk.staff.reset_factors.of_member(who, DOCUMENT, caller, address="203.0.113.7")


async def test_everything_is_removed_sessions_end_the_person_is_told_and_it_is_audited() -> None:
    world = World()
    caller, doctor = await admin(world), await lost_everything(world)
    await reset(world, doctor.account_id, caller)
    tables = world.transactions.tables
    async with world.transactions.read(person_id=doctor.account_id) as reading:
        credentials = await reading.credentials.get(doctor.account_id)
        assert credentials is not None
        assert (credentials.factors, credentials.password_hash is not None) == (frozenset(), True)
        assert not await reading.sessions.open_ones(doctor.account_id, world.clock.now())
    told = [each for each in world.events if isinstance(each, AddressedMessage)]
    assert {(each.template, each.channel) for each in told} == {
        ("factors_reset", "email"),
        ("factors_reset", "sms"),
    }
    [row] = [each for each in tables.audit.values() if each.action == "staff.factors_reset"]
    assert (row.actor_id, row.clinic_id, row.purpose) == (
        caller.account_id,
        CLINIC_A.id,
        "identified_photo_document",
    )


async def test_the_way_back_is_password_and_contact_and_then_a_new_authenticator_before_all_else() -> None:
    world = World()
    caller, doctor = await admin(world), await lost_everything(world)
    await reset(world, doctor.account_id, caller)
    assert await refused(begin(world, LOGIN, "outra senha qualquer")) == "sign_in_failed"
    assert await refused(world.desk.sign_in(LOGIN, PASSWORD, None, address=None)) == "code_required"
    step = await pending(world, LOGIN)
    assert (step.factors, step.must_enrol) == ((Factor.CONTACT_CODE,), True)
    enrol = world.desk.security.enrol_at_sign_in
    assert await refused(enrol.begin(step.ticket)) == "factor_not_accepted"
    await world.desk.security.send_sign_in_code(step.ticket)
    [code] = codes_sent(world, "sign_in")
    proved = await world.desk.security.prove_sign_in(step.ticket, contact(code), HERE)
    assert isinstance(proved, Pending)  # no session yet
    new = await enrol.begin(step.ticket)
    done = await enrol.confirm(step.ticket, pyotp.TOTP(new.secret).at(world.clock.now()), HERE)
    assert len(done.recovery_codes) == 10
    session = list(world.transactions.tables.sessions.values())[-1]
    assert session.stepped_up_at is None  # releases wait for the new factor once more


async def test_the_contact_alone_does_not_let_in_while_the_new_factor_is_missing() -> None:
    """Whoever holds the mailbox would otherwise choose a password and prove the mailbox twice."""
    world = World()
    caller, doctor = await admin(world), await lost_everything(world)
    before = await world.desk.security.request_reset(LOGIN, HERE)
    [code] = codes_sent(world, "password_reset")
    await reset(world, doctor.account_id, caller)
    changing = world.desk.security.reset_password(before, code, CHOSEN, HERE)
    assert await refused(changing) == "reset_failed"
    world.clock.advance(timedelta(minutes=2))
    await world.desk.security.request_reset(LOGIN, HERE)
    assert len(codes_sent(world, "password_reset")) == 1


@pytest.mark.parametrize(
    "case", ["not confirmed", "not an administrator", "another clinic", "nothing set up"]
)
async def test_who_may_not_vouch_changes_nothing(case: str) -> None:
    world = World()
    caller, doctor = await admin(world), await lost_everything(world)
    who, expected = doctor.account_id, "step_up_required"
    if case == "not confirmed":
        caller = replace(caller, step_up_at=None)
    elif case == "not an administrator":
        desk = await world.staff("desk@a.test", Role.RECEPTIONIST)
        caller, expected = replace(desk, step_up_at=world.clock.now()), "forbidden"
    elif case == "another clinic":
        other = await world.staff("admin@b.test", Role.ADMINISTRATOR, clinic=CLINIC_B)
        caller, expected = replace(other, step_up_at=world.clock.now()), "not_found"
    else:
        await reset(world, who, caller)
        expected = "no_factors"
    before = world.transactions.tables.copy()
    assert await refused(reset(world, who, caller)) == expected
    assert world.transactions.tables.credentials == before.credentials
    assert world.transactions.tables.sessions == before.sessions


async def test_only_the_clinic_by_which_a_person_came_in_vouches() -> None:
    world = World()
    caller, doctor = await admin(world), await lost_everything(world)
    other = await world.staff("admin@b.test", Role.ADMINISTRATOR, clinic=CLINIC_B)
    other = replace(other, step_up_at=world.clock.now())
    world.transactions.tables.memberships[doctor.account_id, CLINIC_B.id] = Membership(
        doctor.account_id, CLINIC_B.id, 1, "Beatriz Prado", frozenset({Role.RECEPTIONIST}), None
    )
    assert await refused(reset(world, doctor.account_id, other)) == "another_clinic_vouches"
    await reset(world, doctor.account_id, caller)


async def test_nobody_vouches_for_himself_and_the_only_administrator_is_told_what_to_do() -> None:
    world = World()
    caller = await admin(world)
    assert await refused(reset(world, caller.account_id, caller)) == "nobody_vouches"
    await admin(world, "second@a.test")
    assert await refused(reset(world, caller.account_id, caller)) == "own_factors"


async def test_without_a_confirmed_contact_nothing_is_removed() -> None:
    world = World()
    caller, doctor = await admin(world), await lost_everything(world)
    accounts = world.transactions.tables.accounts
    accounts[doctor.account_id] = replace(
        accounts[doctor.account_id], email_confirmed=False, phone_confirmed=False
    )
    assert await refused(reset(world, doctor.account_id, caller)) == "no_confirmed_contact"
    assert world.transactions.tables.credentials[doctor.account_id].totp_secret is not None


async def patient_with_factors(world: World) -> UUID:
    """Return the record of a patient with an authenticator and a passkey."""
    person_id = await came_in(world, "email")
    signed_in = await world.desk.sign_in(MAIL, CHOSEN, None, address=None)
    caller = caller_of(world, signed_in)
    await add_totp(world, caller)
    await add_passkey(world, caller)
    [record] = [
        each.id for each in world.transactions.tables.patients.values() if each.person_id == person_id
    ]
    return record


async def test_the_desk_gives_a_patient_a_way_back_by_password_and_confirmed_contact() -> None:
    world = World()
    record_id = await patient_with_factors(world)
    vouch = world.desk.staff.reset_factors.of_patient
    desk = replace(DESK_A, step_up_at=world.clock.now())
    assert await refused(vouch(record_id, DOCUMENT, DESK_A, address=None)) == "step_up_required"
    stranger = replace(DESK_B, step_up_at=world.clock.now())
    assert await refused(vouch(record_id, DOCUMENT, stranger, address=None)) == "not_found"
    assert await refused(vouch(new_id(), DOCUMENT, desk, address=None)) == "not_found"
    await vouch(record_id, DOCUMENT, desk, address="203.0.113.7")
    step = await begin(world, MAIL, CHOSEN)
    assert isinstance(step, Pending)  # the password does not stand alone now
    assert (step.factors, step.must_enrol) == ((Factor.CONTACT_CODE,), False)
    await world.desk.security.send_sign_in_code(step.ticket)
    [code] = codes_sent(world, "sign_in")
    done = await world.desk.security.prove_sign_in(step.ticket, contact(code), HERE)
    assert not isinstance(done, Pending)
    told = [
        e.channel for e in world.events if isinstance(e, AddressedMessage) and e.template == "factors_reset"
    ]
    assert told == ["email"]
    [row] = [e for e in world.transactions.tables.audit.values() if e.action == "patient.factors_reset"]
    assert (row.patient_id, row.purpose) == (record_id, "identified_photo_document")


async def test_a_clinic_that_did_not_register_the_patient_first_does_not_vouch() -> None:
    world = World()
    await patient_with_factors(world)
    second = await register(world, DESK_B)
    caller = replace(DESK_B, step_up_at=world.clock.now())
    vouching = world.desk.staff.reset_factors.of_patient(UUID(second["id"]), DOCUMENT, caller, address=None)
    assert await refused(vouching) == "another_clinic_vouches"


@pytest.mark.parametrize("first", ["contact", "factors"])
async def test_one_hand_at_the_desk_does_not_change_the_contact_and_remove_the_factors(first: str) -> None:
    """It would let itself in: by a reset of the password to a contact of its own."""
    world = World()
    record = await patient_with_factors(world)
    hand = replace(DESK_A, step_up_at=world.clock.now())
    colleague = replace(hand, account_id=new_id())
    mine, at_desk = NewContact.parse("other@example.com", None), world.desk.identity.contact_at_desk
    vouch = world.desk.staff.reset_factors.of_patient

    async def change(caller: Principal) -> None:
        await at_desk.request(record, mine, ContactReason.LOST, caller)
        [*_, code] = [each.code for each in world.events if isinstance(each, AddressedMessage) and each.code]
        await at_desk.confirm(record, code, caller, address=None)

    if first == "contact":
        await change(hand)
        assert await refused(vouch(record, DOCUMENT, hand, address=None)) == "another_hand"
        await vouch(record, DOCUMENT, colleague, address=None)
    else:
        await vouch(record, DOCUMENT, hand, address=None)
        assert await refused(change(hand)) == "another_hand"
        await change(colleague)
