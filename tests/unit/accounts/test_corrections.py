"""A patient proposes a correction; the clinic answers; what stood before is kept."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.accounts.application.ports import RepeatKey
from services.accounts.domain.correction import Correction, CorrectionField, CorrectionState
from services.accounts.domain.events import AccountUpdated, PatientRegistered
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.samples import CPF_ANA, World
from tests.unit.accounts.test_erasures import a_patient, after, ask, carry_out
from tests.unit.accounts.test_merges import code_of, record
from tests.unit.accounts.test_people import DESK_A, DESK_B, found, register


async def ana(world: World) -> tuple[UUID, Principal]:
    made = UUID((await register(world, cpf=CPF_ANA, social_name="Ana Flor"))["id"])
    return made, a_patient(world, record(world, made).person_id)


async def propose(
    world: World,
    patient_id: UUID,
    caller: Principal,
    field: str,
    value: str,
    reason: str = "erro de digitação",
) -> UUID:
    key = RepeatKey(str(new_id()), "POST /me/corrections", b"{}")
    made = await world.desk.corrections.propose(
        patient_id, CorrectionField(field), value, reason, caller, key, address="203.0.113.7"
    )
    return UUID(made["id"])


async def answer(
    world: World,
    correction_id: UUID,
    caller: Principal = DESK_A,
    *,
    accept: bool = True,
    text: str = "conferido",
) -> None:
    await world.desk.corrections.decide(correction_id, caller, accept=accept, answer=text, address=None)


async def own(world: World, caller: Principal) -> list[Correction]:
    return list(await world.desk.corrections.listed.own(caller))


@pytest.mark.parametrize(
    ("field", "typed", "stands"),
    [
        ("name", "  Ana  Lívia Lima ", "Ana Lívia Lima"),
        ("social_name", "", None),
        ("mother_name", "Rosa Lima", "Rosa Lima"),
        ("birth_date", "1988-02-18", date(1988, 2, 18)),
        ("sex", "other", "other"),
    ],
)
async def test_accepted_the_record_reads_as_proposed_and_everybody_is_told(
    field: str, typed: str, stands: Any
) -> None:
    world = World()
    patient_id, caller = await ana(world)
    before = record(world, patient_id)
    correction_id = await propose(world, patient_id, caller, field, typed)
    assert record(world, patient_id) == before, "nothing changes until somebody has looked"
    await answer(world, correction_id)
    changed = record(world, patient_id)
    assert (getattr(changed, field), changed.version) == (stands, before.version + 1)
    assert [each.record for each in world.events if isinstance(each, PatientRegistered)][-1] == changed
    told = [each for each in world.events if isinstance(each, AccountUpdated)][-1]
    assert told.patient == changed
    account = world.transactions.tables.accounts[caller.account_id]
    assert (account.name, account.birth_date) == (changed.social_name or changed.name, changed.birth_date)
    [seen] = await own(world, caller)
    assert seen.facts is not None
    assert (seen.state, seen.facts.answer) == (CorrectionState.ACCEPTED, "conferido")
    assert seen.facts.previous != seen.facts.proposed
    assert {"patient.correction_propose", "patient.correction_accept"} <= set(world.audited)


async def test_refused_nothing_changes_and_the_patient_reads_why() -> None:
    world = World()
    patient_id, caller = await ana(world)
    before = record(world, patient_id)
    correction_id = await propose(world, patient_id, caller, "name", "Outra Pessoa")
    await answer(world, correction_id, accept=False, text="o documento diz outra coisa")
    assert record(world, patient_id) == before
    [seen] = await own(world, caller)
    assert seen.facts is not None
    assert (seen.state, seen.facts.answer) == (CorrectionState.REFUSED, "o documento diz outra coisa")
    assert await code_of(answer(world, correction_id)) == "correction_closed"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "value_missing"),
        ("name", "Ana Lima", "correction_same"),
        ("name", "Ana <script>", "name_invalid"),
        ("birth_date", "2999-01-01", "birth_date_in_future"),
        ("sex", "X", "sex_unknown"),
    ],
)
async def test_what_the_desk_could_not_have_typed_is_refused_at_once(
    field: str, value: str, code: str
) -> None:
    world = World()
    patient_id, caller = await ana(world)
    assert await code_of(propose(world, patient_id, caller, field, value)) == code
    assert await own(world, caller) == []


async def test_one_waits_for_each_field_and_another_persons_record_is_not_there() -> None:
    world = World()
    patient_id, caller = await ana(world)
    await propose(world, patient_id, caller, "name", "Ana Lívia Lima")
    assert await code_of(propose(world, patient_id, caller, "name", "Ana L. Lima")) == "correction_open"
    await propose(world, patient_id, caller, "sex", "other")
    stranger = Principal(new_id(), frozenset({Role.PATIENT}))
    assert await code_of(propose(world, patient_id, stranger, "name", "Mallory Lima")) == "not_found"


async def test_a_record_that_changed_meanwhile_is_not_overwritten() -> None:
    world = World()
    patient_id, caller = await ana(world)
    first = await propose(world, patient_id, caller, "name", "Ana Lívia Lima")
    changed = record(world, patient_id)
    world.transactions.tables.patients[patient_id] = type(changed)(
        **{name: getattr(changed, name) for name in changed.__slots__} | {"name": "Ana Paula Lima"}
    )
    assert await code_of(answer(world, first)) == "correction_outdated"
    assert record(world, patient_id).name == "Ana Paula Lima"


async def test_the_clinic_of_the_record_answers_and_no_other() -> None:
    world = World()
    patient_id, caller = await ana(world)
    correction_id = await propose(world, patient_id, caller, "name", "Ana Lívia Lima")
    listed = world.desk.corrections.listed.open_ones
    [waiting] = await listed(DESK_A, after=None, limit=5, address=None)
    assert (waiting.correction.id, waiting.record.id) == (correction_id, patient_id)
    assert await listed(DESK_B, after=None, limit=5, address=None) == []
    assert await code_of(answer(world, correction_id, DESK_B)) == "not_found"
    await answer(world, correction_id)
    assert await listed(DESK_A, after=None, limit=5, address=None) == []
    assert await found(world, "livia") == ["Ana Lívia Lima"]


async def test_what_was_corrected_goes_with_the_person_and_that_it_was_stays() -> None:
    world = World()
    patient_id, caller = await ana(world)
    await propose(world, patient_id, caller, "name", "Ana Lívia Lima")
    await ask(world, caller)
    after(world)
    await carry_out(world)
    [left] = await own(world, caller)
    assert (left.facts, left.field) == (None, CorrectionField.NAME)
    assert await world.desk.corrections.listed.open_ones(DESK_A, after=None, limit=5, address=None) == []
