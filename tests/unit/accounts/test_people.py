"""Registering, finding and reading patients; language; first access."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.accounts.application.ports import RepeatKey
from services.accounts.domain.events import (
    AccountCreated,
    AccountUpdated,
    OneTimeCodeIssued,
    PatientRegistered,
)
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.machine_client import MachineClient, Secret, hash_secret
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B, CPF_ANA, CPF_BENTO, World, typed_patient

DESK_A = Principal(new_id(), frozenset({Role.RECEPTIONIST}), CLINIC_A.id)
DESK_B = Principal(new_id(), frozenset({Role.RECEPTIONIST}), CLINIC_B.id)


def a_key(text: str = "", request: bytes = b"{}") -> RepeatKey:
    return RepeatKey(text or str(new_id()), "POST /patients", request)


async def register(world: World, caller: Principal = DESK_A, **changes: object) -> dict[str, str]:
    return dict(
        await world.desk.register_patient(typed_patient(**changes), caller, a_key(), address="203.0.113.7")
    )


async def test_registering_makes_a_person_and_a_record_and_tells_both() -> None:
    world = World()
    made = await register(world)
    account = world.transactions.tables.accounts.popitem()[1]
    record = world.transactions.tables.patients.popitem()[1]
    assert made == {
        "id": str(record.id),
        "person_id": str(account.id),
        "record_number": "000001",
        "duplicate": False,
    }
    assert [type(event) for event in world.events] == [AccountCreated, PatientRegistered]
    assert not account.has_password
    assert world.audited == ["patient.register"]


async def test_the_same_cpf_in_the_same_clinic_leads_to_the_existing_record() -> None:
    world = World()
    made = await register(world)
    with pytest.raises(LaudoError, match="patient_exists") as refused:
        await register(world, name="Another Name")
    assert str(refused.value.params["existing_id"]) == made["id"]
    assert len(world.events) == 2


async def test_the_same_cpf_in_another_clinic_is_the_same_person_and_reveals_nothing() -> None:
    world = World()
    in_a = await register(world, DESK_A)
    in_b = await register(world, DESK_B, name="Ana L.", email="other@example.com")
    assert in_b["person_id"] == in_a["person_id"]
    assert in_b["id"] != in_a["id"]
    assert in_b["record_number"] == "000001"
    assert set(in_b) == set(in_a)


async def test_another_clinic_cannot_move_the_contact_secrets_are_sent_to() -> None:
    world = World()
    await register(world, DESK_A, email="ana@example.com", phone=None)
    await register(world, DESK_B, email="thief@example.com")
    created = [event for event in world.events if isinstance(event, AccountCreated)]
    assert [event.account.email for event in created] == ["ana@example.com", "ana@example.com"]
    assert [event.account.version for event in created] == [1, 2]
    assert created[1].patient is not None
    assert created[1].patient.email == "thief@example.com"


async def test_a_cpf_with_another_birth_date_is_another_person_who_sees_nothing_of_the_first() -> None:
    world = World()
    ana = await register(world, DESK_A, email="ana@example.com")
    child = await register(
        world,
        DESK_B,
        name="Caio Lima",
        birth_date="2019-03-04",
        email="pai@example.com",
        phone="11 98888-7777",
    )
    assert child["person_id"] != ana["person_id"]
    assert set(child) == set(ana)
    accounts = {str(account.id): account for account in world.transactions.tables.accounts.values()}
    assert (accounts[ana["person_id"]].version, accounts[ana["person_id"]].email) == (1, "ana@example.com")
    assert accounts[child["person_id"]].email == "pai@example.com"
    of_cpf = await world.devices.directory.person_of_login(Login(LoginKind.CPF, CPF_ANA))
    assert str(of_cpf) == ana["person_id"]


async def test_a_missing_contact_is_adopted_when_the_birth_date_agrees() -> None:
    world = World()
    await register(world, DESK_A, email=None, phone=None)
    await register(world, DESK_B, email="ana@example.com")
    account = next(iter(world.transactions.tables.accounts.values()))
    assert account.email == "ana@example.com"
    await world.desk.request_first_access("ana@example.com")
    assert isinstance(world.events[-1], OneTimeCodeIssued)


async def test_people_without_cpf_are_persons_of_their_own_and_may_share_an_email() -> None:
    world = World()
    first = await register(world, cpf=None, name="Bebê Um")
    second = await register(world, cpf=None, name="Bebê Dois")
    assert first["person_id"] != second["person_id"]
    assert second["record_number"] == "000002"


async def test_a_repeat_with_the_same_key_gets_the_first_answer_and_tells_nothing_twice() -> None:
    world = World()
    key = a_key()
    answers = [
        await world.desk.register_patient(typed_patient(), DESK_A, key, address=None) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(world.events) == 2
    with pytest.raises(LaudoError, match="key_reused"):
        await world.desk.register_patient(typed_patient(), DESK_A, a_key(key.key, b"other"), address=None)


async def test_who_works_in_no_clinic_registers_nobody() -> None:
    nowhere = Principal(new_id(), frozenset({Role.RECEPTIONIST}))
    with pytest.raises(LaudoError, match="forbidden"):
        await register(World(), nowhere)


async def found(world: World, typed: str, caller: Principal = DESK_A) -> list[str]:
    page = await world.desk.find_patients(typed, caller, after=None, limit=20, address=None)
    return [record.name for record in page.records]


async def test_patients_are_found_by_word_beginnings_record_number_and_cpf() -> None:
    world = World()
    await register(world, name="João d'Ávila", cpf=CPF_ANA)
    await register(world, name="Maria João Souza", social_name="Flor Souza", cpf=CPF_BENTO)
    assert await found(world, "joao") == ["João d'Ávila", "Maria João Souza"]
    assert await found(world, "AVILA jo") == ["João d'Ávila"]
    assert await found(world, "flo") == ["Maria João Souza"]
    assert await found(world, "oao") == []
    assert await found(world, "2") == await found(world, "000002") == ["Maria João Souza"]
    assert await found(world, "529.982.247-25") == ["João d'Ávila"]
    assert await found(world, "529.982.247-2") == []
    assert await found(world, "%") == []
    assert len(await found(world, " ")) == 2
    assert await found(world, "", DESK_B) == []


async def test_pages_go_on_where_the_one_before_ended() -> None:
    world = World()
    names = ["Ana", "Bia", "Caio", "Davi", "Eva"]
    for name in reversed(names):
        await register(world, name=f"{name} Lima", cpf=None)
    seen, after = [], None
    while True:
        page = await world.desk.find_patients("lima", DESK_A, after=after, limit=2, address=None)
        seen += [record.name.split()[0] for record in page.records]
        after = page.next_after
        if after is None:
            break
    assert seen == names


async def test_each_reading_by_staff_is_one_audit_row_and_other_clinics_find_nothing() -> None:
    world = World()
    made = await register(world)
    patient_id = next(iter(world.transactions.tables.patients))
    assert str(patient_id) == made["id"]
    await found(world, "ana")
    await world.desk.get_patient(patient_id, DESK_A, address="203.0.113.7")
    with pytest.raises(LaudoError, match="not_found"):
        await world.desk.get_patient(patient_id, DESK_B, address=None)
    assert world.audited == ["patient.register", "patient.list", "patient.read"]
    read = list(world.transactions.tables.audit.values())[-1]
    assert (read.patient_id, read.clinic_id, read.address) == (patient_id, CLINIC_A.id, "203.0.113.7")


async def test_reading_identifiers_is_audited_in_the_patients_clinic() -> None:
    world = World()
    await register(world)
    patient_id = next(iter(world.transactions.tables.patients))
    service = Principal(new_id(), frozenset({Role.SERVICE}), scopes=frozenset({"identifiers:read"}))
    record = await world.desk.get_identifiers(patient_id, service, address=None)
    assert record.cpf == CPF_ANA
    entry = list(world.transactions.tables.audit.values())[-1]
    assert (entry.action, entry.clinic_id) == ("patient.identifiers_read", CLINIC_A.id)
    with pytest.raises(LaudoError, match="not_found"):
        await world.desk.get_identifiers(new_id(), service, address=None)


async def test_doctors_of_the_own_clinic_are_found_by_name() -> None:
    world = World()
    doctor = await world.staff("a@a.test", Role.DOCTOR, name="Dra. Íris Prado")
    await world.staff("b@a.test", Role.TECHNICIAN, name="Íris Técnica")
    await world.staff("c@b.test", Role.DOCTOR, clinic=CLINIC_B, name="Íris Outra")
    page = await world.desk.find_doctors("iris", doctor, after=None, limit=20)
    assert [each.name for each in page.doctors] == ["Dra. Íris Prado"]
    assert page.next_after is None


async def test_changing_the_language_is_told_to_each_clinic_once() -> None:
    world = World()
    made = await register(world, DESK_A)
    await register(world, DESK_B)
    person = Principal(next(iter(world.transactions.tables.accounts)), frozenset({Role.PATIENT}))
    assert str(person.account_id) == made["person_id"]
    await world.desk.change_locale("en", person)
    await world.desk.change_locale("en", person)
    updates = [event for event in world.events if isinstance(event, AccountUpdated)]
    assert {event.patient.clinic_id for event in updates if event.patient} == {CLINIC_A.id, CLINIC_B.id}
    assert {event.account.version for event in updates} == {3}
    me = await world.desk.who_am_i(person)
    assert me.identity.account.locale == "en"
    assert {record.clinic.id for record in me.records} == {CLINIC_A.id, CLINIC_B.id}


async def test_a_first_password_is_set_with_the_code_received_and_then_opens_the_door() -> None:
    world = World()
    await register(world)
    await world.desk.request_first_access("ana@example.com")
    issued = world.events[-1]
    assert isinstance(issued, OneTimeCodeIssued)
    assert issued.code not in repr(world.transactions.tables.codes)
    await world.desk.complete_first_access(
        "ana@example.com", issued.code, "quatro palavras bem longas", address=None
    )
    updated = world.events[-1]
    assert isinstance(updated, AccountUpdated)
    assert updated.account.has_password
    signed_in = await world.desk.sign_in(CPF_ANA, "quatro palavras bem longas", None, address=None)
    assert signed_in.identity.roles == {Role.PATIENT}
    with pytest.raises(LaudoError, match="first_access_failed"):
        await world.desk.complete_first_access(
            "ana@example.com", issued.code, "outra senha longa", address=None
        )
    await world.desk.request_first_access("ana@example.com")
    assert not isinstance(world.events[-1], OneTimeCodeIssued)


async def test_asking_for_a_code_for_nobody_or_twice_in_a_minute_sends_nothing() -> None:
    world = World()
    await register(world)
    await world.desk.request_first_access("nobody@example.com")
    assert len(world.events) == 2
    await world.desk.request_first_access("ana@example.com")
    await world.desk.request_first_access("ana@example.com")
    assert len(world.events) == 4  # one by e-mail, one by SMS
    world.clock.advance(timedelta(minutes=1))
    await world.desk.request_first_access("ana@example.com")
    assert len(world.events) == 6


async def test_wrong_expired_and_unknown_first_accesses_look_and_cost_the_same() -> None:
    world = World()
    await register(world)
    await world.desk.request_first_access("ana@example.com")
    issued = world.events[-1]
    assert isinstance(issued, OneTimeCodeIssued)
    wrong = f"{(int(issued.code) + 1) % 1_000_000:06d}"
    outcomes = []
    for login, code in (("ana@example.com", wrong), ("nobody@example.com", issued.code)):
        before = world.hasher.hashed
        with pytest.raises(LaudoError) as refused:
            await world.desk.complete_first_access(login, code, "quatro palavras", address=None)
        outcomes.append((refused.value.kind.code, refused.value.field, world.hasher.hashed - before))
    world.clock.advance(timedelta(minutes=11))
    before = world.hasher.hashed
    with pytest.raises(LaudoError) as refused:
        await world.desk.complete_first_access(
            "ana@example.com", issued.code, "quatro palavras", address=None
        )
    outcomes.append((refused.value.kind.code, refused.value.field, world.hasher.hashed - before))
    assert set(outcomes) == {("accounts.first_access_failed", "code", 1)}


async def test_a_code_dies_after_five_wrong_tries_from_wherever_they_come() -> None:
    world = World()
    await register(world)
    await world.desk.request_first_access("ana@example.com")
    issued = world.events[-1]
    assert isinstance(issued, OneTimeCodeIssued)
    wrong = f"{(int(issued.code) + 1) % 1_000_000:06d}"
    for number in range(5):
        with pytest.raises(LaudoError, match="first_access_failed"):
            await world.desk.complete_first_access(
                "ana@example.com", wrong, "quatro palavras", address=f"192.0.2.{number}"
            )
    with pytest.raises(LaudoError, match="first_access_failed"):
        await world.desk.complete_first_access(
            "ana@example.com", issued.code, "quatro palavras", address="192.0.2.9"
        )


async def test_machine_clients_get_tokens_for_what_they_were_granted() -> None:
    world = World()
    secret = "s" * 43
    await world.clients.put(
        MachineClient(new_id(), "file-management", Secret(hash_secret(secret)), frozenset({"snapshot:read"}))
    )
    token = await world.desk.issue_service_token("file-management", secret, "")
    assert token.expires_in == 600
    for client_id, tried in (("file-management", "wrong"), ("nobody", secret), ("nobody", "")):
        with pytest.raises(LaudoError, match="client_invalid"):
            await world.desk.issue_service_token(client_id, tried, "")
    with pytest.raises(LaudoError, match="scope_not_granted"):
        await world.desk.issue_service_token("file-management", secret, "snapshot:read admin")


async def test_the_desk_ends_all_sessions_of_its_own_patient_who_signs_in_anew() -> None:
    """ASVS 5.0, 7.4.5."""
    world = World()
    made = await register(world)
    person_id, chosen = UUID(made["person_id"]), "quatro palavras bem longas"
    await world.desk.request_first_access("ana@example.com")
    issued = world.events[-1]
    assert isinstance(issued, OneTimeCodeIssued)
    await world.desk.complete_first_access("ana@example.com", issued.code, chosen, address=None)
    sessions = [await world.desk.sign_in(CPF_ANA, chosen, None, address=None) for _ in range(2)]
    end = world.desk.staff.end_sessions.of_patient
    with pytest.raises(LaudoError, match="not_found"):
        await end(UUID(made["id"]), DESK_B, address=None)
    await end(UUID(made["id"]), DESK_A, address="203.0.113.7")
    for session in sessions:
        with pytest.raises(LaudoError, match="session_ended"):
            await world.desk.refresh(session.refresh_token, address=None)
    entry = list(world.transactions.tables.audit.values())[-1]
    assert (entry.action, entry.patient_id, entry.clinic_id) == (
        "patient.sessions_end", UUID(made["id"]), CLINIC_A.id,
    )  # fmt: skip
    assert (await world.desk.sign_in(CPF_ANA, chosen, None, address=None)).identity.account.id == person_id
