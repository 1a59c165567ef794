"""Merges of duplicate records in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from services.accounts.domain.merge import Merge, MergeState
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession

_NAMES = [each.name for each in fields(Merge)]


class PostgresMergeReader:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def listed(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Merge]:
        rows = await self._reading.rows(
            """SELECT * FROM merges WHERE clinic_id = $1 AND ($2::uuid IS NULL OR id < $2)
               ORDER BY id DESC LIMIT $3""",
            clinic_id,
            after,
            limit,
        )
        return [_merge(row) for row in rows]


class PostgresMerges(PostgresMergeReader):
    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._session = session

    async def get(self, merge_id: UUID) -> Merge | None:
        row = await self._session.row("SELECT * FROM merges WHERE id = $1 FOR UPDATE", merge_id)
        return _merge(row) if row else None

    async def add(self, merge: Merge) -> None:
        marks = ", ".join(f"${place + 1}" for place in range(len(_NAMES)))
        await self._session.execute(
            f"INSERT INTO merges ({', '.join(_NAMES)}) VALUES ({marks})",  # noqa: S608 - the dataclass's own names
            *(getattr(merge, name) for name in _NAMES),
        )

    async def save(self, merge: Merge) -> None:
        await self._session.execute(
            """UPDATE merges SET state = $2, decided_by = $3, decided_at = $4, undone_by = $5, undone_at = $6,
                   undone_reason = $7
               WHERE id = $1""",
            merge.id,
            merge.state,
            merge.decided_by,
            merge.decided_at,
            merge.undone_by,
            merge.undone_at,
            merge.undone_reason,
        )


def _merge(row: Row) -> Merge:
    return Merge(**{**{name: row[name] for name in _NAMES}, "state": MergeState(row["state"])})
