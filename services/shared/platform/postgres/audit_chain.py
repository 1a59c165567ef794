"""Seals of the audit rows in PostgreSQL, under the sealer's own role: it reads rows, and adds seals and segments.

An advisory lock per chain lets one sealer at a time continue it; the primary key (chain, sequence) and the unique row
stand behind that. See audit_tables.py for why no row is missed.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.audit_chain import (
    NO_CLINIC,
    Head,
    Seal,
    clinic_of_chain,
    seal_rows,
    start_of,
)
from services.shared.platform.audit.ports import SealedRow, Segment, Unsealed
from services.shared.platform.postgres.database import Row

PLANNER = {
    # Every question walks an index from where the last one ended. The planner knows nothing of fresh rows.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
_ROW = """a.id, a.at, a.clinic_id, a.actor_id, a.actor_roles, a.action, a.patient_id, a.resource, a.purpose,
    a.address, a.trace_id"""
_SEAL = "s.chain, s.sequence, s.row_id, s.row_hash, s.previous, s.chain_hash, s.sealed_at"
_NOT_SEALED = "NOT EXISTS (SELECT FROM audit_seal s WHERE s.row_id = a.id)"
_DECIDED = "a.txid < pg_snapshot_xmin(pg_current_snapshot())"
# The clinics that have rows, by leaping from one to the next in the index.
_CLINICS = """RECURSIVE clinics AS (
    (SELECT clinic_id FROM audit WHERE clinic_id IS NOT NULL ORDER BY clinic_id LIMIT 1)
    UNION ALL
    SELECT (SELECT a.clinic_id FROM audit a WHERE a.clinic_id > c.clinic_id ORDER BY a.clinic_id LIMIT 1)
    FROM clinics c WHERE c.clinic_id IS NOT NULL)"""
_SEALED_CHAINS = """sealed_chains AS (
    (SELECT chain FROM audit_seal ORDER BY chain LIMIT 1)
    UNION ALL
    SELECT (SELECT s.chain FROM audit_seal s WHERE s.chain > c.chain ORDER BY s.chain LIMIT 1)
    FROM sealed_chains c WHERE c.chain IS NOT NULL)"""
_CHAINS = f"""WITH {_CLINICS}, {_SEALED_CHAINS}
SELECT clinic_id::text AS chain FROM clinics WHERE clinic_id IS NOT NULL
UNION SELECT chain FROM sealed_chains WHERE chain IS NOT NULL
UNION SELECT '{NO_CLINIC}' WHERE EXISTS (SELECT FROM audit WHERE clinic_id IS NULL)"""  # noqa: S608 - constants
_TO_SEAL = f"""WITH {_CLINICS}, chains AS (
    SELECT clinic_id, clinic_id::text AS chain FROM clinics WHERE clinic_id IS NOT NULL
    UNION ALL SELECT NULL, '{NO_CLINIC}')
SELECT c.chain FROM chains c LEFT JOIN LATERAL (
    SELECT txid FROM audit_seal s WHERE s.chain = c.chain ORDER BY s.sequence DESC LIMIT 1) AS head ON true
WHERE CASE WHEN c.clinic_id IS NULL
    THEN EXISTS (SELECT FROM audit a WHERE a.clinic_id IS NULL AND {{newer}} AND {_NOT_SEALED})
    ELSE EXISTS (SELECT FROM audit a WHERE a.clinic_id = c.clinic_id AND {{newer}} AND {_NOT_SEALED}) END
""".format(  # noqa: S608 - constants
    newer=f"a.txid >= coalesce(head.txid, '0'::xid8) AND {_DECIDED}"
)
# After a restore into a server that counts from the beginning, seals name transactions that are still to come.
_COUNTER_WENT_BACK = "coalesce(max(txid) >= pg_snapshot_xmax(pg_current_snapshot()), false)"
_DUE_SEGMENT = f"""WITH RECURSIVE {_SEALED_CHAINS}
SELECT c.chain, n.first, least(n.first + $1 - 1, t.sequence) AS last
FROM sealed_chains c
CROSS JOIN LATERAL (SELECT coalesce(
    (SELECT g.last FROM audit_segment g WHERE g.chain = c.chain ORDER BY g.first DESC LIMIT 1), 0) + 1 AS first) AS n
CROSS JOIN LATERAL (
    SELECT s.sequence FROM audit_seal s WHERE s.chain = c.chain ORDER BY s.sequence DESC LIMIT 1) AS t
WHERE t.sequence >= n.first AND (t.sequence >= n.first + $1 - 1 OR EXISTS (
    SELECT FROM audit_seal s WHERE s.chain = c.chain AND s.sequence = n.first
    AND s.sealed_at <= now() - make_interval(secs => $2)))
LIMIT 1"""  # noqa: S608 - constants
_FOREIGN_NAMED = 10


class PostgresChainStore:
    """`pool`: of asyncpg, as the sealer's role. `service`: the hyphenated name, part of each chain's beginning."""

    def __init__(self, pool: Any, service: str) -> None:
        self._pool = pool
        self._service = service

    async def chains(self) -> Sequence[str]:
        return [row["chain"] for row in await self._pool.fetch(_CHAINS)]

    async def to_seal(self) -> Sequence[str]:
        if await self._counter_went_back(self._pool):
            return await self.chains()
        return [row["chain"] for row in await self._pool.fetch(_TO_SEAL)]

    async def seal(self, chain: str, limit: int) -> int:
        async with self._pool.acquire() as connection, connection.transaction():
            lock = f"audit-seal/{chain}"
            if not await connection.fetchval(
                "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", lock
            ):
                return 0
            rows = await self._rows_to_seal(connection, chain, limit)
            if not rows:
                return 0
            last = await connection.fetchrow(f"SELECT sequence, chain_hash {_LAST}", chain)
            head = Head(**last) if last else start_of(self._service, chain)
            now = await connection.fetchval("SELECT clock_timestamp()")
            seals = seal_rows(chain, head, (read_entry(row) for row in rows), now)
            await _insert(connection, seals, [row["txid"] for row in rows])
            return len(seals)

    async def _rows_to_seal(self, connection: Any, chain: str, limit: int) -> Sequence[Row]:
        """Return the rows after the last seal, of transactions that are decided."""
        clinic = clinic_of_chain(chain)
        which = "a.clinic_id IS NULL AND $2::uuid IS NULL" if clinic is None else "a.clinic_id = $2"
        after = ""
        args: list[Any] = [limit, clinic]
        if not await self._counter_went_back(connection):
            last = await connection.fetchrow(f"SELECT txid::text, row_id {_LAST}", chain)
            after = f"AND a.txid >= $3::text::xid8 AND (a.txid, a.id) > ($3::text::xid8, $4) AND {_DECIDED}"
            args += [last["txid"], last["row_id"]] if last else ["0", UUID(int=0)]
        rows: Sequence[Row] = await connection.fetch(
            f"""SELECT {_ROW}, a.txid::text AS txid FROM audit a
                WHERE {which} {after} AND {_NOT_SEALED} ORDER BY a.txid, a.id LIMIT $1""",  # noqa: S608 - constants
            *args,
        )
        return rows

    async def _counter_went_back(self, connection: Any) -> bool:
        return bool(await connection.fetchval(_WENT_BACK))

    async def next_segment(self, rows: int, older_than_s: float) -> Segment | None:
        planned = await self._pool.fetchrow(
            """SELECT g.chain, g.first, g.last FROM audit_segment g WHERE NOT EXISTS (
                   SELECT FROM audit_segment_stored d WHERE d.chain = g.chain AND d.first = g.first) LIMIT 1"""
        )
        if planned is not None:
            return Segment(**planned)
        due = await self._pool.fetchrow(_DUE_SEGMENT, rows, older_than_s)
        if due is None:
            return None
        tag = await self._pool.execute(
            "INSERT INTO audit_segment (chain, first, last) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            *due.values(),
        )
        return Segment(**due) if tag == "INSERT 0 1" else None

    async def exported(self, segment: Segment) -> None:
        await self._pool.execute(
            "INSERT INTO audit_segment_stored (chain, first) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            segment.chain,
            segment.first,
        )

    async def sealed(self, chain: str, first: int = 1, last: int | None = None) -> AsyncIterator[SealedRow]:
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            rows = connection.cursor(
                f"""SELECT {_SEAL}, {_ROW} FROM audit_seal s LEFT JOIN audit a ON a.id = s.row_id
                    WHERE s.chain = $1 AND s.sequence >= $2 AND s.sequence <= coalesce($3, 9223372036854775807)
                    ORDER BY s.sequence""",  # noqa: S608 - constants
                chain,
                first,
                last,
                prefetch=2000,
            )
            async for row in rows:
                yield SealedRow(_seal(row), read_entry(row) if row["id"] is not None else None)

    async def unsealed(self, chain: str) -> Unsealed:
        clinic = clinic_of_chain(chain)
        which = "a.clinic_id IS NULL AND $2::uuid IS NULL" if clinic is None else "a.clinic_id = $2"
        went_back = await self._counter_went_back(self._pool)
        rows = await self._pool.fetch(
            f"""SELECT a.id, NOT $3 AND (a.txid, a.id) < (head.txid, head.row_id) AS foreign_row
                FROM audit a LEFT JOIN (SELECT txid, row_id {_LAST}) AS head ON true
                WHERE {which} AND {_NOT_SEALED} ORDER BY a.txid, a.id""",  # noqa: S608 - constants
            chain,
            clinic,
            went_back,
        )
        foreign = [row["id"] for row in rows if row["foreign_row"]]
        return Unsealed(len(rows) - len(foreign), foreign[:_FOREIGN_NAMED])


_LAST = "FROM audit_seal WHERE chain = $1 ORDER BY sequence DESC LIMIT 1"
_HEADS = f"""WITH RECURSIVE {_SEALED_CHAINS}
    SELECT (SELECT s.txid FROM audit_seal s WHERE s.chain = c.chain ORDER BY s.sequence DESC LIMIT 1) AS txid
    FROM sealed_chains c WHERE c.chain IS NOT NULL"""  # noqa: S608 - constants

_WENT_BACK = f"SELECT {_COUNTER_WENT_BACK} FROM ({_HEADS}) AS heads"  # noqa: S608 - constants


async def _insert(connection: Any, seals: Sequence[Seal], txids: Sequence[str]) -> None:
    await connection.execute(
        """INSERT INTO audit_seal (chain, sequence, row_id, row_hash, previous, chain_hash, sealed_at, txid)
           SELECT $1, s.sequence, s.row_id, s.row_hash, s.previous, s.chain_hash, $2, s.txid::xid8
           FROM unnest($3::bigint[], $4::uuid[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[])
             AS s (sequence, row_id, row_hash, previous, chain_hash, txid)""",
        seals[0].chain,
        seals[0].sealed_at,
        [seal.sequence for seal in seals],
        [seal.row_id for seal in seals],
        [seal.row_hash for seal in seals],
        [seal.previous for seal in seals],
        [seal.chain_hash for seal in seals],
        list(txids),
    )


def _seal(row: Row) -> Seal:
    return Seal(
        chain=row["chain"],
        sequence=row["sequence"],
        row_id=row["row_id"],
        row_hash=row["row_hash"],
        previous=row["previous"],
        chain_hash=row["chain_hash"],
        sealed_at=row["sealed_at"],
    )


def read_entry(row: Row) -> AuditEntry:
    return AuditEntry(
        id=row["id"],
        at=row["at"],
        clinic_id=row["clinic_id"],
        actor_id=row["actor_id"],
        actor_roles=tuple(row["actor_roles"]),
        action=row["action"],
        patient_id=row["patient_id"],
        resource=row["resource"],
        purpose=row["purpose"],
        address=row["address"],
        trace_id=row["trace_id"],
    )
