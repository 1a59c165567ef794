"""Relations in PostgreSQL. Reading takes one statement each, scope set by the statement as in the hot reads."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.exam_results.application.ports import RecordedRelation, RelationKey, RelationRow
from services.shared.kernel.relations import Kind, Relation, Sees
from services.shared.platform.postgres.database import ReadSession, Row, Scope, WriteSession

_COLUMNS = "relation_id, clinic_id, person_id, exam_id, reader_id, kind, sees, starts_at, until, ended_at"
_INSERT = f"""
INSERT INTO care_relations ({_COLUMNS}, made_by, patient_id, reason, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""  # noqa: S608 - constants only
_PUT = f"""{_INSERT}
ON CONFLICT (relation_id, clinic_id) DO UPDATE SET sees = excluded.sees, starts_at = excluded.starts_at,
    until = excluded.until, ended_at = excluded.ended_at, version = excluded.version
WHERE care_relations.version < excluded.version
"""
_END = f"""
UPDATE care_relations SET ended_at = $3, version = version + 1
WHERE relation_id = $1 AND kind = 'shared' AND (person_id = $2 OR made_by = $2) AND ended_at IS NULL
  AND until > $3
RETURNING {_COLUMNS}
"""  # noqa: S608 - constants only
_END_ALL_OF = """
UPDATE care_relations SET ended_at = $2, version = version + 1
WHERE (person_id = $1 OR reader_id = $1) AND ended_at IS NULL
"""
_SHOWN = """
SELECT c.relation_id, c.kind, c.clinic_id, l.name AS clinic_name, c.person_id, c.patient_id,
    {patient_name} AS patient_name, p.record_number, c.exam_id, e.protocol,
    c.reader_id, r.name AS reader_name, c.made_by, c.reason, c.starts_at, c.until, c.ended_at
FROM care_relations c
    LEFT JOIN laboratories l ON l.clinic_id = c.clinic_id
    LEFT JOIN patients p ON p.patient_id = c.patient_id
    LEFT JOIN exams e ON e.exam_id = c.exam_id
    LEFT JOIN LATERAL (SELECT name FROM professionals WHERE account_id = c.reader_id LIMIT 1) r ON true
WHERE scope.clinic IS NOT NULL AND """


_OWN_NAME = "coalesce(p.social_name, p.name)"
_SHARED_NAME = "name_shared_with($1, c.patient_id, $2)"


class PostgresCareRelations:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def add(self, recorded: RecordedRelation) -> None:
        await self._session.execute(_INSERT, *_values(recorded))

    async def put(self, recorded: RecordedRelation) -> bool:
        return await self._session.execute(_PUT, *_values(recorded)) == "INSERT 0 1"

    async def end_all_of(self, person_id: UUID, at: datetime) -> None:
        await self._session.execute(_END_ALL_OF, person_id, at)

    async def end(self, relation_id: UUID, by: UUID, at: datetime) -> Relation | None:
        row = await self._session.row(_END, relation_id, by, at)
        return None if row is None else _relation(row)


class PostgresRelationReads:
    """Each method sets the scope it needs; inside a transaction that has one, it sets the same again."""

    def __init__(self, session: ReadSession) -> None:
        self._session = session

    async def relations_to(self, reader_id: UUID, person_id: UUID) -> Sequence[Relation]:
        select = f"""SELECT {_COLUMNS} FROM care_relations c WHERE scope.clinic IS NOT NULL
            AND c.reader_id = $1 AND c.person_id = $2 AND c.ended_at IS NULL LIMIT 500"""  # noqa: S608
        sql = Scope.set_by(select, "''", "$1::uuid::text")
        return [_relation(row) for row in await self._session.rows(sql, reader_id, person_id)]

    async def let_in(self, person_id: UUID, limit: int) -> Sequence[RelationRow]:
        select = f"""{_SHOWN.format(patient_name=_OWN_NAME)} c.person_id = $1 AND c.kind IN ('shared', 'emergency')
            ORDER BY c.starts_at DESC, c.relation_id DESC LIMIT $2"""
        return await self._session.rows(Scope.set_by(select, "''", "$1::uuid::text"), person_id, limit)

    async def shared_with(self, reader_id: UUID, at: datetime, limit: int) -> Sequence[RelationRow]:
        select = f"""{_SHOWN.format(patient_name=_SHARED_NAME)} c.reader_id = $1 AND c.kind = 'shared'
            AND c.starts_at <= $2 AND c.until > $2 AND c.ended_at IS NULL
            ORDER BY c.starts_at DESC, c.relation_id DESC LIMIT $3"""
        return await self._session.rows(Scope.set_by(select, "''", "$1::uuid::text"), reader_id, at, limit)

    async def emergencies(
        self, clinic_id: UUID, after: RelationKey | None, limit: int
    ) -> Sequence[RelationRow]:
        select = f"""{_SHOWN.format(patient_name=_OWN_NAME)} c.clinic_id = $1 AND c.kind = 'emergency'
            AND ($2::timestamptz IS NULL OR (c.starts_at, c.relation_id) < ($2, $3::uuid))
            ORDER BY c.starts_at DESC, c.relation_id DESC LIMIT $4"""
        key = (after.starts_at, after.relation_id) if after else (None, None)
        sql = Scope.set_by(select, "$1::uuid::text", "''")
        return await self._session.rows(sql, clinic_id, *key, limit)


def _values(recorded: RecordedRelation) -> tuple[object, ...]:
    relation = recorded.relation
    return (
        relation.id,
        relation.clinic_id,
        relation.person_id,
        relation.exam_id,
        relation.reader_id,
        relation.kind.value,
        relation.sees.value,
        relation.starts_at,
        relation.until,
        relation.ended_at,
        recorded.made_by,
        recorded.patient_id,
        recorded.reason,
        recorded.version,
    )


def _relation(row: Row) -> Relation:
    return Relation(
        id=row["relation_id"],
        kind=Kind(row["kind"]),
        clinic_id=row["clinic_id"],
        person_id=row["person_id"],
        reader_id=row["reader_id"],
        exam_id=row["exam_id"],
        sees=Sees(row["sees"]),
        starts_at=row["starts_at"],
        until=row["until"],
        ended_at=row["ended_at"],
    )
