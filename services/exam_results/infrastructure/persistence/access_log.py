"""Who read a person's exams: the rows by the platform's door, the exams' names by row-level security."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.exam_results.domain.catalogue import Catalogue
from services.shared.kernel.audit import AuditEntry
from services.shared.platform.postgres.access_log import PostgresAccessLog
from services.shared.platform.postgres.database import Database, ReadSession

_EXAM = "exam/"


def exam_access_log(database: Database, catalogue: Catalogue) -> PostgresAccessLog:
    """An exam of a sensitive class keeps its name: this list is a preview, and is read over a shoulder."""

    async def about(session: ReadSession, entries: Sequence[AuditEntry]) -> Mapping[str, Mapping[str, Any]]:
        named = [entry.resource or "" for entry in entries]
        ids = {UUID(name[len(_EXAM) :]) for name in named if name.startswith(_EXAM)}
        rows = await session.rows(
            "SELECT exam_id, protocol, code, sensitive FROM exams WHERE exam_id = ANY($1::uuid[])", list(ids)
        )
        return {f"{_EXAM}{row['exam_id']}": _about(row, catalogue) for row in rows}

    return PostgresAccessLog(database, about)


def _about(row: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    told = {"exam_id": str(row["exam_id"]), "protocol": row["protocol"], "sensitive": row["sensitive"]}
    exam = catalogue.find(row["code"])
    if row["sensitive"] or exam is None:
        return told
    return told | {"name_pt": exam.name_pt, "name_en": exam.name_en}
