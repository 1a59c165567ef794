"""Every store of notification, in memory and in Mongo: the same promises."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.application.ports import AuditLog, LogFilter
from services.notification.bootstrap.settings import NotificationSettings
from services.notification.bootstrap.wiring import Stores, mongo_stores
from services.notification.domain.channel import Channel
from services.notification.domain.clinic import Clinic
from services.notification.domain.contact import Contact, forgotten_contact
from services.notification.domain.delivery import Delivery, DeliveryState, Lane, delivery_id
from services.notification.domain.exam_progress import ExamProgress
from services.notification.domain.notice import Notice
from services.notification.domain.preferences import Preferences
from services.notification.infrastructure.in_memory.deliveries import InMemoryDeliveries
from services.notification.infrastructure.in_memory.stores import (
    InMemoryAuditLog,
    InMemoryClinicStore,
    InMemoryContactStore,
    InMemoryExamProgressStore,
    InMemoryInbox,
    InMemoryParkedNotices,
    InMemoryPreferenceStore,
    InMemorySecretVault,
)
from services.notification.infrastructure.kms.sealer import KmsSealer
from services.notification.infrastructure.persistence.audit import MongoAuditLog
from services.notification.infrastructure.persistence.database import INDEXES, connect, ensure_indexes
from services.notification.infrastructure.persistence.vault import MongoSecretVault
from services.shared.kernel.audit import AuditEntry

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LEASE = NOW + timedelta(seconds=30)
SECOND = timedelta(seconds=1)
CLINIC, PERSON, EXAM = uuid4(), uuid4(), uuid4()


def in_memory_stores() -> Stores:
    deliveries = InMemoryDeliveries()
    return Stores(
        contacts=InMemoryContactStore(),
        clinics=InMemoryClinicStore(),
        exams=InMemoryExamProgressStore(),
        preferences=InMemoryPreferenceStore(),
        parked=InMemoryParkedNotices(),
        deliveries=deliveries,
        log=deliveries,
        inbox=InMemoryInbox(),
        audit=InMemoryAuditLog(),
        vault=InMemorySecretVault(),
    )


@pytest.fixture(params=["memory", "mongo"])
async def stores(request: pytest.FixtureRequest, mongo_database_name: str) -> AsyncIterator[Stores]:
    if request.param == "memory":
        yield in_memory_stores()
        return
    url = request.getfixturevalue("mongo_url")
    aws = request.getfixturevalue("aws")
    settings = NotificationSettings(mongo_url=url, redis_url="redis://x", issuer="i", jwks_url="j")
    async with connect(url) as mongo:
        database = mongo[mongo_database_name]
        await ensure_indexes(database)
        sealer = KmsSealer(aws.client("notification", "kms"), settings.secrets_key)
        yield replace(mongo_stores(database, settings), vault=MongoSecretVault(database, sealer))
        await mongo.drop_database(mongo_database_name)


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


def delivery(reason: str = "exam:1:ready:1", channel: Channel = Channel.EMAIL, **changes: Any) -> Delivery:
    made = Delivery(
        id=delivery_id(reason, channel),
        reason=reason,
        channel=channel,
        template="ready",
        lane=Lane.ORDINARY,
        person_id=PERSON,
        clinic_id=CLINIC,
        traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01",
        state=DeliveryState.QUEUED,
        address_masked="a***@exemplo.example",
        created_at=NOW,
        exam_id=EXAM,
    )
    return replace(made, **changes)


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


# --- deliveries -------------------------------------------------------------------------------------------


async def test_a_delivery_is_recorded_once_and_comes_back_as_it_was(stores: Stores) -> None:
    full = delivery(at=NOW, useful_until=LEASE, has_secret=True, not_before=LEASE, detail="quiet_hours")
    assert await stores.deliveries.add(full)
    assert not await stores.deliveries.add(replace(full, template="corrected"))
    assert await stores.log.find(full.id) == full


async def test_recording_the_same_delivery_many_times_at_once_records_one(stores: Stores) -> None:
    added = await asyncio.gather(*(stores.deliveries.add(delivery()) for _ in range(10)))
    assert sorted(added) == [False] * 9 + [True]


async def test_the_longest_due_is_claimed_first_and_by_one_sender_only(stores: Stores) -> None:
    for number in (3, 1, 2):
        await stores.deliveries.add(delivery(f"r{number}", created_at=NOW - number * SECOND))
    claimed = await asyncio.gather(
        *(stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE) for _ in range(5))
    )
    reasons = [item.reason for item in claimed if item is not None]
    assert sorted(reasons) == ["r1", "r2", "r3"]
    first = delivery("first", created_at=NOW - 10 * SECOND)
    await stores.deliveries.add(delivery("second"))
    await stores.deliveries.add(first)
    claim = await stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE)
    assert claim == replace(first, lease_until=LEASE)


@pytest.mark.parametrize(
    "changes",
    [
        {"not_before": NOW + SECOND},
        {"created_at": NOW + SECOND},
        {"lane": Lane.URGENT},
        {"state": DeliveryState.SUPPRESSED},
        {"state": DeliveryState.SENT},
        {"state": DeliveryState.UNKNOWN},
    ],
)
async def test_what_is_not_due_in_the_lane_is_not_claimed(stores: Stores, changes: dict[str, Any]) -> None:
    await stores.deliveries.add(delivery(**changes))
    assert await stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE) is None


async def claimed(stores: Stores) -> Delivery:
    await stores.deliveries.add(delivery())
    found = await stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE)
    assert found is not None
    return found


async def sending(stores: Stores) -> Delivery:
    found = await stores.deliveries.begin_sending(await claimed(stores), address_masked="b***", now=NOW)
    assert found is not None
    return found


async def test_a_lease_ends_and_its_old_holder_cannot_send_or_change_it(stores: Stores) -> None:
    old = await claimed(stores)
    assert await stores.deliveries.claim(Lane.ORDINARY, now=LEASE - SECOND, lease_until=LEASE) is None
    later = LEASE + timedelta(seconds=30)
    new = await stores.deliveries.claim(Lane.ORDINARY, now=LEASE, lease_until=later)
    assert new is not None
    assert await stores.deliveries.begin_sending(old, address_masked="x", now=LEASE) is None
    await stores.deliveries.close(old, DeliveryState.FAILED, detail="x")
    await stores.deliveries.put_back(old, not_before=LEASE, detail="x", attempts=9)
    assert await stores.log.find(old.id) == new
    assert await stores.deliveries.begin_sending(new, address_masked="b***", now=LEASE) is not None
    assert await stores.deliveries.begin_sending(new, address_masked="b***", now=LEASE) is None


async def test_sending_counts_the_attempt_and_sent_keeps_the_providers_id(stores: Stores) -> None:
    held = await sending(stores)
    assert (held.state, held.attempts, held.address_masked, held.lease_until) == ("sending", 1, "b***", None)
    await stores.deliveries.record_sent(held, provider_id="p-1", now=LEASE)
    found = await stores.log.find(held.id)
    assert found is not None
    assert (found.state, found.provider_id, found.sent_at) == ("sent", "p-1", LEASE)
    await stores.deliveries.close(held, DeliveryState.UNKNOWN, detail="late")
    assert await stores.log.find(held.id) == found


async def test_what_is_put_back_is_due_again_at_its_time(stores: Stores) -> None:
    held = await sending(stores)
    await stores.deliveries.put_back(held, not_before=LEASE, detail="throttled", attempts=1)
    found = await stores.log.find(held.id)
    assert found is not None
    assert (found.state, found.not_before, found.detail, found.attempts) == ("queued", LEASE, "throttled", 1)
    assert await stores.deliveries.claim(Lane.ORDINARY, now=LEASE - SECOND, lease_until=LEASE) is None
    again = await stores.deliveries.claim(Lane.ORDINARY, now=LEASE, lease_until=LEASE + SECOND)
    assert again is not None
    second = await stores.deliveries.begin_sending(again, address_masked="b***", now=LEASE)
    assert second is not None
    assert second.attempts == 2


async def test_a_lost_one_is_found_after_its_time_and_a_late_answer_still_counts(stores: Stores) -> None:
    held = await sending(stores)
    assert await stores.deliveries.sending_since_before(NOW, limit=10) == []
    assert await stores.deliveries.sending_since_before(NOW + SECOND, limit=10) == [held]
    await stores.deliveries.close(held, DeliveryState.UNKNOWN, detail="timed_out")
    assert await stores.deliveries.sending_since_before(NOW + SECOND, limit=10) == []
    await stores.deliveries.record_sent(held, provider_id="late", now=LEASE)
    found = await stores.log.find(held.id)
    assert found is not None
    assert (found.state, found.provider_id, found.detail) == ("sent", "late", None)


async def test_an_answer_to_an_older_attempt_does_not_count_for_a_newer_one(stores: Stores) -> None:
    first = await sending(stores)
    await stores.deliveries.put_back(first, not_before=NOW, detail="timed_out", attempts=1)
    again = await stores.deliveries.claim(Lane.ORDINARY, now=NOW, lease_until=LEASE)
    assert again is not None
    second = await stores.deliveries.begin_sending(again, address_masked="b***", now=NOW)
    await stores.deliveries.record_sent(first, provider_id="old", now=NOW)
    assert await stores.log.find(first.id) == second


# --- the log as people read it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (LogFilter(person_id=PERSON), {"a", "b", "c"}),
        (LogFilter(clinic_id=CLINIC), {"a", "b", "d"}),
        (LogFilter(person_id=PERSON, exam_id=EXAM), {"a", "c"}),
        (LogFilter(clinic_id=CLINIC, exam_id=EXAM), {"a", "d"}),
        (LogFilter(person_id=UUID(int=9)), set()),
    ],
)
async def test_the_log_is_read_by_person_or_clinic(
    stores: Stores, which: LogFilter, expected: set[str]
) -> None:
    for made in (
        delivery("a"),
        delivery("b", exam_id=None),
        delivery("c", clinic_id=uuid4()),
        delivery("d", person_id=uuid4()),
    ):
        await stores.deliveries.add(made)
    found = await stores.log.page(which, after=None, limit=10)
    assert {item.reason for item in found} == expected


async def test_pages_are_newest_first_and_hold_each_once_even_at_equal_times(stores: Stores) -> None:
    for number in range(9):
        await stores.deliveries.add(delivery(f"r{number}", created_at=NOW + (number // 3) * SECOND))
    seen: list[Delivery] = []
    after: tuple[datetime, UUID] | None = None
    while page := await stores.log.page(LogFilter(person_id=PERSON), after=after, limit=2):
        seen += page
        after = (page[-1].created_at, page[-1].id)
    assert len({item.id for item in seen}) == len(seen) == 9
    assert [item.created_at for item in seen] == sorted((item.created_at for item in seen), reverse=True)


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
