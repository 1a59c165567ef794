"""The outbox in PostgreSQL: messages are committed with the state they tell of, and relayed afterwards."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.shared.platform import kill_points
from services.shared.platform.messaging.envelope import Message
from services.shared.platform.messaging.publisher import OutboxMessage
from services.shared.platform.metrics.outbox import OutboxObserved
from services.shared.platform.postgres.database import WriteSession

_COUNTED_TO = 1000  # a look at a long backlog must not cost more than a look at a short one
_FREE_WITHIN_S = 10


async def add_to_outbox(session: WriteSession, messages: Sequence[tuple[Message, str]]) -> None:
    """Store each (message, destination) in the caller's transaction. Ring the wake-up after the commit."""
    await session.insert(
        "outbox",
        [
            {
                "id": message.id,
                "clinic_id": message.clinic_id,
                "type": message.type,
                "destination": destination,
                "body": message.to_json().decode(),
                "traceparent": message.traceparent,
            }
            for message, destination in messages
        ],
    )


class PostgresOutbox:
    """The relay's side, under the relay's own role. Rows are locked while they are published, so several
    relays share the work; a published row is deleted, so the table stays small and keeps no contact data.
    """

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._observed = OutboxObserved("postgresql")

    async def relay_batch(
        self, publish: Callable[[Sequence[OutboxMessage]], Awaitable[frozenset[UUID]]], limit: int
    ) -> int:
        async with self._pool.acquire(timeout=_FREE_WITHIN_S) as connection, connection.transaction():
            rows = await connection.fetch(
                f"""SELECT id, type, destination, body, traceparent,
                       extract(epoch FROM clock_timestamp() - created_at)::float AS age_s,
                       (SELECT count(*) FROM (SELECT FROM outbox LIMIT {_COUNTED_TO}) AS counted) AS waiting
                   FROM outbox ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED""",  # noqa: S608 - a constant
                limit,
            )
            self._observed.looked(rows[0]["age_s"] if rows else 0, rows[0]["waiting"] if rows else 0)
            if not rows:
                return 0
            kill_points.reached("after_commit_before_relay")
            accepted = await publish([_message(row) for row in rows])
            kill_points.reached("after_publish_before_mark")
            await connection.execute("DELETE FROM outbox WHERE id = ANY($1::uuid[])", list(accepted))
            return len(rows)


def _message(row: Mapping[str, Any]) -> OutboxMessage:
    return OutboxMessage(row["id"], row["type"], row["destination"], row["body"], row["traceparent"])
