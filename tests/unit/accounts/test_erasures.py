"""A person asks to be erased: confirmed, with time to withdraw, decided where something is to be weighed, whole."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.accounts.application.commands.carry_out_erasure import CarryOutErasure
from services.accounts.application.commands.grant_proxy import TypedProxy
from services.accounts.application.erasure_receipts import Receipt
from services.accounts.application.ports import Credentials, RepeatKey
from services.accounts.domain.erasure import ANONYMISED_NAME, WAITING, ErasureState, typed_receipt_code
from services.accounts.domain.erasure_items import ErasureItem, Outcome
from services.accounts.domain.events import AccountDeleted, AddressedMessage
from services.accounts.domain.session import Session
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B, CPF_ANA, CPF_BENTO, NOW, PASSWORD, World
from tests.unit.accounts.test_merges import admins, code_of, propose, record, two
from tests.unit.accounts.test_people import DESK_A, DESK_B, found, register

ADDRESS = "203.0.113.7"


def a_patient(world: World, person_id: UUID) -> Principal:
    """The patient, who has just confirmed."""
    return Principal(person_id, frozenset({Role.PATIENT}), step_up_at=world.clock.now())


async def ana(world: World, **typed: Any) -> tuple[UUID, Principal]:
    """Ana with a record in clinic A, a password and an open session."""
    made = UUID((await register(world, cpf=CPF_ANA, **typed))["id"])
    person_id = record(world, made).person_id
    async with world.transactions.write(person_id=person_id) as work:
        await work.credentials.save(Credentials(person_id, await world.hasher.hash(PASSWORD)))
        await work.sessions.start(Session(new_id(), person_id, None, NOW, NOW), b"token")
    return made, a_patient(world, person_id)


async def ask(world: World, caller: Principal) -> Receipt:
    return await world.desk.erasure.request(caller, address=ADDRESS)


async def carry_out(world: World) -> int:
    """Do what the worker does by the clock; return how many requests had something to do."""
    command = CarryOutErasure(world.transactions, world.devices.erasure_directory, world.clock)
    return sum([await command(*each) for each in await command.due(10)])


def after(world: World, wait: timedelta = WAITING) -> None:
    world.clock.at = NOW + wait


def told(world: World) -> list[AccountDeleted]:
    return [event for event in world.events if isinstance(event, AccountDeleted)]


def item(receipt: Receipt, name: str, clinic_id: UUID | None = None) -> ErasureItem:
    [one] = [each for each in receipt.items if each.name == name and clinic_id in {None, each.clinic_id}]
    return one


async def test_it_needs_a_fresh_confirmation_and_every_contact_is_told() -> None:
    world = World()
    _, caller = await ana(world)
    stale = replace(caller, step_up_at=None)
    assert await code_of(world.desk.erasure.request(stale, address=None)) == "step_up_required"
    assert world.transactions.tables.erasures == {}
    receipt = await ask(world, caller)
    words = [each for each in world.events if isinstance(each, AddressedMessage)]
    assert {(each.template, each.channel) for each in words} == {
        ("erasure_requested", "email"), ("erasure_requested", "sms"),
    }  # fmt: skip
    assert {each.at for each in words} == {NOW + WAITING} == {receipt.erasure.due_at}
    assert world.audited.count("patient.erasure_request") == 1


async def test_asking_twice_gives_the_one_that_waits() -> None:
    world = World()
    _, caller = await ana(world)
    assert await ask(world, caller) == await ask(world, caller)
    assert len([each for each in world.events if isinstance(each, AddressedMessage)]) == 2


async def test_nothing_is_erased_before_its_time_nor_after_it_was_withdrawn() -> None:
    world = World()
    patient_id, caller = await ana(world)
    await ask(world, caller)
    before = record(world, patient_id)
    after(world, WAITING - timedelta(seconds=1))
    assert await carry_out(world) == 0
    await world.desk.erasure.withdraw(caller, address=ADDRESS)
    after(world, WAITING * 2)
    assert await carry_out(world) == 0
    assert record(world, patient_id) == before
    assert await code_of(world.desk.erasure.withdraw(caller, address=None)) == "erasure_closed"
    assert (await ask(world, a_patient(world, caller.account_id))).erasure.state is ErasureState.REQUESTED


async def test_carried_out_nothing_names_finds_or_lets_in_the_person() -> None:
    world = World()
    patient_id, caller = await ana(world, social_name="Flor Lima", mother_name="Rosa Lima")
    receipt = await ask(world, caller)
    after(world)
    assert await carry_out(world) == 1
    erased, tables = record(world, patient_id), world.transactions.tables
    assert (erased.name, erased.social_name, erased.mother_name) == (ANONYMISED_NAME, None, None)
    assert (erased.cpf, erased.cns, erased.email, erased.phone) == (None, None, None, None)
    assert (erased.birth_date, erased.erased) == (date(1988, 1, 1), True)
    account = tables.accounts[caller.account_id]
    assert (account.name, account.birth_date, account.email, account.phone) == (
        ANONYMISED_NAME,
        None,
        None,
        None,
    )
    assert caller.account_id not in tables.logins.values()
    assert tables.credentials[caller.account_id] == Credentials(caller.account_id)
    assert all(session.revoked_at for session in tables.sessions.values())
    assert await found(world, "ana") == []
    assert await found(world, erased.record_number) == []
    again = await world.desk.erasure.read.by_code(receipt.erasure.receipt_code)
    assert (again.erasure.state, again.erasure.done_at) == (ErasureState.DONE, NOW + WAITING)
    assert all(each.done for each in again.items)


async def test_carried_out_again_it_changes_nothing() -> None:
    world = World()
    _, caller = await ana(world)
    receipt = await ask(world, caller)
    after(world)
    await carry_out(world)
    seen = len(world.events), len(world.audited)
    command = CarryOutErasure(world.transactions, world.devices.erasure_directory, world.clock)
    assert not await command(receipt.erasure.id, caller.account_id)
    assert (len(world.events), len(world.audited)) == seen


async def test_every_clinic_is_told_and_the_audit_has_a_row_for_each_record() -> None:
    world = World()
    _, caller = await ana(world)
    await register(world, DESK_B, cpf=CPF_ANA)
    await ask(world, caller)
    after(world)
    await carry_out(world)
    assert {(each.clinic_id, each.identity_kept) for each in told(world)} == {
        (CLINIC_A.id, False), (CLINIC_B.id, False),
    }  # fmt: skip
    assert world.audited.count("patient.erase") == 2


async def test_a_clinic_keeps_the_identity_for_a_while_and_then_it_goes_by_itself() -> None:
    world = World()
    patient_id, caller = await ana(world)
    await register(world, DESK_B, cpf=CPF_ANA)
    receipt = await ask(world, caller)
    [admin, _] = await admins(world)
    until = NOW + timedelta(days=100)
    await world.desk.erasure.decide(
        receipt.erasure.id, admin, keep_until=until, reason="processo em curso", address=ADDRESS
    )
    after(world)
    await carry_out(world)
    kept = record(world, patient_id)
    assert (kept.name, kept.cpf, kept.email, kept.phone) == ("Ana Lima", CPF_ANA, None, None)
    assert {(each.clinic_id, each.identity_kept) for each in told(world)} == {
        (CLINIC_A.id, True), (CLINIC_B.id, False),
    }  # fmt: skip
    shown = await world.desk.erasure.read.by_code(receipt.erasure.receipt_code)
    one = item(shown, "identity", CLINIC_A.id)
    assert (one.outcome, one.until, one.reason) == (Outcome.KEPT, until.date(), "processo em curso")
    assert item(shown, "identity", CLINIC_B.id).outcome is Outcome.ERASED
    after(world, timedelta(days=100))
    assert await carry_out(world) == 1
    assert record(world, patient_id).erased
    last = told(world)[-1]
    assert (last.clinic_id, last.identity_kept) == (CLINIC_A.id, False)
    assert last.account.version > told(world)[0].account.version
    assert await carry_out(world) == 0


async def test_a_decision_needs_a_reason_a_sensible_end_and_an_administrator() -> None:
    world = World()
    _, caller = await ana(world)
    receipt = await ask(world, caller)
    [admin, _] = await admins(world)
    erasure_id, decide = receipt.erasure.id, world.desk.erasure.decide

    async def refusal(who: Principal, **what: Any) -> str:
        asked: dict[str, Any] = {"keep_until": None, "reason": "conferido", "address": None} | what
        return await code_of(decide(erasure_id, who, **asked))

    assert await refusal(admin, reason="x") == "reason_short"
    assert await refusal(admin, keep_until=NOW + timedelta(days=1)) == "keep_until"
    assert await refusal(admin, keep_until=NOW + timedelta(days=366 * 30)) == "keep_until"
    assert await refusal(DESK_A) == "forbidden"
    of_b = await world.staff("admin@b.test", Role.ADMINISTRATOR, clinic=CLINIC_B)
    assert await refusal(of_b) == "not_found"
    after(world)
    await carry_out(world)
    assert await refusal(admin) == "erasure_closed"


async def test_the_clinic_sees_what_waits_for_it_and_nothing_of_another() -> None:
    world = World()
    patient_id, caller = await ana(world)
    await ask(world, caller)
    [admin, _] = await admins(world)
    [waiting] = await world.desk.erasure.read.waiting(admin, after=None, limit=10, address=ADDRESS)
    assert [each.id for each in waiting.records] == [patient_id]
    of_b = await world.staff("admin@b.test", Role.ADMINISTRATOR, clinic=CLINIC_B)
    assert await world.desk.erasure.read.waiting(of_b, after=None, limit=10, address=None) == []
    assert world.audited.count("patient.erasure_list") == 2


async def test_a_merged_record_goes_with_its_survivor_and_does_not_ask_by_itself() -> None:
    world = World()
    pair = await two(world)
    merge_id = await propose(world, pair)
    [admin, _] = await admins(world)
    await world.desk.merges.decide(merge_id, admin, merge=True, address=None)
    survivor, duplicate = record(world, pair[0]), record(world, pair[1])
    alone = a_patient(world, duplicate.person_id)
    assert await code_of(world.desk.erasure.request(alone, address=None)) == "erasure_of_merged"
    await ask(world, a_patient(world, survivor.person_id))
    after(world)
    await carry_out(world)
    assert (record(world, pair[0]).erased, record(world, pair[1]).erased) == (True, True)
    names = {world.transactions.tables.accounts[each.person_id].name for each in (survivor, duplicate)}
    assert names == {ANONYMISED_NAME}
    assert {each.account.id for each in told(world)} == {survivor.person_id, duplicate.person_id}


async def test_what_was_given_and_held_ends_and_loses_the_name() -> None:
    world = World()
    _, caller = await ana(world)
    bento = UUID((await register(world, cpf=CPF_BENTO, name="Bento Sá", birth_date="1980-05-05"))["id"])
    reader = record(world, bento).person_id
    typed = TypedProxy(
        label="Meu irmão Bento", cpf=CPF_BENTO, birth_date="1980-05-05", scope="values",
        until=NOW + timedelta(days=30),
    )  # fmt: skip
    key = RepeatKey(str(new_id()), "POST /me/proxies", b"{}")
    await world.desk.grant_proxy(typed, caller, key, address=None)
    await ask(world, caller)
    after(world)
    await carry_out(world)
    [proxy] = world.transactions.tables.proxies.values()
    assert proxy.reader_id == reader
    assert (proxy.person_name, proxy.label, proxy.ended_at) == (
        ANONYMISED_NAME,
        ANONYMISED_NAME,
        NOW + WAITING,
    )


async def test_staff_are_not_erased_while_they_work() -> None:
    world = World()
    doctor = await world.staff()
    caller = replace(doctor, step_up_at=NOW)
    assert await code_of(world.desk.erasure.request(caller, address=None)) == "erasure_of_staff"


async def test_the_receipt_opens_by_its_code_however_it_is_typed_and_by_no_other() -> None:
    world = World()
    _, caller = await ana(world)
    code = (await ask(world, caller)).erasure.receipt_code
    read = world.desk.erasure.read
    assert typed_receipt_code(code.lower().replace("-", " ")) == code
    assert (await read.by_code(code.lower().replace("-", ""))).erasure.receipt_code == code
    other = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert await code_of(read.by_code(other)) == "receipt_unknown"


async def test_who_was_erased_may_be_registered_anew_as_another_person() -> None:
    world = World()
    patient_id, caller = await ana(world)
    await ask(world, caller)
    after(world)
    await carry_out(world)
    fresh = UUID((await register(world, cpf=CPF_ANA))["id"])
    assert fresh != patient_id
    assert record(world, fresh).person_id != caller.account_id
