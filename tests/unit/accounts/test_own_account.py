"""Signing up, linking a clinic's record, changing a contact: who proves what, and what a stranger learns."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.accounts.application.commands.change_contact_at_desk import ContactReason
from services.accounts.application.commands.start_sign_up import TypedSignUp
from services.accounts.domain.account import Account
from services.accounts.domain.events import (
    AccountCreated,
    AccountDeleted,
    AccountUpdated,
    AddressedMessage,
    OneTimeCodeIssued,
)
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.new_contact import NewContact
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B, CPF_ANA, CPF_BENTO, World
from tests.unit.accounts.test_people import DESK_A, DESK_B, register

MAIL = "ana.nova@example.com"
CHOSEN = "quatro palavras bem longas"
MOBILE = "+5511987654321"


async def refused(work: Awaitable[Any]) -> str:
    with pytest.raises(LaudoError) as error:
        await work
    codes = [each.kind.code for each in error.value.errors] or [error.value.kind.code]
    return ",".join(code.removeprefix("accounts.") for code in codes)


def messages(world: World) -> list[AddressedMessage]:
    return [event for event in world.events if isinstance(event, AddressedMessage)]


def code_to(world: World, address: str) -> str:
    code = [message.code for message in messages(world) if message.address == address][-1]
    assert code is not None
    return code


async def start(world: World, **changes: Any) -> UUID:
    facts = {"name": "Ana Lima", "birth_date": "1988-02-17", "email": MAIL, "clinic_id": CLINIC_A.id}
    return await world.desk.identity.start_sign_up(TypedSignUp(**{**facts, **changes}))


async def signed_up(world: World, **changes: Any) -> Principal:
    sign_up_id = await start(world, **changes)
    code = code_to(world, changes.get("email", MAIL))
    await world.desk.identity.complete_sign_up(sign_up_id, code, CHOSEN, address=None)
    return Principal(sign_up_id, frozenset({Role.PATIENT}))


def account(world: World, account_id: UUID) -> Account:
    return world.transactions.tables.accounts[account_id]


async def test_an_account_exists_once_the_code_came_back_and_not_before() -> None:
    world = World()
    sign_up_id = await start(world)
    assert world.transactions.tables.accounts == {}
    assert await world.devices.directory.person_of_login(Login.typed(MAIL)) is None
    await world.desk.identity.complete_sign_up(sign_up_id, code_to(world, MAIL), CHOSEN, address=None)
    signed_in = await world.desk.sign_in(MAIL, CHOSEN, None, address=None)
    assert signed_in.identity.roles == {Role.PATIENT}
    assert [type(event) for event in world.events] == [AddressedMessage, AccountCreated]
    assert world.audited == ["account.sign_up", "session.start"]


async def test_who_has_an_account_already_is_told_in_the_mailbox_and_nobody_else_learns_it() -> None:
    world = World()
    await world.patient(MAIL)
    known, fresh = await start(world), await start(world, email="free@example.com")
    assert type(known) is type(fresh)
    told = messages(world)
    assert [(each.template, each.code is None) for each in told] == [
        ("account_exists", True),
        ("contact_code", False),
    ]
    kept = len(world.transactions.tables.confirmations)
    assert kept == 2
    complete = world.desk.identity.complete_sign_up
    answers = {
        await refused(complete(each, "000000", CHOSEN, address=None)) for each in (known, fresh, new_id())
    }
    assert answers == {"confirmation_failed"}


async def test_signing_up_costs_the_same_whether_the_address_is_known() -> None:
    world, work = World(), list[tuple[int, ...]]()
    await world.patient(MAIL)
    for address in (MAIL, "nobody@example.com"):
        tables = world.transactions.tables
        before = (world.hasher.hashed, len(tables.confirmations), len(world.events))
        sign_up_id = await start(world, email=address)
        assert await refused(
            world.desk.identity.complete_sign_up(sign_up_id, "no code", CHOSEN, address=None)
        )
        tables = world.transactions.tables
        after = (world.hasher.hashed, len(tables.confirmations), len(world.events))
        work.append(tuple(now - then for now, then in zip(after, before, strict=True)))
    assert work[0] == work[1]
    assert work[0][1:] == (1, 1)


async def test_a_code_is_good_for_five_tries_ten_minutes_and_once() -> None:
    world = World()
    complete = world.desk.identity.complete_sign_up
    sign_up_id = await start(world)
    code = code_to(world, MAIL)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert await refused(complete(sign_up_id, wrong, CHOSEN, address=None)) == "confirmation_failed"
    assert await refused(complete(sign_up_id, code, CHOSEN, address=None)) == "confirmation_failed"
    late = await start(world)
    world.clock.advance(timedelta(minutes=10))
    assert await refused(complete(late, code_to(world, MAIL), CHOSEN, address=None)) == "confirmation_failed"
    await signed_up(world)
    again = complete(late, code_to(world, MAIL), CHOSEN, address=None)
    assert await refused(again) == "confirmation_failed"


async def test_the_code_of_one_sign_up_opens_no_other() -> None:
    world = World()
    theirs = await start(world, email="victim@example.com")
    await start(world, email="thief@example.com")
    stolen = world.desk.identity.complete_sign_up(
        theirs, code_to(world, "thief@example.com"), CHOSEN, address=None
    )
    if code_to(world, "thief@example.com") != code_to(world, "victim@example.com"):
        assert await refused(stolen) == "confirmation_failed"


async def test_of_two_sign_ups_of_one_address_the_first_to_confirm_has_it() -> None:
    world = World()
    first = await start(world)
    first_code = code_to(world, MAIL)
    await signed_up(world)
    late = world.desk.identity.complete_sign_up(first, first_code, CHOSEN, address=None)
    assert await refused(late) == "sign_up_known"
    assert len(world.transactions.tables.accounts) == 1


async def test_a_mailbox_is_not_flooded() -> None:
    world = World()
    for _ in range(5):
        await start(world)
    assert await refused(start(world)) == "too_many_attempts"
    await start(world, email="other@example.com")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "1", "birth_date": "31/12/1990", "email": "x"}, "name_invalid,date_invalid,email_invalid"),
        ({"birth_date": "2126-01-01"}, "birth_date_in_future"),
        ({"clinic_id": new_id()}, "clinic_unknown"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_sent(changes: dict[str, Any], code: str) -> None:
    world = World()
    assert await refused(start(world, **changes)) == code
    assert world.events == []


async def on_file(world: World, **changes: Any) -> UUID:
    """A patient registered at a desk who never signed in."""
    return UUID((await register(world, DESK_A, email="ana@example.com", **changes))["person_id"])


async def test_whoever_knows_cpf_and_birth_date_alone_sees_no_record() -> None:
    """The thief signs up with the victim's data: the code goes to the contact the clinic has, and nowhere else."""
    world = World()
    victim = await on_file(world)
    thief = await signed_up(world, email="thief@example.com")
    await world.desk.identity.request_record_link(CPF_ANA, thief)
    [issued] = [event for event in world.events if isinstance(event, OneTimeCodeIssued)]
    assert (issued.account_id, issued.purpose) == (victim, "record_link")
    assert not [each for each in messages(world) if each.code == issued.code]
    for guess in ("000000", "123456"):
        if guess != issued.code:
            confirm = world.desk.identity.confirm_record_link(guess, thief, address=None)
            assert await refused(confirm) == "confirmation_failed"
    me = await world.desk.who_am_i(thief)
    assert me.records == ()
    assert not account(world, victim).has_password


async def link(world: World, who: Principal) -> None:
    await world.desk.identity.request_record_link(CPF_ANA, who)
    [*_, issued] = [event for event in world.events if isinstance(event, OneTimeCodeIssued)]
    await world.desk.identity.confirm_record_link(issued.code, who, address="203.0.113.5")


async def test_with_the_code_from_the_contact_on_file_the_person_has_one_sign_in_and_the_records() -> None:
    world = World()
    person_id = await on_file(world)
    await register(world, DESK_B)
    me = await signed_up(world)
    session = await world.desk.sign_in(MAIL, CHOSEN, None, address=None)
    await link(world, me)
    assert await refused(world.desk.refresh(session.refresh_token, address=None)) == "session_ended"
    for login in (MAIL, CPF_ANA):
        signed_in = await world.desk.sign_in(login, CHOSEN, None, address=None)
        assert signed_in.identity.account.id == person_id
    records = (await world.desk.who_am_i(Principal(person_id, frozenset({Role.PATIENT})))).records
    assert {record.clinic.id for record in records} == {CLINIC_A.id, CLINIC_B.id}
    told = [event for event in world.events if isinstance(event, AccountUpdated)][-2:]
    assert {event.patient.clinic_id for event in told if event.patient} == {CLINIC_A.id, CLINIC_B.id}
    assert {event.account.email for event in told} == {MAIL}
    [deleted] = [event for event in world.events if isinstance(event, AccountDeleted)]
    assert (deleted.account.id, deleted.account.email, deleted.account.version) == (me.account_id, None, 2)
    assert ("contact_changed", "ana@example.com") in {
        (each.template, each.address) for each in messages(world)
    }
    assert world.audited.count("account.record_link") == 1


@pytest.mark.parametrize("case", ["nobody", "other birth date", "signed in before", "without contact"])
async def test_asking_for_records_answers_the_same_whoever_is_found(case: str) -> None:
    world = World()
    if case != "nobody":
        contact = (
            {"email": None, "phone": None} if case == "without contact" else {"email": "ana@example.com"}
        )
        born = "1977-01-01" if case == "other birth date" else "1988-02-17"
        person_id = UUID((await register(world, DESK_A, birth_date=born, **contact))["person_id"])
        if case == "signed in before":
            known = account(world, person_id)
            world.transactions.tables.accounts[person_id] = known.with_password()
    me = await signed_up(world)
    await world.desk.identity.request_record_link(CPF_ANA, me)
    sent = [event for event in world.events if isinstance(event, OneTimeCodeIssued)]
    assert len(sent) == (case == "without contact")  # notification finds no address and says so in its log
    confirm = world.desk.identity.confirm_record_link("000000", me, address=None)
    assert await refused(confirm) == "confirmation_failed"


async def test_who_signed_in_another_way_meanwhile_is_left_alone() -> None:
    world = World()
    person_id = await on_file(world)
    me = await signed_up(world)
    await world.desk.identity.request_record_link(CPF_ANA, me)
    [*_, issued] = [event for event in world.events if isinstance(event, OneTimeCodeIssued)]
    world.transactions.tables.accounts[person_id] = account(world, person_id).with_password()
    before = world.transactions.tables.copy()
    confirm = world.desk.identity.confirm_record_link(issued.code, me, address=None)
    assert await refused(confirm) == "confirmation_failed"
    after = world.transactions.tables
    assert (after.logins, after.credentials, after.accounts) == (
        before.logins,
        before.credentials,
        before.accounts,
    )


async def test_codes_about_one_cpf_are_counted_whoever_asks() -> None:
    world = World()
    await on_file(world)
    for number in range(5):
        me = await signed_up(world, email=f"someone{number}@example.com")
        await world.desk.identity.request_record_link(CPF_ANA, me)
    other = await signed_up(world, email="other@example.com")
    assert await refused(world.desk.identity.request_record_link(CPF_ANA, other)) == "too_many_attempts"
    await world.desk.identity.request_record_link(CPF_BENTO, other)


async def test_an_account_with_records_links_no_others() -> None:
    world = World()
    await on_file(world)
    me = await signed_up(world)
    await link(world, me)
    heir = Principal(next(iter(world.transactions.tables.logins.values())), frozenset({Role.PATIENT}))
    assert await refused(world.desk.identity.request_record_link(CPF_BENTO, heir)) == "has_records"
    assert await refused(world.desk.identity.request_record_link("123", heir)) == "cpf_invalid"


async def ask(world: World, me: Principal, email: str | None = None, phone: str | None = None) -> bool:
    """Ask as somebody who has just confirmed."""
    confirmed = replace(me, step_up_at=world.clock.now())
    return await world.desk.identity.request_contact_change(NewContact.parse(email, phone), confirmed)


async def test_a_contact_changes_only_after_a_fresh_step_up() -> None:
    """ASVS 5.0, 7.5.1: a mailbox and a session left open on the same screen are not enough."""
    world = World()
    me = await signed_up(world)
    sent, contact = len(messages(world)), NewContact.parse("new@example.com", None)
    for proved_at in (None, world.clock.now() - timedelta(minutes=5, seconds=1)):
        asking = world.desk.identity.request_contact_change(contact, replace(me, step_up_at=proved_at))
        assert await refused(asking) == "step_up_required"
    assert len(messages(world)) == sent


async def test_an_email_changes_once_both_have_confirmed_and_the_old_one_is_told() -> None:
    world = World()
    me = await signed_up(world)
    assert await ask(world, me, "new@example.com")
    new, old = code_to(world, "new@example.com"), code_to(world, MAIL)
    assert account(world, me.account_id).email == MAIL
    confirm = world.desk.identity.confirm_contact_change
    for codes in ([new], [new, "000000"], ["000000", old], [old, new]):
        assert await refused(confirm(codes, me, address=None)) == "confirmation_failed"
    assert account(world, me.account_id).email == MAIL
    await confirm([new, old], me, address=None)
    assert account(world, me.account_id).email == "new@example.com"
    assert (messages(world)[-1].template, messages(world)[-1].address) == ("contact_changed", MAIL)
    assert (await world.desk.sign_in("new@example.com", CHOSEN, None, address=None)).identity.account.id
    assert await refused(world.desk.sign_in(MAIL, CHOSEN, None, address=None)) == "sign_in_failed"
    assert "account.email_change" in world.audited


async def test_a_first_mobile_number_is_confirmed_on_it_and_on_the_email() -> None:
    world = World()
    me = await signed_up(world)
    await ask(world, me, phone="11 98765-4321")
    codes = [code_to(world, MOBILE), code_to(world, MAIL)]
    before = len(messages(world))
    await world.desk.identity.confirm_contact_change(codes, me, address=None)
    changed = account(world, me.account_id)
    assert changed.phone is not None
    assert changed.phone.e164 == MOBILE
    assert len(messages(world)) == before  # there was no number to tell
    assert isinstance(world.events[-1], AddressedMessage)  # and no clinic knows the person yet


@pytest.mark.parametrize(
    ("email", "phone", "code"),
    [
        (None, None, "contact_missing"),
        ("a@example.com", "11987654321", "contact_missing"),
        ("nope", None, "email_invalid"),
        (None, "11 3456-7890", "phone_not_mobile"),
        (None, "123", "phone_invalid"),
        (MAIL, None, "contact_same"),
    ],
)
async def test_a_contact_that_cannot_be_is_refused(email: str | None, phone: str | None, code: str) -> None:
    world = World()
    me = await signed_up(world)
    assert await refused(ask(world, me, email, phone)) == code


async def test_an_email_others_sign_in_with_is_not_taken_over() -> None:
    world = World()
    other = await world.patient("new@example.com")
    me = await signed_up(world)
    await ask(world, me, "new@example.com")
    codes = [code_to(world, "new@example.com"), code_to(world, MAIL)]
    confirm = world.desk.identity.confirm_contact_change(codes, me, address=None)
    assert await refused(confirm) == "contact_login_taken"
    assert await world.devices.directory.person_of_login(Login.typed("new@example.com")) == other.id
    assert account(world, me.account_id).email == MAIL


async def test_codes_are_a_minute_apart() -> None:
    world = World()
    me = await signed_up(world)
    await ask(world, me, "new@example.com")
    assert await refused(ask(world, me, "newer@example.com")) == "code_too_soon"
    world.clock.advance(timedelta(minutes=1))
    await ask(world, me, "newer@example.com")


async def at_desk(world: World, patient_id: UUID, caller: Principal = DESK_A) -> None:
    contact = NewContact.parse("right@example.com", None)
    await world.desk.identity.contact_at_desk.request(patient_id, contact, ContactReason.LOST, caller)


async def test_at_the_desk_the_new_contact_confirms_the_reason_is_kept_and_the_old_one_is_told() -> None:
    world = World()
    made = await register(world, DESK_A, email="ana@example.com")
    patient_id, person_id = UUID(made["id"]), UUID(made["person_id"])
    await at_desk(world, patient_id)
    confirm = world.desk.identity.contact_at_desk.confirm
    assert await refused(confirm(patient_id, "000000", DESK_A, address=None)) == "confirmation_failed"
    other = Principal(new_id(), DESK_A.roles, DESK_A.clinic_id)
    code = code_to(world, "right@example.com")
    assert await refused(confirm(patient_id, code, other, address=None)) == "confirmation_failed"
    await confirm(patient_id, code, DESK_A, address="203.0.113.7")
    assert account(world, person_id).email == "right@example.com"
    record = world.transactions.tables.patients[patient_id]
    assert (record.email, record.version) == ("right@example.com", 2)
    assert ("contact_changed", "ana@example.com") in {
        (each.template, each.address) for each in messages(world)
    }
    entry = list(world.transactions.tables.audit.values())[-1]
    assert (entry.action, entry.purpose) == ("patient.email_change", "contact_lost")
    assert await world.devices.directory.person_of_login(Login.typed("right@example.com")) == person_id
    assert await world.devices.directory.person_of_login(Login.typed("ana@example.com")) is None


async def test_another_clinic_does_not_change_where_secrets_go() -> None:
    world = World()
    await register(world, DESK_A, email="ana@example.com")
    there = UUID((await register(world, DESK_B, email="ana@example.com"))["id"])
    assert await refused(at_desk(world, there, DESK_B)) == "another_clinics_contact"
    here = UUID((await register(world, DESK_A, cpf=CPF_BENTO, name="Bento Sá"))["id"])
    assert await refused(at_desk(world, here, DESK_B)) == "not_found"


async def test_a_cpf_stays_with_its_person_when_the_email_changes() -> None:
    world = World()
    made = await register(world, DESK_A, email="ana@example.com")
    await at_desk(world, UUID(made["id"]))
    code = code_to(world, "right@example.com")
    await world.desk.identity.contact_at_desk.confirm(UUID(made["id"]), code, DESK_A, address=None)
    of_cpf = await world.devices.directory.person_of_login(Login(LoginKind.CPF, CPF_ANA))
    assert of_cpf == UUID(made["person_id"])
