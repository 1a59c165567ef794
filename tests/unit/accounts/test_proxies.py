"""Who a patient lets in, and a minor's guardian."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.accounts.application.commands.grant_proxy import TypedProxy
from services.accounts.application.ports import RepeatKey
from services.accounts.application.queries.look_up_patient import TypedLookUp
from services.accounts.domain import proxy_errors as errors
from services.accounts.domain.errors import CPF_INVALID
from services.accounts.domain.events import AccountUpdated
from services.accounts.domain.proxy import ProxyKind
from services.accounts.infrastructure.messaging.wire_events import message_of
from services.shared.contracts.accounts import AccountUpdated as Wire
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND, ErrorKind, LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B, CPF_ANA, CPF_BENTO, NOW, World, typed_patient

BORN_BENTO = "1990-01-01"
NOBODYS_CPF = "39053344705"


@pytest.fixture
def world() -> World:
    return World()


def repeat() -> RepeatKey:
    return RepeatKey(str(new_id()), "t", b"")


async def register(world: World, clinic: Any = CLINIC_A, **facts: Any) -> tuple[UUID, Principal]:
    """Return the record's id and the person as the caller."""
    desk = Principal(new_id(), frozenset({Role.RECEPTIONIST}), clinic.id)
    made = await world.desk.register_patient(typed_patient(**facts), desk, repeat(), address=None)
    return UUID(made["id"]), Principal(UUID(made["person_id"]), frozenset({Role.PATIENT}))


def typed(**changes: Any) -> TypedProxy:
    known: dict[str, Any] = {
        "label": "Meu irmão",
        "cpf": CPF_BENTO,
        "birth_date": BORN_BENTO,
        "scope": "values",
        "until": NOW + timedelta(days=30),
    }
    return TypedProxy(**{**known, **changes})


async def refused(awaitable: Any) -> ErrorKind:
    with pytest.raises(LaudoError) as error:
        await awaitable
    return error.value.kind


async def both(world: World) -> tuple[Principal, Principal]:
    _, ana = await register(world)
    _, bento = await register(
        world, name="Bento Reis", cpf=CPF_BENTO, birth_date=BORN_BENTO, email="bento@example.com"
    )
    world.transactions.tables.events.clear()
    return ana, bento


def told(world: World) -> list[Wire]:
    found = [message_of(event)[0].data for event in world.events if isinstance(event, AccountUpdated)]
    assert all(isinstance(data, Wire) for data in found)
    return found  # type: ignore[return-value]


async def test_a_patient_lets_an_adult_in_and_both_see_it(world: World) -> None:
    ana, bento = await both(world)
    made = await world.desk.grant_proxy(typed(), ana, repeat(), address=None)
    (given,) = (await world.desk.list_proxies(ana)).given
    (held,) = (await world.desk.list_proxies(bento)).held
    assert str(given.id) == str(held.id) == made["id"]
    assert (given.label, held.person_name, held.scope) == ("Meu irmão", "Ana Lima", "values")
    (word,) = told(world)
    (proxy,) = word.proxies
    assert (word.account_id, proxy.reader_id, proxy.sees) == (ana.account_id, bento.account_id, "values")
    assert (proxy.kind, proxy.version, proxy.ended_at) == ("granted", 1, None)


async def test_the_giver_cannot_tell_whether_the_person_exists(world: World) -> None:
    ana, _ = await both(world)
    changed: list[dict[str, Any]] = [{}, {"cpf": NOBODYS_CPF}, {"birth_date": "1991-01-01"}]
    answers = [
        set(await world.desk.grant_proxy(typed(**changes), ana, repeat(), address=None))
        for changes in changed
    ]
    assert answers == [answers[0]] * 3
    given = (await world.desk.list_proxies(ana)).given
    assert {(each.label, each.scope, each.ended_at) for each in given} == {("Meu irmão", "values", None)}
    assert [len(word.proxies) for word in told(world)] == [1, 0, 0]  # nobody is let in by a wrong date


async def test_either_side_ends_it_and_the_clinics_are_told(world: World) -> None:
    ana, bento = await both(world)
    for ends in (ana, bento):
        made = await world.desk.grant_proxy(typed(), ana, repeat(), address=None)
        stranger = replace(ana, account_id=new_id())
        assert await refused(world.desk.end_proxy(UUID(made["id"]), stranger, address=None)) is NOT_FOUND
        await world.desk.end_proxy(UUID(made["id"]), ends, address=None)
        assert (await world.desk.list_proxies(bento)).held == []
        assert told(world)[-1].proxies[0].ended_at == NOW
        assert told(world)[-1].proxies[0].version == 2
        assert await refused(world.desk.end_proxy(UUID(made["id"]), ends, address=None)) is NOT_FOUND
    assert world.audited.count("proxy.end") == 2


async def test_a_grant_ends_by_itself_and_later_clinics_hear_of_one_that_lasts(world: World) -> None:
    ana, bento = await both(world)
    await world.desk.grant_proxy(typed(), ana, repeat(), address=None)
    await register(world, CLINIC_B)
    created = list(world.events)[-2]
    assert [proxy.reader_id for proxy in created.proxies] == [bento.account_id]  # type: ignore[attr-defined]
    world.clock.advance(timedelta(days=30))
    assert (await world.desk.list_proxies(bento)).held == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"until": NOW}, errors.PROXY_END),
        ({"until": NOW + timedelta(days=367)}, errors.PROXY_END),
        ({"label": " "}, errors.PROXY_LABEL),
        ({"cpf": "12345678900"}, CPF_INVALID),
        ({"cpf": CPF_ANA, "birth_date": "1988-02-17"}, errors.PROXY_IS_SELF),
    ],
)
async def test_what_is_wrong_with_a_grant_is_said(
    world: World, changes: dict[str, Any], kind: ErrorKind
) -> None:
    ana, _ = await both(world)
    assert await refused(world.desk.grant_proxy(typed(**changes), ana, repeat(), address=None)) is kind


async def test_a_minor_lets_nobody_in(world: World) -> None:
    _, teenager = await register(world, birth_date="2010-05-05")
    grant = world.desk.grant_proxy(typed(), teenager, repeat(), address=None)
    assert await refused(grant) is errors.PROXY_GIVER_TOO_YOUNG


async def test_the_desk_records_a_guardian_until_the_eighteenth_birthday(world: World) -> None:
    child_id, child = await register(world, cpf=None, birth_date="2012-02-29", email="b@example.com")
    adult_id, adult = await register(world)
    desk = Principal(new_id(), frozenset({Role.RECEPTIONIST}), CLINIC_A.id)
    record = world.desk.record_guardian
    made = await record(child_id, adult_id, "birth_certificate", desk, repeat(), address=None)
    (held,) = (await world.desk.list_proxies(adult)).held
    assert (held.kind, held.person_id, held.scope) == (ProxyKind.GUARDIAN, child.account_id, "download")
    assert held.until == datetime(2030, 3, 1, 3, tzinfo=UTC)  # midnight in São Paulo
    assert await refused(world.desk.end_proxy(held.id, child, address=None)) is FORBIDDEN
    elsewhere = replace(desk, clinic_id=CLINIC_B.id)
    ends = world.desk.end_proxy
    assert await refused(ends.by_desk(child_id, held.id, elsewhere, address=None)) is NOT_FOUND
    await ends.by_desk(child_id, UUID(made["id"]), desk, address=None)
    assert (await world.desk.list_proxies(adult)).held == []


async def test_guardians_are_adults_of_minors_of_the_same_clinic(world: World) -> None:
    child_id, _ = await register(world, cpf=None, birth_date="2012-02-28", email="b@example.com")
    adult_id, _ = await register(world)
    other_id, _ = await register(world, CLINIC_B, cpf=CPF_BENTO, email="c@example.com")
    desk = Principal(new_id(), frozenset({Role.RECEPTIONIST}), CLINIC_A.id)

    async def record(patient_id: UUID, guardian_id: UUID) -> Any:
        return await world.desk.record_guardian(
            patient_id, guardian_id, "court_order", desk, repeat(), address=None
        )

    assert await refused(record(adult_id, child_id)) is errors.NOT_A_MINOR
    assert await refused(record(child_id, other_id)) is NOT_FOUND
    assert await refused(record(child_id, child_id)) is NOT_FOUND
    young_id, _ = await register(world, cpf=None, birth_date="2009-02-28", email="d@example.com")
    assert await refused(record(child_id, young_id)) is errors.GUARDIAN_TOO_YOUNG


async def test_one_patient_is_looked_up_by_what_names_exactly_one(world: World) -> None:
    patient_id, _ = await register(world)
    doctor = Principal(new_id(), frozenset({Role.DOCTOR}), CLINIC_A.id)

    async def found(**facts: str) -> Any:
        return (await world.desk.look_up_patient(TypedLookUp(**facts), doctor, address=None)).id

    number = world.transactions.tables.patients[patient_id].record_number
    assert await found(record_number=number) == patient_id
    assert await found(cpf="529.982.247-25", birth_date="1988-02-17") == patient_id
    assert world.audited.count("patient.look_up") == 2
    for facts in ({"cpf": CPF_ANA}, {"cpf": CPF_ANA, "birth_date": "1988-02-18"}, {"record_number": "9"}, {}):
        assert await refused(found(**facts)) is NOT_FOUND
    elsewhere = replace(doctor, clinic_id=CLINIC_B.id)
    look_up = world.desk.look_up_patient(TypedLookUp(record_number=number), elsewhere, address=None)
    assert await refused(look_up) is NOT_FOUND
