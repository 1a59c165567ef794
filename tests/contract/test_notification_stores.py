"""Every store of notification, in memory and in Mongo: the same promises. The delivery log has its own file."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.application.ports import AuditLog
from services.notification.bootstrap.wiring import Stores
from services.notification.domain.channel import Channel
from services.notification.domain.clinic import Clinic
from services.notification.domain.contact import Contact, forgotten_contact
from services.notification.domain.exam_progress import ExamProgress
from services.notification.domain.notice import Notice
from services.notification.domain.preferences import Preferences
from services.notification.infrastructure.in_memory.stores import (
    InMemoryAuditLog,
)
from services.notification.infrastructure.kms.sealer import KmsSealer
from services.notification.infrastructure.persistence.audit import MongoAuditLog
from services.notification.infrastructure.persistence.database import INDEXES, connect, ensure_indexes
from services.notification.infrastructure.persistence.vault import MongoSecretVault
from services.shared.kernel.audit import AuditEntry
from tests.integration.notification.stores import memory_and_mongo

stores = memory_and_mongo  # the fixture, by the name its tests ask for
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CLINIC, PERSON, EXAM = uuid4(), uuid4(), uuid4()


def contact(version: int, clinic: UUID = CLINIC) -> Contact:
    return Contact(
        person_id=PERSON,
        version=version,
        first_name="Ana",
        email=f"ana{version}@exemplo.example",
        phone="+5511900000201",
        sms_capable=True,
        locale="pt-BR",
        clinic_ids=frozenset({clinic}),
    )


# --- contacts ---------------------------------------------------------------------------------------------


async def test_an_unknown_contact_is_none(stores: Stores) -> None:
    assert await stores.contacts.find(PERSON) is None


async def test_the_newest_contact_wins_and_clinics_add_up(stores: Stores) -> None:
    other = uuid4()
    await stores.contacts.learn(contact(3))
    known = await stores.contacts.learn(contact(2, clinic=other))
    assert known == replace(contact(3), clinic_ids=frozenset({CLINIC, other}))
    assert await stores.contacts.find(PERSON) == known


async def test_contacts_learned_at_the_same_moment_end_in_the_newest(stores: Stores) -> None:
    await asyncio.gather(*(stores.contacts.learn(contact(version, uuid4())) for version in range(1, 9)))
    known = await stores.contacts.find(PERSON)
    assert known is not None
    assert (known.version, known.email, len(known.clinic_ids)) == (8, "ana8@exemplo.example", 8)


async def test_a_forgotten_contact_stays_forgotten(stores: Stores) -> None:
    await stores.contacts.learn(contact(1))
    await stores.contacts.learn(forgotten_contact(PERSON, 2))
    known = await stores.contacts.learn(contact(3))
    assert (known.forgotten, known.email, known.first_name) == (True, None, "")


async def test_what_a_person_chose_is_removed_and_the_default_holds_again(stores: Stores) -> None:
    await stores.preferences.save(PERSON, Preferences(email=False, sms=False))
    await stores.preferences.remove(PERSON)
    await stores.preferences.remove(PERSON)
    assert await stores.preferences.find(PERSON) == Preferences()


async def test_what_accounts_told_of_a_channel_holds_by_version_and_a_choice_since_stays(
    stores: Stores,
) -> None:
    person = uuid4()
    await stores.preferences.hear(person, 5, {Channel.SMS: False})
    assert await stores.preferences.find(person) == Preferences(email=True, sms=False)
    await stores.preferences.hear(person, 4, {Channel.SMS: True, Channel.EMAIL: False})
    assert await stores.preferences.find(person) == Preferences(email=False, sms=False)
    await stores.preferences.save(person, Preferences(email=True, sms=True))
    await stores.preferences.hear(person, 5, {Channel.SMS: False})
    assert await stores.preferences.find(person) == Preferences(email=True, sms=True)
    await stores.preferences.hear(person, 6, {Channel.SMS: False})
    assert await stores.preferences.find(person) == Preferences(email=True, sms=False)


async def test_secrets_are_removed_before_their_time(stores: Stores) -> None:
    now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    until = now + timedelta(minutes=10)
    for reason in ("command:a", "command:b"):
        await stores.vault.keep(reason, "123456", until=until)
    await stores.vault.remove(["command:a", "command:none"])
    assert await stores.vault.read("command:a", now=now) is None
    assert await stores.vault.read("command:b", now=now) == "123456"


# --- clinics, exams, preferences --------------------------------------------------------------------------


async def test_a_clinic_is_found_as_it_was_last_saved(stores: Stores) -> None:
    clinic = Clinic(id=CLINIC, name="Laboratório Aurora", short_name="Aurora", contact="(11) 3000-0100")
    assert await stores.clinics.find(CLINIC) is None
    await stores.clinics.save(clinic)
    await stores.clinics.save(replace(clinic, short_name="Aurora 2"))
    assert await stores.clinics.find(CLINIC) == replace(clinic, short_name="Aurora 2")


async def test_an_exams_progress_is_the_furthest_of_all_that_came(stores: Stores) -> None:
    assert await stores.exams.find(EXAM) is None
    await stores.exams.join(ExamProgress(exam_id=EXAM, version=7, ready_version=1, released=True))
    known = await stores.exams.join(ExamProgress(exam_id=EXAM, version=5))
    assert known == ExamProgress(exam_id=EXAM, version=7, ready_version=1, released=True)
    await asyncio.gather(
        *(stores.exams.join(ExamProgress(exam_id=EXAM, version=version)) for version in (8, 12, 9, 11))
    )
    assert await stores.exams.find(EXAM) == replace(known, version=12)


async def test_first_events_of_an_exam_at_the_same_moment_are_all_counted(stores: Stores) -> None:
    for _ in range(5):
        exam_id = uuid4()
        joined = [ExamProgress(exam_id=exam_id, version=version) for version in range(1, 9)]
        await asyncio.gather(*(stores.exams.join(progress) for progress in joined))
        assert await stores.exams.find(exam_id) == joined[-1]


async def test_preferences_are_on_until_chosen(stores: Stores) -> None:
    assert await stores.preferences.find(PERSON) == Preferences(email=True, sms=True)
    await stores.preferences.save(PERSON, Preferences(email=False, sms=True))
    await stores.preferences.save(PERSON, Preferences(email=True, sms=False))
    assert await stores.preferences.find(PERSON) == Preferences(email=True, sms=False)
    assert await stores.preferences.find(uuid4()) == Preferences()


# --- parked, inbox, vault, audit --------------------------------------------------------------------------


async def test_a_parked_notice_waits_for_its_person_alone(stores: Stores) -> None:
    notice = Notice(
        reason="exam:1:ready:1",
        template="ready",
        person_id=PERSON,
        clinic_id=CLINIC,
        exam_id=EXAM,
        at=NOW,
        useful_until=NOW,
        has_secret=True,
        obsolete="superseded",
        traceparent="t",
        channels=(Channel.SMS,),
    )
    other = replace(notice, reason="exam:2:ready:1", person_id=uuid4(), exam_id=None, at=None)
    await asyncio.gather(*(stores.parked.park(parked) for parked in (notice, notice, notice, other)))
    assert await stores.parked.waiting_for(PERSON) == [notice]
    assert await stores.parked.waiting_for(other.person_id) == [other]
    await stores.parked.remove(notice)
    await stores.parked.remove(notice)
    assert await stores.parked.waiting_for(PERSON) == []


async def test_the_inbox_knows_what_was_recorded(stores: Stores) -> None:
    event = uuid4()
    assert not await stores.inbox.has_seen(event)
    await asyncio.gather(*(stores.inbox.record(event, NOW) for _ in range(4)))
    assert await stores.inbox.has_seen(event)
    assert not await stores.inbox.has_seen(uuid4())


async def test_a_secret_is_read_under_its_own_reason_until_it_expires(stores: Stores) -> None:
    now = datetime.now(UTC)
    await stores.vault.keep("command:1", "428913", until=now + timedelta(minutes=10))
    assert await stores.vault.read("command:1", now=now) == "428913"
    assert await stores.vault.read("command:2", now=now) is None
    assert await stores.vault.read("command:1", now=now + timedelta(minutes=10)) is None


async def test_every_audit_entry_is_appended(stores: Stores) -> None:
    entry = AuditEntry(
        at=NOW, actor_id=PERSON, actor_roles=("patient",), action="notification.list", clinic_id=None
    )
    second = replace(entry, id=uuid4(), clinic_id=CLINIC, resource="exam/1")
    for made in (entry, second):
        await stores.audit.record(made)
    assert await recorded(stores.audit) == [entry, second]


async def recorded(audit: AuditLog) -> list[AuditEntry]:
    """The port only appends, by rule; tests look behind it."""
    if isinstance(audit, InMemoryAuditLog):
        return audit.entries
    assert isinstance(audit, MongoAuditLog)
    found = await audit._audit.find().to_list()
    return [_entry(row) for row in found]


def _entry(row: dict[str, Any]) -> AuditEntry:
    return AuditEntry(id=row.pop("_id"), actor_roles=tuple(row.pop("actor_roles")), **row)


async def test_every_index_exists_and_making_them_again_changes_nothing(
    mongo_url: str, mongo_database_name: str
) -> None:
    async with connect(mongo_url) as mongo:
        database = mongo[mongo_database_name]
        for _ in range(2):
            await ensure_indexes(database)
        for collection, indexes in INDEXES.items():
            made = set(await database[collection].index_information())
            assert made == {"_id_"} | {index.document["name"] for index in indexes}
        await mongo.drop_database(mongo_database_name)


async def test_a_secret_rests_sealed_and_opens_for_its_own_reason_only(
    mongo_url: str, mongo_database_name: str, aws: Any
) -> None:
    sealer = KmsSealer(aws.client("notification", "kms"), "alias/laudo-secrets")
    async with connect(mongo_url) as mongo:
        vault = MongoSecretVault(mongo[mongo_database_name], sealer)
        await vault.keep("command:1", "428913", until=datetime.now(UTC) + timedelta(minutes=10))
        stored = await mongo[mongo_database_name]["secrets"].find_one({"_id": "command:1"})
        assert stored is not None
        assert b"428913" not in bytes(stored["sealed"])
        assert await sealer.open(bytes(stored["sealed"]), context="command:1") == b"428913"
        with pytest.raises(Exception, match="InvalidCiphertext"):
            await sealer.open(bytes(stored["sealed"]), context="command:2")
        await mongo.drop_database(mongo_database_name)
