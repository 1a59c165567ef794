"""The outbox in DynamoDB: rows are written with the folder, claimed by a conditional lease, deleted once published.

Several relays share the work: a claim that another relay holds fails. A relay that dies loses its lease after ten
seconds, and the row is published by another: at least once. The index is spread over shards, so that no one partition
has to carry every clinic's events.

Rows of this process's own commits are born with its lease and handed over: they are published without being looked for.
"""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from pynamodb.exceptions import DeleteError, UpdateError

from services.file_management.infrastructure.dynamodb.rows import OutboxRow
from services.file_management.infrastructure.dynamodb.table import Table
from services.shared.platform import kill_points
from services.shared.platform.messaging.envelope import Message
from services.shared.platform.messaging.publisher import OutboxMessage
from services.shared.platform.messaging.relay import POLL_INTERVAL_S
from services.shared.platform.metrics.outbox import OutboxObserved

LEASE_MS = 10_000  # a batch is published in milliseconds; one that takes longer may go out twice

Publish = Callable[[Sequence[OutboxMessage]], Awaitable[frozenset[UUID]]]


class DynamoOutbox:
    def __init__(self, table: Table, destination: str, shards: int = 1) -> None:
        self._table = table
        self._destination = destination
        self._shards = shards
        self._next = 0
        self._own: deque[OutboxRow] = deque()
        self._looked_at = 0.0
        self._observed = OutboxObserved("dynamodb")

    def own_row(self, message: Message) -> OutboxRow:
        """Return a row that this process will publish, once it is committed and handed over."""
        row = self.row(message)
        row.lease_until = _now_ms() + LEASE_MS
        return row

    def hand_over(self, rows: Sequence[OutboxRow]) -> None:
        """Take rows of `own_row` that are committed."""
        self._own.extend(rows)

    def row(self, message: Message) -> OutboxRow:
        shard = int.from_bytes(hashlib.sha256(message.subject.encode()).digest()[:4]) % self._shards
        return self._table.outbox(
            f"OUTBOX#{message.id}",
            f"CLINIC#{message.clinic_id}",
            outbox_shard=str(shard),
            outbox_at=f"{message.time.isoformat()}#{message.id}",
            message_id=str(message.id),
            type=message.type,
            destination=self._destination,
            body=message.to_json().decode(),
            traceparent=message.traceparent,
        )

    async def relay_batch(self, publish: Publish, limit: int) -> int:
        """Take the own rows; look for others' at every shard, starting where the last look ended. Return how many were
        claimed.
        """
        claimed = self._take_own(limit)
        if not claimed or time.monotonic() - self._looked_at > POLL_INTERVAL_S:
            self._looked_at = time.monotonic()
            claimed += await self._look(limit - len(claimed))
        self._observed.looked(max(map(_age_s, claimed), default=0), len(claimed))
        if not claimed:
            return 0
        kill_points.reached("after_commit_before_relay")
        accepted = await publish([_message(row) for row in claimed])
        kill_points.reached("after_publish_before_mark")
        await asyncio.to_thread(self._settle, claimed, accepted)
        return len(claimed)

    def _take_own(self, limit: int) -> list[OutboxRow]:
        taken = [self._own.popleft() for _ in range(min(limit, len(self._own)))]
        still_held = (
            _now_ms() + LEASE_MS // 2
        )  # later, another relay may have it: it is found by looking then
        return [row for row in taken if row.lease_until > still_held]

    async def _look(self, limit: int) -> list[OutboxRow]:
        claimed: list[OutboxRow] = []
        for _ in range(self._shards if limit > 0 else 0):
            shard, self._next = self._next, (self._next + 1) % self._shards
            claimed += await asyncio.to_thread(self._claim, str(shard), limit - len(claimed))
            if len(claimed) >= limit:
                break
        return claimed

    def _claim(self, shard: str, limit: int) -> list[OutboxRow]:
        now = _now_ms()
        rows = self._table.outbox.index.query(
            shard, filter_condition=self._table.outbox.lease_until < now, limit=limit
        )
        return [row for row in rows if self._lease(row, now)]

    def _lease(self, row: OutboxRow, now: int) -> bool:
        """Take the row, unless it is gone already (the index lags) or another relay holds it."""
        outbox = self._table.outbox
        try:
            row.update(
                actions=[outbox.lease_until.set(now + LEASE_MS)],
                condition=outbox.pk.exists() & (outbox.lease_until < now),
            )
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _settle(self, claimed: Sequence[OutboxRow], accepted: frozenset[UUID]) -> None:
        for row in claimed:
            try:
                if UUID(row.message_id) in accepted:
                    row.delete()
                else:
                    row.update(actions=[self._table.outbox.lease_until.set(0)])
            except (DeleteError, UpdateError):
                continue  # the lease ends by itself; the consumers' inboxes absorb the copy


def _now_ms() -> int:
    return int(time.time() * 1000)


def _age_s(row: OutboxRow) -> float:
    since = datetime.fromisoformat(str(row.outbox_at).partition("#")[0])
    return (datetime.now(UTC) - since).total_seconds()


def _message(row: OutboxRow) -> OutboxMessage:
    return OutboxMessage(UUID(row.message_id), row.type, row.destination, row.body, row.traceparent)
