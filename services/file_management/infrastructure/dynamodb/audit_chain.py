"""Seals of the audit facts in DynamoDB: put where nothing is, so two sealers at once never fork a chain.

A fact may come a moment after its time; each round looks at ten minutes before the last seal, and every six hours, and
at a start, at three days. What comes later still is never sealed, and verification names it. A seal and the mark that
its fact is sealed are one transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import UUID

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.transactions import TransactWrite

from services.file_management.infrastructure.dynamodb.audit import CHAINS, partition, read_entry
from services.file_management.infrastructure.dynamodb.rows import AuditRow, SealRow
from services.file_management.infrastructure.dynamodb.table import Table
from services.shared.kernel.audit_chain import Head, Seal, seal_rows, start_of
from services.shared.platform.audit.ports import SealedRow, Segment, Unsealed

_LATE, _VERY_LATE, _LOOK_FAR_EVERY = timedelta(minutes=10), timedelta(days=3), timedelta(hours=6)
_AT_ONCE = 50  # a transaction holds 100 items, and a fact needs two
_PAGE = 100  # a batch of gets holds as many
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class DynamoChainStore:
    def __init__(self, table: Table, service: str) -> None:
        self._table = table
        self._service = service
        self._looked_far: dict[str, datetime] = {}

    async def chains(self) -> Sequence[str]:
        return await asyncio.to_thread(lambda: [row.sk for row in self._table.chain.query(CHAINS)])

    async def to_seal(self) -> Sequence[str]:
        return await self.chains()

    async def seal(self, chain: str, limit: int) -> int:
        return await asyncio.to_thread(self._seal, chain, limit)

    def _seal(self, chain: str, limit: int) -> int:
        now = datetime.now(UTC)
        far = now - self._looked_far.get(chain, _LONG_AGO) > _LOOK_FAR_EVERY
        last = self._last(chain)
        back = _VERY_LATE if far else _LATE
        since = datetime.fromisoformat(last.sealed_at) - back if last else self._begin(chain)
        rows = islice(self._not_sealed(chain, since), limit)
        count = 0
        while page := list(islice(rows, _AT_ONCE)):
            head = (
                Head(int(last.sk), bytes.fromhex(last.chain_hash)) if last else start_of(self._service, chain)
            )
            if not self._put(page, seal_rows(chain, head, map(read_entry, page), now)):
                return 0
            last, count = self._last(chain), count + len(page)
        if count < limit:
            self._looked_far[chain] = now
        return count

    def _put(self, rows: Sequence[AuditRow], seals: Sequence[Seal]) -> bool:
        table = self._table
        try:
            with TransactWrite(connection=self._table.connection) as write:
                for row, seal in zip(rows, seals, strict=True):
                    write.save(_seal_row(table, row, seal), condition=table.seal.pk.does_not_exist())
                    mark = table.sealed(row.pk.replace("AUDIT#", "AUDITSEALED#", 1), row.sk)
                    write.save(mark, condition=table.sealed.pk.does_not_exist())
        except TransactWriteError as error:
            if error.cause_response_code != "TransactionCanceledException":
                raise
            return False  # another sealer was faster
        return True

    def _not_sealed(self, chain: str, since: datetime) -> Iterator[AuditRow]:
        for day in _days(since.date()):
            key = partition(chain, day)
            marks = self._table.sealed.query(
                key.replace("AUDIT#", "AUDITSEALED#", 1),
                self._table.sealed.sk >= since.isoformat(),
                consistent_read=True,
            )
            sealed = {mark.sk for mark in marks}
            facts = self._table.audit.query(
                key, self._table.audit.sk >= since.isoformat(), consistent_read=True
            )
            yield from (fact for fact in facts if fact.sk not in sealed)

    async def next_segment(self, rows: int, older_than_s: float) -> Segment | None:
        return await asyncio.to_thread(self._next_segment, rows, older_than_s)

    def _next_segment(self, rows: int, older_than_s: float) -> Segment | None:
        table, oldest = self._table, datetime.now(UTC) - timedelta(seconds=older_than_s)
        for row in table.chain.query(CHAINS):
            chain = row.sk
            planned = next(
                iter(table.segment.query(f"AUDITSEGMENT#{chain}", scan_index_forward=False, limit=1)), None
            )
            if planned and not table.segment.count(f"AUDITSTORED#{chain}", table.segment.sk == planned.sk):
                return Segment(chain, int(planned.sk), int(planned.last))
            first, last = int(planned.last) + 1 if planned else 1, self._last(chain)
            begin = next(iter(table.seal.query(f"AUDITSEAL#{chain}", table.seal.sk == _number(first))), None)
            if begin is None or last is None:
                continue
            if int(last.sk) >= first + rows - 1 or datetime.fromisoformat(begin.sealed_at) <= oldest:
                return self._plan(Segment(chain, first, min(first + rows - 1, int(last.sk))))
        return None

    def _plan(self, segment: Segment) -> Segment | None:
        row = self._table.segment(f"AUDITSEGMENT#{segment.chain}", _number(segment.first), last=segment.last)
        try:
            row.save(condition=self._table.segment.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return None  # another sealer was faster
        return segment

    async def exported(self, segment: Segment) -> None:
        row = self._table.segment(f"AUDITSTORED#{segment.chain}", _number(segment.first), last=segment.last)
        await asyncio.to_thread(row.save)

    async def sealed(self, chain: str, first: int = 1, last: int | None = None) -> AsyncIterator[SealedRow]:
        seals = self._table.seal.query(
            f"AUDITSEAL#{chain}",
            self._table.seal.sk.between(_number(first), _number(last or 10**12 - 1)),
            consistent_read=True,
        )
        while page := await asyncio.to_thread(lambda: list(islice(seals, _PAGE))):
            keys = [(seal.row_pk, seal.row_sk) for seal in page]
            facts = await asyncio.to_thread(
                lambda keys=keys: list(self._table.audit.batch_get(keys, consistent_read=True))  # type: ignore[misc]
            )
            rows = {(fact.pk, fact.sk): fact for fact in facts}
            for seal in page:
                fact = rows.get((seal.row_pk, seal.row_sk))
                yield SealedRow(_read_seal(chain, seal), read_entry(fact) if fact else None)

    async def unsealed(self, chain: str) -> Unsealed:
        return await asyncio.to_thread(self._unsealed, chain)

    def _unsealed(self, chain: str) -> Unsealed:
        last = self._last(chain)
        decided = datetime.fromisoformat(last.sealed_at) - _VERY_LATE if last else _LONG_AGO
        left = [read_entry(row) for row in self._not_sealed(chain, self._begin(chain))]
        foreign = [entry.id for entry in left if entry.at < decided]
        return Unsealed(len(left) - len(foreign), foreign)

    def _last(self, chain: str) -> SealRow | None:
        found = self._table.seal.query(
            f"AUDITSEAL#{chain}", scan_index_forward=False, limit=1, consistent_read=True
        )
        return next(iter(found), None)

    def _begin(self, chain: str) -> datetime:
        row = next(iter(self._table.chain.query(CHAINS, self._table.chain.sk == chain)), None)
        day = date.fromisoformat(row.since) if row else datetime.now(UTC).date()
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _days(first: date) -> Iterator[date]:
    for number in range((datetime.now(UTC).date() - first).days + 2):  # tomorrow too: clocks differ
        yield first + timedelta(days=number)


def _number(sequence: int) -> str:
    return f"{sequence:012d}"


def _seal_row(table: Table, row: AuditRow, seal: Seal) -> SealRow:
    return table.seal(
        f"AUDITSEAL#{seal.chain}",
        _number(seal.sequence),
        row_pk=row.pk,
        row_sk=row.sk,
        row_hash=seal.row_hash.hex(),
        previous=seal.previous.hex(),
        chain_hash=seal.chain_hash.hex(),
        sealed_at=seal.sealed_at.isoformat(),
    )


def _read_seal(chain: str, row: SealRow) -> Seal:
    return Seal(
        chain=chain,
        sequence=int(row.sk),
        row_id=UUID(row.row_sk.rpartition("#")[2]),
        row_hash=bytes.fromhex(row.row_hash),
        previous=bytes.fromhex(row.previous),
        chain_hash=bytes.fromhex(row.chain_hash),
        sealed_at=datetime.fromisoformat(row.sealed_at),
    )
