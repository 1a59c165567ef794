"""Two records of one person: found, proposed by one, merged by another, undone as it was."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import pytest

from services.accounts.application.ports import RepeatKey
from services.accounts.domain.events import PatientRegistered
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.samples import CLINIC_B, CPF_ANA, CPF_BENTO, World, typed_patient
from tests.unit.accounts.test_people import DESK_A, DESK_B, a_key, found, register

NONE: dict[str, Any] = {"cpf": None, "email": None, "phone": None}


async def refused(work: Awaitable[Any]) -> LaudoError:
    with pytest.raises(LaudoError) as error:
        await work
    return error.value


async def code_of(work: Awaitable[Any]) -> str:
    return (await refused(work)).kind.code.removeprefix("accounts.")


async def two(world: World, **of_second: Any) -> tuple[UUID, UUID]:
    """Ana with a CPF, and Ana once more without."""
    first = await register(world, cpf=CPF_ANA)
    second = await register(world, **{**NONE, "somebody_else": True, "name": "ANA  LIMA", **of_second})
    return UUID(first["id"]), UUID(second["id"])


async def admins(world: World) -> list[Principal]:
    return [await world.staff(f"admin{n}@a.test", Role.ADMINISTRATOR) for n in (1, 2)]


async def propose(
    world: World, pair: tuple[UUID, UUID], caller: Principal = DESK_A, reason: str = "mesma pessoa"
) -> UUID:
    repeat = RepeatKey(str(new_id()), "POST /merges", b"{}")
    made = await world.desk.merges.propose(*pair, reason, caller, repeat, address="203.0.113.7")
    return UUID(made["id"])


def record(world: World, patient_id: UUID) -> PatientRecord:
    return world.transactions.tables.patients[patient_id]


def last_told(world: World) -> PatientRegistered:
    return [event for event in world.events if isinstance(event, PatientRegistered)][-1]


async def test_registering_the_same_name_and_birth_date_asks_first(  # accents and case aside
) -> None:
    world = World()
    made = await register(world, name="João D'Ávila")
    again = {**NONE, "name": "joao d'avila"}
    asked = await refused(register(world, **again))
    assert asked.kind.code == "accounts.possible_duplicate"
    assert str(asked.params["existing_id"]) == made["id"]
    await register(world, **again, somebody_else=True)
    await register(world, **NONE, name="João Ávila")
    await register(world, **{**again, "birth_date": "1988-02-18"})
    await register(world, DESK_B, **again)


async def test_two_different_cpfs_are_two_people_and_nobody_is_asked() -> None:
    world = World()
    await register(world, cpf=CPF_ANA)
    await register(world, cpf=CPF_BENTO)
    assert len(world.transactions.tables.patients) == 2


async def test_a_repeat_with_the_same_key_is_not_asked_about_itself() -> None:
    world = World()
    key = a_key()
    first = await world.desk.register_patient(typed_patient(), DESK_A, key, address=None)
    assert await world.desk.register_patient(typed_patient(), DESK_A, key, address=None) == first


async def test_records_alike_are_listed_by_name_page_by_page() -> None:
    world = World()
    for name in ("Ana Lima", "Bia Sá", "Caio Paz"):
        for typed in (name, name.upper()):
            await register(world, **{**NONE, "somebody_else": True, "name": typed})
    await register(world, **{**NONE, "name": "Davi Só"})
    seen, after = [], None
    while True:
        page = await world.desk.merges.duplicates(DESK_A, after=after, limit=2, address=None)
        seen += [[each.name for each in group] for group in page.groups]
        after = page.next_after
        if after is None:
            break
    assert seen == [["Ana Lima", "ANA LIMA"], ["Bia Sá", "BIA SÁ"], ["Caio Paz", "CAIO PAZ"]]
    assert (await world.desk.merges.duplicates(DESK_B, after=None, limit=9, address=None)).groups == []


async def test_a_proposal_changes_nothing_and_its_proposer_does_not_decide() -> None:
    world = World()
    pair = await two(world)
    first, second = await admins(world)
    before = (record(world, pair[0]), record(world, pair[1]))
    merge_id = await propose(world, pair, first)
    decide = world.desk.merges.decide
    assert await code_of(decide(merge_id, first, merge=True, address=None)) == "merge_own_proposal"
    assert (record(world, pair[0]), record(world, pair[1])) == before
    await decide(merge_id, second, merge=True, address=None)
    assert record(world, pair[1]).merged_into == pair[0]


async def test_a_merged_record_points_to_the_survivor_and_its_exams_belong_to_that_person() -> None:
    world = World()
    pair = await two(world)
    merge_id = await propose(world, pair)
    [admin, _] = await admins(world)
    await world.desk.merges.decide(merge_id, admin, merge=True, address="203.0.113.8")
    survivor, duplicate = record(world, pair[0]), record(world, pair[1])
    told = last_told(world)
    assert (told.record, told.owner_id) == (duplicate, survivor.person_id)
    assert duplicate.version == 2
    assert await found(world, "ana") == ["Ana Lima"]
    assert await found(world, duplicate.record_number) == ["Ana Lima"]
    _, stands_for = await world.desk.get_patient(pair[0], DESK_A, address=None)
    assert list(stands_for) == [pair[1]]
    me = await world.desk.who_am_i(Principal(survivor.person_id, frozenset({Role.PATIENT})))
    assert [own.patient_id for own in me.records] == [pair[0]]
    other = await world.desk.who_am_i(Principal(duplicate.person_id, frozenset({Role.PATIENT})))
    assert other.records == ()
    rows = [entry for entry in world.transactions.tables.audit.values() if entry.action == "patient.merge"]
    assert {entry.patient_id for entry in rows} == set(pair)
    assert {entry.purpose for entry in rows} == {f"merge/{merge_id}"}


async def test_undoing_restores_the_record_exactly_and_may_be_merged_again() -> None:
    world = World()
    pair = await two(world)
    before = record(world, pair[1])
    [admin, _] = await admins(world)
    merge_id = await propose(world, pair)
    await world.desk.merges.decide(merge_id, admin, merge=True, address=None)
    undo = world.desk.merges.undo
    assert await code_of(undo(merge_id, "x", admin, address=None)) == "reason_short"
    await undo(merge_id, "eram irmãs gêmeas", admin, address=None)
    after = record(world, pair[1])
    restored = {name: getattr(after, name) for name in before.__slots__ if name != "version"}
    assert restored == {name: getattr(before, name) for name in before.__slots__ if name != "version"}
    assert after.version == 3
    assert last_told(world).owner_id is None
    assert await code_of(undo(merge_id, "de novo", admin, address=None)) == "merge_closed"
    page = await world.desk.merges.duplicates.merges(admin, after=None, limit=5, address=None)
    assert [(each.merge.state, each.merge.undone_reason) for each in page.merges] == [
        ("undone", "eram irmãs gêmeas")
    ]
    again = await propose(world, pair)
    await world.desk.merges.decide(again, admin, merge=True, address=None)


async def test_a_refused_proposal_changes_nothing_and_is_closed() -> None:
    world = World()
    pair = await two(world)
    [admin, _] = await admins(world)
    merge_id = await propose(world, pair)
    await world.desk.merges.decide(merge_id, admin, merge=False, address=None)
    assert record(world, pair[1]).merged_into is None
    assert (
        await code_of(world.desk.merges.decide(merge_id, admin, merge=True, address=None)) == "merge_closed"
    )
    await propose(world, pair)


@pytest.mark.parametrize(
    "of_second",
    [
        {"cpf": CPF_BENTO},
        {"birth_date": "1988-02-18"},
        {"sex": "M"},
    ],
)
async def test_what_differs_is_never_merged(of_second: dict[str, Any]) -> None:
    world = World()
    pair = await two(world, **of_second)
    assert await code_of(propose(world, pair)) == "merge_different"


async def test_health_cards_that_differ_are_never_merged() -> None:
    world = World()
    first = await register(world, cns="700000000000005")
    second = await register(world, **NONE, somebody_else=True, cns="100000000000007")
    assert await code_of(propose(world, (UUID(first["id"]), UUID(second["id"])))) == "merge_different"


async def test_the_record_with_a_cpf_remains_and_nothing_is_merged_with_itself_or_twice() -> None:
    world = World()
    ana, twin = await two(world)
    third = UUID((await register(world, **NONE, somebody_else=True))["id"])
    assert await code_of(propose(world, (twin, ana))) == "merge_wrong_way"
    assert await code_of(propose(world, (ana, ana))) == "merge_same"
    [admin, _] = await admins(world)
    await world.desk.merges.decide(await propose(world, (ana, twin)), admin, merge=True, address=None)
    assert await code_of(propose(world, (third, ana))) == "merge_taken"
    assert await code_of(propose(world, (twin, third))) == "merge_taken"
    assert await code_of(propose(world, (third, twin))) == "merge_taken"
    await propose(world, (ana, third))
    assert await code_of(propose(world, (ana, third))) == "merge_open"


async def test_what_changed_since_the_proposal_is_asked_again() -> None:
    world = World()
    ana, twin = await two(world)
    third = UUID((await register(world, **NONE, somebody_else=True))["id"])
    [admin, _] = await admins(world)
    waiting = await propose(world, (twin, third))
    await world.desk.merges.decide(await propose(world, (ana, twin)), admin, merge=True, address=None)
    assert await code_of(world.desk.merges.decide(waiting, admin, merge=True, address=None)) == "merge_taken"
    assert record(world, third).merged_into is None


async def test_another_clinic_finds_neither_record_nor_proposal() -> None:
    world = World()
    pair = await two(world)
    merge_id = await propose(world, pair)
    there = await world.staff("admin@b.test", Role.ADMINISTRATOR, clinic=CLINIC_B)
    assert await code_of(propose(world, pair, there)) == "not_found"
    assert await code_of(world.desk.merges.decide(merge_id, there, merge=True, address=None)) == "not_found"
    assert await code_of(world.desk.merges.undo(merge_id, "engano", there, address=None)) == "not_found"


async def test_who_lost_the_role_decides_nothing_with_an_old_token() -> None:
    world = World()
    merge_id = await propose(world, await two(world))
    first, second = await admins(world)
    await world.desk.staff.end_access(first.account_id, second, address=None)
    assert await code_of(world.desk.merges.decide(merge_id, first, merge=True, address=None)) == "forbidden"
