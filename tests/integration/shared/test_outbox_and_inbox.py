"""Outbox, inbox, parking and idempotency on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import REGISTRY

from services.shared.contracts.accounts import AccountDeleted
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.messaging.envelope import Message, new_message
from services.shared.platform.messaging.outcome import Applied, Outcome, Parked, Stale
from services.shared.platform.messaging.publisher import OutboxMessage
from services.shared.platform.postgres.database import Scope, WriteSession
from services.shared.platform.postgres.idempotency import Created, once
from services.shared.platform.postgres.inbox import PostgresInbox
from services.shared.platform.postgres.outbox import PostgresOutbox, add_to_outbox
from tests.integration.shared.conftest import Platform

CLINIC = new_id()
SCOPE = Scope(clinic_id=CLINIC)


def message(version: int = 1, account: UUID | None = None) -> Message:
    account = account or new_id()
    return new_message(
        "account.deleted",
        source="/accounts",
        subject=account,
        clinic_id=CLINIC,
        time=datetime.now(UTC),
        data=AccountDeleted(version=version, account_id=account),
    )


@pytest.fixture
async def outbox(platform: Platform) -> AsyncIterator[PostgresOutbox]:
    pool = await asyncpg.create_pool(platform.relay_url, min_size=1, max_size=4)
    yield PostgresOutbox(pool)
    await pool.close()


async def store(platform: Platform, *messages: Message) -> None:
    async with platform.app.write(SCOPE) as session:
        await add_to_outbox(session, [(one, "accounts-events") for one in messages])


async def test_what_was_committed_is_published_once_in_order(
    platform: Platform, outbox: PostgresOutbox
) -> None:
    sent: list[OutboxMessage] = []

    async def publish(batch: Sequence[OutboxMessage]) -> frozenset[UUID]:
        sent.extend(batch)
        return frozenset(one.id for one in batch)

    messages = [message() for _ in range(25)]
    await store(platform, *messages)
    assert [await outbox.relay_batch(publish, 10) for _ in range(4)] == [10, 10, 5, 0]
    assert [one.id for one in sent] == [one.id for one in messages]


async def test_a_look_tells_how_many_wait_and_for_how_long(
    platform: Platform, outbox: PostgresOutbox
) -> None:
    def told(name: str) -> float | None:
        return REGISTRY.get_sample_value(f"laudo_outbox_{name}", {"store": "postgresql"})

    async def accept(batch: Sequence[OutboxMessage]) -> frozenset[UUID]:
        return frozenset(one.id for one in batch)

    await store(platform, *(message() for _ in range(12)))
    relay = await asyncpg.connect(platform.relay_url)
    await relay.execute(
        "UPDATE outbox SET created_at = created_at - interval '90 seconds' WHERE position = 1"
    )
    await outbox.relay_batch(accept, 10)
    assert told("waiting") == 12
    assert 90 <= (told("lag_seconds") or 0) < 600
    await outbox.relay_batch(accept, 10)
    assert told("waiting") == 2
    assert (told("lag_seconds") or 0) < 90
    await outbox.relay_batch(accept, 10)
    assert (told("waiting"), told("lag_seconds")) == (0, 0)
    await relay.close()


async def test_what_the_broker_refused_or_a_crash_left_is_published_again(
    platform: Platform, outbox: PostgresOutbox
) -> None:
    first, second = message(), message()
    await store(platform, first, second)

    async def refuse_second(batch: Sequence[OutboxMessage]) -> frozenset[UUID]:
        return frozenset({first.id})

    async def crash(batch: Sequence[OutboxMessage]) -> frozenset[UUID]:
        raise ConnectionError

    seen: list[UUID] = []

    async def publish(batch: Sequence[OutboxMessage]) -> frozenset[UUID]:
        seen.extend(one.id for one in batch)
        return frozenset(seen)

    await outbox.relay_batch(refuse_second, 10)
    with pytest.raises(ConnectionError):
        await outbox.relay_batch(crash, 10)
    await outbox.relay_batch(publish, 10)
    assert seen == [second.id]


async def test_several_relays_share_the_work_and_publish_nothing_twice(
    platform: Platform, outbox: PostgresOutbox
) -> None:
    await store(platform, *[message() for _ in range(60)])
    seen: list[UUID] = []

    async def publish(batch: Sequence[OutboxMessage]) -> frozenset[UUID]:
        await asyncio.sleep(0.01)
        seen.extend(one.id for one in batch)
        return frozenset(one.id for one in batch)

    async def relay() -> None:
        while await outbox.relay_batch(publish, 10):
            pass

    await asyncio.gather(relay(), relay(), relay())
    assert len(seen) == len(set(seen)) == 60


class Notes:
    """An effect with a prerequisite: version 2 of an account needs version 1 to be there."""

    def __init__(self) -> None:
        self.applied: list[int] = []

    async def __call__(self, session: WriteSession, received: Message) -> Outcome:
        data = received.data
        assert isinstance(data, AccountDeleted)
        known = await session.value("SELECT text FROM notes WHERE id = $1", data.account_id)
        if data.version == 1:
            if known:
                return Stale()
            await session.execute("INSERT INTO notes VALUES ($1, $2, '1')", data.account_id, CLINIC)
            self.applied.append(1)
            return Applied(resolves=(f"account/{data.account_id}",))
        if not known:
            return Parked(f"account/{data.account_id}")
        await session.execute("UPDATE notes SET text = $2 WHERE id = $1", data.account_id, str(data.version))
        self.applied.append(data.version)
        return Applied()


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def inbox(platform: Platform, notes: Notes) -> PostgresInbox:
    return PostgresInbox(platform.app, "exam-results-accounts", notes, lambda: None)


async def test_a_repeat_changes_nothing(inbox: PostgresInbox, notes: Notes) -> None:
    received = message()
    assert [await inbox.apply(received) for _ in range(3)] == ["done", "repeat", "repeat"]
    assert notes.applied == [1]


async def test_the_same_message_twice_at_once_is_applied_once(inbox: PostgresInbox, notes: Notes) -> None:
    received = message()
    outcomes = await asyncio.gather(*(inbox.apply(received) for _ in range(4)))
    assert sorted(outcomes) == ["done", "repeat", "repeat", "repeat"]
    assert notes.applied == [1]


async def test_what_comes_too_early_waits_for_its_prerequisite(inbox: PostgresInbox, notes: Notes) -> None:
    account = new_id()
    assert await inbox.apply(message(2, account)) == "parked"
    assert notes.applied == []
    assert await inbox.apply(message(1, account)) == "done"
    assert notes.applied == [1, 2]


async def test_early_and_prerequisite_at_the_same_moment_lose_nothing(
    inbox: PostgresInbox, notes: Notes
) -> None:
    for _ in range(20):
        account = new_id()
        notes.applied.clear()
        await asyncio.gather(inbox.apply(message(2, account)), inbox.apply(message(1, account)))
        assert notes.applied == [1, 2]


async def test_a_failed_effect_leaves_no_inbox_row(platform: Platform) -> None:
    failing = True

    async def effect(session: WriteSession, _: Message) -> Outcome:
        if failing:
            raise RuntimeError
        return Applied()

    inbox = PostgresInbox(platform.app, "exam-results-accounts", effect, lambda: None)
    received = message()
    with pytest.raises(RuntimeError):
        await inbox.apply(received)
    failing = False
    assert await inbox.apply(received) == "done"


CALLER = Principal(account_id=new_id(), roles=frozenset({Role.DOCTOR}), clinic_id=CLINIC)


async def create(platform: Platform, key: str, request: bytes = b"{}", *, slow: bool = False) -> Created:
    async with platform.app.write(SCOPE) as session:

        async def run() -> Created:
            note = new_id()
            await session.execute("INSERT INTO notes VALUES ($1, $2, 'x')", note, CLINIC)
            await asyncio.sleep(0.3 if slow else 0)
            return Created(201, {"id": str(note)})

        return await once(session, CALLER, key=key, route="POST /notes", request=request, run=run)


async def test_the_same_key_and_body_replays_the_first_answer(platform: Platform) -> None:
    first, again = await create(platform, "k1"), await create(platform, "k1")
    assert (again.status, again.body, again.replayed) == (201, first.body, True)
    async with platform.app.read(SCOPE) as session:
        assert await session.value("SELECT count(*) FROM notes") == 1


async def test_the_same_key_with_another_body_is_refused(platform: Platform) -> None:
    await create(platform, "k1", b'{"a":1}')
    with pytest.raises(LaudoError, match=r"idempotency\.key_reused"):
        await create(platform, "k1", b'{"a":2}')


async def test_a_second_request_while_the_first_is_under_way_gets_409(platform: Platform) -> None:
    first = asyncio.create_task(create(platform, "k1", slow=True))
    await asyncio.sleep(0.1)
    with pytest.raises(LaudoError, match=r"idempotency\.in_flight"):
        await create(platform, "k1")
    assert (await first).status == 201
