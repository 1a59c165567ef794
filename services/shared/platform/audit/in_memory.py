"""A store, a bucket and an access log in memory, for tests."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.shared.kernel.access_log import Access, AccessQuestion, AuditQuestion
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.audit_chain import Head, Seal, chain_of, seal_rows, start_of
from services.shared.kernel.principal import Principal
from services.shared.platform.audit.ports import SealedRow, Segment, Unsealed


class InMemoryChainStore:
    """`rows` in the order they were inserted."""

    def __init__(self, service: str, rows: dict[UUID, AuditEntry] | None = None) -> None:
        self.service = service
        self.rows: dict[UUID, AuditEntry] = {} if rows is None else rows
        self.seals: dict[str, list[Seal]] = {}
        self.planned: dict[tuple[str, int], Segment] = {}
        self.stored: set[tuple[str, int]] = set()

    async def chains(self) -> Sequence[str]:
        return sorted({*self.seals, *(chain_of(row.clinic_id) for row in self.rows.values())})

    async def to_seal(self) -> Sequence[str]:
        return [chain for chain in await self.chains() if self._unsealed(chain)]

    async def seal(self, chain: str, limit: int) -> int:
        seals = self.seals.setdefault(chain, [])
        head = Head(seals[-1].sequence, seals[-1].chain_hash) if seals else start_of(self.service, chain)
        made = seal_rows(chain, head, self._unsealed(chain)[:limit], datetime.now(UTC))
        seals += made
        return len(made)

    async def next_segment(self, rows: int, older_than_s: float) -> Segment | None:
        for key, segment in self.planned.items():
            if key not in self.stored:
                return segment
        oldest = datetime.now(UTC) - timedelta(seconds=older_than_s)
        for chain, seals in self.seals.items():
            first = 1 + max((item.last for item in self.planned.values() if item.chain == chain), default=0)
            left = [seal for seal in seals if seal.sequence >= first]
            if left and (len(left) >= rows or left[0].sealed_at <= oldest):
                segment = Segment(chain, first, left[:rows][-1].sequence)
                return self.planned.setdefault((chain, first), segment)
        return None

    async def exported(self, segment: Segment) -> None:
        self.stored.add((segment.chain, segment.first))

    async def sealed(self, chain: str, first: int = 1, last: int | None = None) -> AsyncIterator[SealedRow]:
        for seal in self.seals.get(chain, []):
            if first <= seal.sequence and (last is None or seal.sequence <= last):
                yield SealedRow(seal, self.rows.get(seal.row_id))

    async def unsealed(self, chain: str) -> Unsealed:
        """Rows that were inserted before the last sealed one have slipped in."""
        left = {row.id for row in self._unsealed(chain)}
        order = list(self.rows)
        sealed = [order.index(seal.row_id) for seal in self.seals.get(chain, []) if seal.row_id in self.rows]
        foreign = [row_id for row_id in order[: max(sealed, default=0)] if row_id in left]
        return Unsealed(len(left) - len(foreign), foreign)

    def _unsealed(self, chain: str) -> list[AuditEntry]:
        known = {seal.row_id for seal in self.seals.get(chain, [])}
        return [row for row in self.rows.values() if chain_of(row.clinic_id) == chain and row.id not in known]


class InMemorySegmentBucket:
    def __init__(self) -> None:
        self.versions: dict[str, list[bytes]] = {}

    async def put(self, key: str, body: bytes) -> None:
        self.versions.setdefault(key, []).append(body)

    async def keys(self, prefix: str) -> Sequence[str]:
        return sorted(key for key in self.versions if key.startswith(prefix))

    async def first_version(self, key: str) -> bytes:
        return self.versions[key][0]


class InMemoryAccessLog:
    """`records`: the patient records of each person. `about`: what is told of a resource."""

    def __init__(self, rows: list[AuditEntry], records: Mapping[UUID, set[UUID]]) -> None:
        self.rows = rows
        self.records = records
        self.about: dict[str, Mapping[str, Any]] = {}

    async def own(self, caller: Principal, question: AccessQuestion, audit: AuditEntry) -> Sequence[Access]:
        mine = self.records.get(caller.account_id, set())
        found = [
            row
            for row in self._before(question.before)
            if row.patient_id in mine and (question.with_own or row.actor_id != caller.account_id)
        ]
        self.rows.append(audit)
        return [Access(row, self.about.get(row.resource or "", {})) for row in found[: question.limit]]

    async def of_clinic(
        self, caller: Principal, question: AuditQuestion, audit: AuditEntry
    ) -> Sequence[AuditEntry]:
        found = [
            row
            for row in self._before(question.before)
            if row.clinic_id == caller.clinic_id and row.at >= question.since and question.wants(row)
        ]
        self.rows.append(audit)
        return found[: question.limit]

    def _before(self, key: tuple[datetime, UUID]) -> list[AuditEntry]:
        newest = sorted(self.rows, key=lambda row: (row.at, row.id), reverse=True)
        return [row for row in newest if (row.at, row.id) < key]
