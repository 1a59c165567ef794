"""What people sign in with, in memory and in PostgreSQL: the same cases."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.accounts.application.ports import AtTheDoor, Credentials
from services.accounts.application.sign_in_ports import Opening
from services.accounts.domain.attempts import Attempts
from services.accounts.domain.device import Device
from services.accounts.domain.events import SignedInFromNewDevice
from services.accounts.domain.login import Login
from services.accounts.domain.passkey import Passkey
from services.accounts.domain.session import IDLE, Session
from services.accounts.domain.ticket import Errand, Ticket, new_ticket
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from tests.contract.test_accounts_stores import Stores, database_urls, stores  # noqa: F401
from tests.unit.accounts.samples import NOW


def a_passkey(person_id: UUID, **changes: object) -> Passkey:
    passkey = Passkey(
        new_id(), person_id, new_id().bytes, b"public key", 0, "Celular", ("hybrid", "internal"), NOW
    )
    return replace(passkey, **changes)  # type: ignore[arg-type]


def a_ticket(person_id: UUID, **changes: object) -> Ticket:
    return replace(new_ticket(new_id().bytes, person_id, Errand.RESET, NOW), **changes)  # type: ignore[arg-type]


async def test_a_device_is_known_once_it_was_seen_and_to_its_person_alone(stores: Stores) -> None:  # noqa: F811
    clinic = await stores.a_clinic()
    ana, bento = await stores.a_person(clinic), await stores.a_person(clinic)
    async with stores.transactions.write(person_id=ana.id) as work:
        assert await work.devices.seen(ana.id, b"phone", NOW) == (False, False)
        assert await work.devices.seen(ana.id, b"laptop", NOW) == (False, True)
        assert await work.devices.seen(ana.id, b"phone", NOW + timedelta(days=1)) == (True, True)
    async with stores.transactions.read(person_id=ana.id) as reading:
        assert await reading.devices.knows(ana.id, b"phone")
        assert not await reading.devices.knows(ana.id, b"tablet")
    async with stores.transactions.read(person_id=bento.id) as reading:
        assert not await reading.devices.knows(ana.id, b"phone")
        assert not await reading.devices.knows(bento.id, b"phone")


async def test_a_login_opens_what_its_person_signs_in_with_and_nobodys_opens_nothing(stores: Stores) -> None:  # noqa: F811
    clinic = await stores.a_clinic()
    ana, bento, mail = (
        await stores.a_person(clinic),
        await stores.a_person(clinic),
        Login.typed(f"{new_id()}@example.com"),
    )
    kept = Credentials(ana.id, "hash", "ORSXG5A=", by_contact=True)
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        await work.accounts.claim_login(mail, ana.id)
    before = await stores.directory.at_the_door(mail, b"phone", [], new_id())
    assert (before.account and before.account.id, before.credentials) == (ana.id, None)  # no password yet
    async with stores.transactions.write(person_id=ana.id) as work:
        await work.credentials.save(kept)
        await work.devices.seen(ana.id, b"phone", NOW)
        await work.passkeys.add(a_passkey(ana.id))
    async with stores.transactions.write(person_id=bento.id) as work:
        await work.credentials.save(Credentials(bento.id, "another"))
        await work.devices.seen(bento.id, b"tablet", NOW)
    kept = replace(kept, passkeys=1)
    known = AtTheDoor(ana, kept, knows_device=True, knows_any_device=True, failures={})
    assert await stores.directory.at_the_door(mail, b"phone", [], new_id()) == known
    for nobody in (new_id(), bento.id):
        elsewhere = await stores.directory.at_the_door(mail, b"tablet", [], nobody)
        assert elsewhere == replace(known, knows_device=False)
    unknown = Login.typed(f"{new_id()}@example.com")
    nobodys = AtTheDoor(None, None, knows_device=False, knows_any_device=False, failures={})
    assert await stores.directory.at_the_door(unknown, b"phone", [], new_id()) == nobodys


async def test_the_door_knows_the_failures_under_the_keys_that_are_asked_for(stores: Stores) -> None:  # noqa: F811
    first, second, other = (new_id().bytes for _ in range(3))
    await stores.attempts.count_failure(NOW, first, other)
    await stores.attempts.count_failure(NOW + timedelta(seconds=1), first)
    for login in (Login.typed(f"{new_id()}@example.com"), await a_login(stores)):
        found = await stores.directory.at_the_door(login, b"phone", [first, second], new_id())
        assert found.failures == {first: Attempts(2, NOW + timedelta(seconds=1)), second: Attempts()}


async def a_login(stores: Stores) -> Login:  # noqa: F811
    clinic = await stores.a_clinic()
    ana, mail = await stores.a_person(clinic), Login.typed(f"{new_id()}@example.com")
    async with stores.transactions.write(clinic_id=clinic.id) as work:
        await work.accounts.claim_login(mail, ana.id)
    return mail


def an_opening(person_id: UUID, *, warning: SignedInFromNewDevice | None = None) -> Opening:
    session = Session(new_id(), person_id, None, NOW, NOW, device=Device("Firefox", "203.0.113.0/24"))
    audit = AuditEntry(
        at=NOW,
        actor_id=person_id,
        actor_roles=("patient",),
        action="session.start",
        clinic_id=None,
        resource=f"session/{session.id}",
        purpose="authentication",
    )
    return Opening(session, new_id().bytes, b"phone", audit, warning)


async def test_a_session_is_opened_with_its_token_and_its_device_while_the_password_is_that_one(
    stores: Stores,  # noqa: F811
) -> None:
    ana = await stores.a_person(await stores.a_clinic())
    async with stores.transactions.write(person_id=ana.id) as work:
        await work.credentials.save(Credentials(ana.id, "hash"))
    warning = SignedInFromNewDevice(occurred_at=NOW, account_id=ana.id, clinic_id=ana.home_clinic_id)
    opened, refused = an_opening(ana.id, warning=warning), an_opening(ana.id)
    assert await stores.transactions.open_session(opened, "hash")
    assert not await stores.transactions.open_session(refused, "a hash from before the password was changed")
    async with stores.transactions.write(person_id=ana.id) as work:
        assert await work.sessions.open_ones(ana.id, NOW) == [opened.session]
        assert await work.sessions.by_token(opened.token_hash) == (opened.session, None)
        assert await work.sessions.by_token(refused.token_hash) is None
        assert await work.devices.knows(ana.id, b"phone")


async def test_a_session_of_somebody_without_a_password_is_not_opened(stores: Stores) -> None:  # noqa: F811
    ana = await stores.a_person(await stores.a_clinic())
    assert not await stores.transactions.open_session(an_opening(ana.id), "hash")
    async with stores.transactions.read(person_id=ana.id) as reading:
        assert await reading.sessions.open_ones(ana.id, NOW) == []
        assert not await reading.devices.knows(ana.id, b"phone")


async def test_passkeys_are_kept_counted_changed_and_removed(stores: Stores) -> None:  # noqa: F811
    ana = await stores.a_person(await stores.a_clinic())
    first, second = a_passkey(ana.id), a_passkey(ana.id, created_at=NOW + timedelta(days=1), transports=())
    async with stores.transactions.write(person_id=ana.id) as work:
        await work.credentials.save(Credentials(ana.id, "hash", by_contact=True, stands_alone=False))
        await work.passkeys.add(second)
        await work.passkeys.add(first)
        assert await work.passkeys.of_person(ana.id) == [first, second]
        kept = await work.credentials.get(ana.id, lock=True)
        assert kept == Credentials(ana.id, "hash", by_contact=True, stands_alone=False, passkeys=2)
        used = first.used(7, NOW).renamed("Chave azul")
        await work.passkeys.save(used)
        assert await work.passkeys.by_credential(first.credential_id) == used
        assert await work.passkeys.remove(second.id)
        assert not await work.passkeys.remove(second.id)
    assert await stores.directory.person_of_passkey(first.credential_id) == ana.id
    assert await stores.directory.person_of_passkey(second.credential_id) is None
    async with stores.transactions.read(person_id=ana.id) as reading:
        assert await reading.passkeys.of_person(ana.id) == [used]


async def test_a_credential_belongs_to_one_person(stores: Stores) -> None:  # noqa: F811
    clinic = await stores.a_clinic()
    ana, bento = await stores.a_person(clinic), await stores.a_person(clinic)
    passkey = a_passkey(ana.id)
    async with stores.transactions.write(person_id=ana.id) as work:
        await work.passkeys.add(passkey)
    with pytest.raises(LaudoError, match="passkey_known"):
        async with stores.transactions.write(person_id=bento.id) as work:
            await work.passkeys.add(a_passkey(bento.id, credential_id=passkey.credential_id))
    async with stores.transactions.write(person_id=bento.id) as work:
        assert await work.passkeys.by_credential(passkey.credential_id) is None
        assert not await work.passkeys.remove(passkey.id)
        assert await work.passkeys.of_person(ana.id) == []


async def test_a_recovery_code_is_used_by_one_of_those_who_come_at_once(stores: Stores) -> None:  # noqa: F811
    ana = await stores.a_person(await stores.a_clinic())
    async with stores.transactions.write(person_id=ana.id) as work:
        await work.credentials.save(Credentials(ana.id))
        await work.recovery_codes.replace(ana.id, [b"old"])
        await work.recovery_codes.replace(ana.id, [b"one", b"two"])

    for who, seen in ((ana.id, [b"one", b"two"]), (new_id(), [])):
        async with stores.transactions.write(person_id=who) as work:
            assert sorted(await work.recovery_codes.of_person(ana.id)) == seen

    async def use(code: bytes, person_id: UUID = ana.id) -> bool:
        async with stores.transactions.write(person_id=person_id) as work:
            return await work.recovery_codes.use(ana.id, code)

    assert not await use(b"old")
    assert not await use(b"one", new_id())
    assert sorted(await asyncio.gather(*(use(b"one") for _ in range(4)))) == [False, False, False, True]
    async with stores.transactions.read(person_id=ana.id) as reading:
        kept = await reading.credentials.get(ana.id)
    assert kept is not None
    assert kept.recovery_codes_left == 1


async def test_a_ticket_is_kept_changed_and_taken_once(stores: Stores) -> None:  # noqa: F811
    nobody = new_id()
    ticket = a_ticket(nobody, clinic_id=new_id(), session_id=new_id(), device=b"mark")
    fuller = replace(
        ticket.with_code(b"hash", NOW).tried().challenged(b"challenge"), secret="JBSWY3DP", proved=True
    )
    async with stores.transactions.write(person_id=nobody) as work:
        assert await work.tickets.get(ticket.token_hash) is None
        await work.tickets.put(ticket)
        assert await work.tickets.get(ticket.token_hash) == ticket
        await work.tickets.put(fuller)
    assert await stores.directory.person_of_ticket(ticket.token_hash) == nobody
    async with stores.transactions.write(person_id=new_id()) as work:
        assert await work.tickets.get(ticket.token_hash) is None
        assert not await work.tickets.remove(ticket.token_hash)
    async with stores.transactions.write(person_id=nobody) as work:
        assert await work.tickets.get(ticket.token_hash) == fuller
        assert await work.tickets.remove(ticket.token_hash)
        assert not await work.tickets.remove(ticket.token_hash)
    assert await stores.directory.person_of_ticket(ticket.token_hash) is None


async def test_codes_sent_are_counted_by_device(stores: Stores) -> None:  # noqa: F811
    person, since = new_id(), NOW - timedelta(hours=1)
    async with stores.transactions.write(person_id=person) as work:
        assert await work.tickets.codes_sent(person, None, since) == (0, None)
        twice = a_ticket(person).with_code(b"1", NOW).with_code(b"2", NOW + timedelta(minutes=1))
        await work.tickets.put(twice)
        await work.tickets.put(a_ticket(person).with_code(b"3", NOW))
        await work.tickets.put(a_ticket(person).with_code(b"4", since))
        await work.tickets.put(a_ticket(person, device=b"phone").with_code(b"5", NOW))
        assert await work.tickets.codes_sent(person, None, since) == (3, NOW + timedelta(minutes=1))
        assert await work.tickets.codes_sent(person, b"phone", since) == (1, NOW)
        assert await work.tickets.codes_sent(new_id(), None, since) == (0, None)


async def test_open_sessions_are_listed_and_all_but_one_ended(stores: Stores) -> None:  # noqa: F811
    clinic = await stores.a_clinic()
    ana, bento = await stores.a_person(clinic), await stores.a_person(clinic)
    device = Device("Firefox, Linux", "203.0.113.0/24", b"mark")

    def a_session(person_id: UUID, minutes: int, **changes: object) -> Session:
        at = NOW + timedelta(minutes=minutes)
        session = Session(new_id(), person_id, None, NOW, at, device=device)
        return replace(session, **changes)  # type: ignore[arg-type]

    idle = a_session(ana.id, 0, last_used_at=NOW - IDLE, started_at=NOW - IDLE)
    first, second, ended = (a_session(ana.id, minutes) for minutes in (1, 2, 3))
    others = a_session(bento.id, 1)
    for session in (idle, first, second, ended, others):
        async with stores.transactions.write(person_id=session.person_id) as work:
            await work.sessions.start(session, new_id().bytes)
    async with stores.transactions.write(person_id=ana.id) as work:
        await work.sessions.save(ended.revoked(NOW))
        assert await work.sessions.end_all(bento.id, NOW) == 0
    async with stores.transactions.read(person_id=ana.id) as reading:
        assert await reading.sessions.open_ones(ana.id, NOW) == [second, first]
        assert await reading.sessions.open_ones(bento.id, NOW) == []
    async with stores.transactions.write(person_id=ana.id) as work:
        assert await work.sessions.end_all(ana.id, NOW, but=second.id) == 2
        assert await work.sessions.open_ones(ana.id, NOW) == [second]
        assert await work.sessions.end_all(ana.id, NOW) == 1
    async with stores.transactions.read(person_id=bento.id) as reading:
        assert await reading.sessions.open_ones(bento.id, NOW) == [others]
