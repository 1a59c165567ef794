"""The inbox in PostgreSQL: an event's id is recorded in the transaction of its effect; a repeat changes nothing.

An event whose prerequisite has not come is parked and acknowledged, and resumed in the transaction that brings
the prerequisite. An advisory lock per prerequisite closes the gap between looking and parking.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from services.shared.platform.messaging.envelope import Message, parse_message
from services.shared.platform.messaging.outcome import Outcome, Parked, Stale
from services.shared.platform.postgres.database import Database, Scope, WriteSession
from services.shared.platform.tracing import trace

SessionEffect = Callable[[WriteSession, Message], Awaitable[Outcome]]


class PostgresInbox:
    def __init__(
        self, database: Database, queue: str, effect: SessionEffect, after_commit: Callable[[], None]
    ) -> None:
        self._database = database
        self._queue = queue
        self._effect = effect
        self._after_commit = after_commit

    async def apply(self, message: Message) -> str:
        """Apply `message` once. Returns `done`, `repeat`, `stale` or `parked`; raises when it must come again."""
        async with self._database.write(Scope(clinic_id=message.clinic_id)) as session:
            tag = await session.execute(
                "INSERT INTO inbox (event_id, queue, clinic_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                message.id,
                self._queue,
                message.clinic_id,
            )
            if tag == "INSERT 0 0":
                return "repeat"
            outcome = await self._settle(session, message, await self._effect(session, message))
        self._after_commit()
        return outcome

    async def resume(self, clinic_id: UUID, prerequisite: str) -> None:
        """Try again what waits for `prerequisite`: for one that a command brought, not a message."""
        async with self._database.write(Scope(clinic_id=clinic_id)) as session:
            await self._resume(session, clinic_id, prerequisite)
        self._after_commit()

    async def _settle(self, session: WriteSession, message: Message, outcome: Outcome) -> str:
        if isinstance(outcome, Parked):
            await _lock(session, message.clinic_id, outcome.waits_for)
            outcome = await self._effect(session, message)  # it may have come while we waited for the lock
            if isinstance(outcome, Parked):
                await self._park(session, message, outcome.waits_for)
                return "parked"
        if isinstance(outcome, Stale):
            return "stale"
        for prerequisite in outcome.resolves:
            await self._resume(session, message.clinic_id, prerequisite)
        return "done"

    async def _park(self, session: WriteSession, message: Message, waits_for: str) -> None:
        await session.execute(
            "INSERT INTO parked (event_id, queue, clinic_id, waits_for, body) VALUES ($1, $2, $3, $4, $5)",
            message.id,
            self._queue,
            message.clinic_id,
            waits_for,
            message.to_json().decode(),
        )

    async def _resume(self, session: WriteSession, clinic_id: UUID, prerequisite: str) -> None:
        """Apply what waited for what has just come, in the same transaction, oldest first."""
        await _lock(session, clinic_id, prerequisite)
        rows = await session.rows(
            "DELETE FROM parked WHERE clinic_id = $1 AND waits_for = $2 RETURNING body, parked_at",
            clinic_id,
            prerequisite,
        )
        for row in sorted(rows, key=lambda row: row["parked_at"]):
            waiting = parse_message(row["body"])
            with trace(waiting.traceparent):
                await self._settle(session, waiting, await self._effect(session, waiting))


async def _lock(session: WriteSession, clinic_id: UUID, prerequisite: str) -> None:
    await session.value(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{clinic_id}/{prerequisite}"
    )
