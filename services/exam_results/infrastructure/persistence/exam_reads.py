"""The hot reads: one statement each, rows straight from asyncpg, no objects in between.

Results travel as the stored text, spliced into the answer without being parsed.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from services.exam_results.application.exam_json import ON_FORM
from services.exam_results.application.ports import ExamRow, Order, PageCriteria, StoredSnapshot
from services.exam_results.domain.report import Stage
from services.exam_results.infrastructure.persistence.care_relations import PostgresRelationReads
from services.exam_results.infrastructure.persistence.view_filter import (
    audited_patient,
    conditions,
    in_scope,
)
from services.shared.kernel.access import View
from services.shared.kernel.audit import AuditEntry
from services.shared.platform.postgres.database import ReadSession, Scope

PLANNER = {
    # Planning a page takes ten times as long as reading it, so each connection plans a statement once.
    "plan_cache_mode": "force_generic_plan",
    # A page walks its index. Row-level security reads the scope at run time, so the planner expects a single row
    # and would rather gather and sort: a thousand times the work at ten thousand exams.
    "enable_sort": "off",
    "enable_bitmapscan": "off",
    "enable_seqscan": "off",
    "jit": "off",  # the price set on what is switched off looks like a huge query, worth 70 ms of compiling
}
_LIST_COLUMNS = """
    e.exam_id::text AS exam_id, e.code, e.state, e.priority_rank, e.sensitive, e.flagged,
    e.signed_file_id IS NOT NULL AS signed, e.opened_at IS NOT NULL AS opened,
    e.released_at IS NOT NULL AND e.opened_at IS NULL AS waits,
    json_build_object(
        'id', e.exam_id, 'protocol', e.protocol, 'code', e.code, 'state', e.state, 'priority', e.priority,
        'patient', json_build_object('id', e.patient_id, 'name', coalesce(p.social_name, p.name),
            'birth_date', p.birth_date, 'record_number', p.record_number),
        'requester', json_build_object('id', e.requester_id, 'name', r.name),
        'clinic', json_build_object('id', e.clinic_id, 'name', l.name),
        'created_at', e.created_at, 'scheduled_at', e.scheduled_at, 'released_at', e.released_at,
        'report_version', nullif(e.report_version, 0), 'sensitive', e.sensitive)::text AS item"""
_JOINS = """
    LEFT JOIN patients p ON p.patient_id = e.patient_id
    LEFT JOIN professionals r ON r.clinic_id = e.clinic_id AND r.account_id = e.requester_id
    LEFT JOIN laboratories l ON l.clinic_id = e.clinic_id"""
_OPEN_ACCOUNT = "NOT EXISTS (SELECT FROM accounts WHERE account_id = $1 AND closed{in_scope})"
_IN_SCOPE = " AND scope.clinic IS NOT NULL"  # always true; makes the reading wait for the scope
_ONE = f"""
SELECT {_LIST_COLUMNS}, e.clinic_id::text AS clinic_id, e.patient_id::text AS patient_id,
    p.sex AS patient_sex, p.birth_date AS patient_birth_date,
    l.time_zone AS clinic_time_zone, e.released_at, e.report_version, e.signed_file_id::text AS signed_file_id,
    e.version, e.barcode, e.collected_at, e.clinical_note, e.draft_version, e.typed_by, e.results::text AS results,
    e.releaser_id::text AS releaser_id, s.name AS releaser_name, s.council AS releaser_council,
    s.number AS releaser_number, s.uf AS releaser_uf,
    (SELECT f.file_id::text FROM exam_files f
      WHERE f.exam_id = e.exam_id AND f.kind = 'draft_report' AND f.report_version = e.draft_version
        AND f.ready AND NOT f.deleted AND f.processed_at >= e.completed_at
      ORDER BY f.processed_at DESC LIMIT 1) AS draft_file_id,
    (SELECT coalesce(json_agg(json_build_object('type', v.type, 'at', v.at, 'actor_name', a.name)
                              ORDER BY v.version), '[]')
       FROM exam_events v LEFT JOIN accounts a ON a.clinic_id = v.clinic_id AND a.account_id = v.actor_id
      WHERE v.exam_id = e.exam_id) AS events
FROM exams e {_JOINS}
    LEFT JOIN professionals s ON s.clinic_id = e.clinic_id AND s.account_id = e.releaser_id
WHERE """  # noqa: S608 - constants only
_AUDIT_COLUMNS = "id, at, actor_id, actor_roles, action, purpose, address, trace_id, resource"
_SNAPSHOT = """
SELECT found.* FROM (SELECT set_config('app.service', 'snapshot', true) AS service) AS scope CROSS JOIN LATERAL (
    SELECT clinic_id, patient_id, body, sha256 FROM reports
    WHERE scope.service IS NOT NULL AND exam_id = $1 AND report_version = $2 AND stage = $3
    ORDER BY exam_version DESC LIMIT 1) AS found
"""


class _Where:
    """Conditions with numbered parameters; only constant text ever becomes SQL. $1 is who looks."""

    def __init__(self, view: View, scope: Scope | None) -> None:
        self.args: list[Any] = [view.viewer_id]
        self.view = view
        self.scope = scope
        self.conditions = [_OPEN_ACCOUNT.format(in_scope=_IN_SCOPE if scope else "")]
        self.conditions += conditions(view, self.mark)

    def mark(self, *values: Any) -> list[str]:
        """Take values as parameters and return their marks."""
        self.args += values
        return [f"${len(self.args) - len(values) + n + 1}" for n in range(len(values))]

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition.format(*self.mark(*values)))

    def __str__(self) -> str:
        return " AND ".join(self.conditions)

    def in_scope(self, select: str) -> str:
        """Return `select`, which ends in LIMIT, with the setting of its scope unless a transaction has set it."""
        return select if self.scope is None else in_scope(select, self.view, self.scope, self.mark)

    def audited(self, select: str, audit: AuditEntry, clinic_and_patient: str) -> str:
        """Return `select` with the insertion of its audit row in the same statement.

        `clinic_and_patient` says where the two come from: constants for a list, the row found for one exam.
        """
        marks = self.mark(
            audit.id,
            audit.at,
            audit.actor_id,
            list(audit.actor_roles),
            audit.action,
            audit.purpose,
            audit.address,
            audit.trace_id,
            audit.resource,
        )
        types = ("uuid", "timestamptz", "uuid", "text[]", "text", "text", "text", "text", "text")
        typed = ", ".join(f"{mark}::{kind}" for mark, kind in zip(marks, types, strict=True))
        return f"""WITH found AS ({select}), audited AS (
            INSERT INTO audit ({_AUDIT_COLUMNS}, clinic_id, patient_id) SELECT {typed}, {clinic_and_patient})
            SELECT * FROM found"""  # noqa: S608 - constants and parameter marks


class PostgresExamReads(PostgresRelationReads):
    """`scope`: set by the reading statement itself; None inside a transaction that has set it."""

    def __init__(self, session: ReadSession, scope: Scope | None = None) -> None:
        super().__init__(session)
        self._scope = scope

    async def page(self, criteria: PageCriteria, audit: AuditEntry) -> Sequence[ExamRow]:
        where = _where(criteria, self._scope)
        worklist = criteria.order is Order.WORKLIST
        order = (
            "e.priority_rank, e.created_at, e.exam_id" if worklist else "e.created_at DESC, e.exam_id DESC"
        )
        (limit,) = where.mark(criteria.limit)
        select = f"""SELECT {_LIST_COLUMNS} FROM exams e {_JOINS}
            WHERE {where} ORDER BY {order} LIMIT {limit}"""  # noqa: S608 - constants and parameter marks
        (clinic,) = where.mark(audit.clinic_id)
        patient = audited_patient(audit.patient_id, where.mark)
        sql = where.audited(where.in_scope(select), audit, f"{clinic}::uuid, {patient}")
        return await self._session.rows(sql, *where.args)

    async def one(self, view: View, exam_id: UUID, audit: AuditEntry | None) -> ExamRow | None:
        where = _Where(view, self._scope)
        where.add("e.exam_id = {}", exam_id)
        sql = where.in_scope(f"{_ONE} {where} LIMIT 1")
        if audit is not None:
            sql = where.audited(sql, audit, "clinic_id::uuid, patient_id::uuid FROM found")
        row = await self._session.row(sql, *where.args)
        if row is None:
            return None
        on_form = row["state"] in ON_FORM
        stored: str = row["results"]
        return {**row, "results": orjson.loads(stored) if on_form else orjson.Fragment(stored)}

    async def snapshot(self, exam_id: UUID, report_version: int, stage: Stage) -> StoredSnapshot | None:
        row = await self._session.row(_SNAPSHOT, exam_id, report_version, stage.value)
        return None if row is None else StoredSnapshot(**row)

    async def audit(self, entry: AuditEntry) -> None:
        await self._session.audit(entry)


def _where(criteria: PageCriteria, scope: Scope | None) -> _Where:
    where = _Where(criteria.view, scope)
    if criteria.states:
        where.add("e.state = ANY({})", [state.value for state in criteria.states])
    if criteria.patient_id is not None:
        where.add("e.patient_id = {}", criteria.patient_id)
    if criteria.since is not None:
        where.add("e.created_at >= {}", criteria.since)
    if criteria.until is not None:
        where.add("e.created_at < {}", criteria.until)
    if criteria.search is not None:
        _add_search(where, criteria)
    if criteria.after is not None:
        key = criteria.after
        if criteria.order is Order.WORKLIST:
            where.add(
                "(e.priority_rank, e.created_at, e.exam_id) > ({}, {}, {})",
                key.rank,
                key.created_at,
                key.exam_id,
            )
        else:
            where.add("(e.created_at, e.exam_id) < ({}, {})", key.created_at, key.exam_id)
    return where


def _add_search(where: _Where, criteria: PageCriteria) -> None:
    search = criteria.search
    assert search is not None
    escaped = search.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    alternatives = "e.protocol = {} OR e.code = ANY({}) OR r.search LIKE {}"
    values: list[Any] = [search.protocol, list(search.codes), f"%{escaped}%"]
    if criteria.view.is_staff:  # patients look through their own exams: their own name finds nothing
        alternatives += " OR p.search LIKE {}"
        values.append(f"%{escaped}%")
    where.add(f"({alternatives})", *values)
