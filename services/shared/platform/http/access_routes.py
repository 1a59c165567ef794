"""The routes of a service's audit: a person's own log, and the clinic's for its auditor."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.shared.kernel.access_log import (
    NEWEST,
    Access,
    AccessLog,
    AccessQuestion,
    Asked,
    AuditQuestion,
    ReadClinicAudit,
    ReadOwnAccesses,
)
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import address_of, callers
from services.shared.platform.http.pages import CURSOR_INVALID, decode_cursor, encode_cursor, page
from services.shared.platform.tracing import current_trace_id

_PRIVATE = {"Cache-Control": "private, no-store"}
Limit = Annotated[int, Query(ge=1, le=100)]
AuditLimit = Annotated[int, Query(ge=1, le=1000)]
ActionQuery = Annotated[str | None, Query(max_length=60, pattern=r"^[a-z_]+(\.[a-z_]+)*$")]
Cursor = Annotated[str | None, Query(max_length=200)]


def access_routes() -> APIRouter:
    """Return the routes `/me/accesses` and `/audit` over `app.state.access_log`. Include them before routes that have
    an id in their place.
    """
    router = audit_routes()

    @router.get("/me/accesses", response_model=None, description=ReadOwnAccesses.__doc__)
    async def own_accesses(
        request: Request,
        caller: Annotated[Principal, callers(Role.PATIENT)],
        cursor: Cursor = None,
        limit: Limit = 20,
        own: bool = True,
    ) -> Response:
        question = AccessQuestion(limit=limit + 1, before=_before(cursor), with_own=own)
        found = await ReadOwnAccesses(_log(request), SystemClock()).run(_asked(request, caller), question)
        return _page([_access(access, caller) for access in found], [one.entry for one in found], limit)

    return router


def audit_routes() -> APIRouter:
    """Return the route `/audit` alone, over `app.state.access_log`."""
    router = APIRouter(tags=["audit"])

    @router.get("/audit", response_model=None, description=ReadClinicAudit.__doc__)
    async def clinic_audit(  # noqa: PLR0917  FastAPI fills parameters by name
        request: Request,
        caller: Annotated[Principal, callers(Role.AUDITOR)],
        cursor: Cursor = None,
        limit: AuditLimit = 50,
        actor_id: UUID | None = None,
        patient_id: UUID | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        action: ActionQuery = None,
        emergencies: bool = False,
        export: bool = False,
    ) -> Response:
        before = _before(cursor)
        if until is not None:
            before = min(before, (_aware(until), UUID(int=0)))
        question = AuditQuestion(
            limit=limit + 1, before=before, actor_id=actor_id, patient_id=patient_id, action=action,
            emergencies=emergencies,
            **({"since": _aware(since)} if since else {}),
        )  # fmt: skip
        read = ReadClinicAudit(_log(request), SystemClock())
        found = await read.run(_asked(request, caller), question, export=export)
        return _page([_row(entry) for entry in found], found, limit)

    return router


def _log(request: Request) -> AccessLog:
    log: AccessLog = request.app.state.access_log
    return log


def _page(items: list[dict[str, Any]], entries: Any, limit: int) -> Response:
    last: AuditEntry | None = entries[limit - 1] if len(entries) > limit else None
    more = encode_cursor([last.at.isoformat(), str(last.id)]) if last else None
    return json_response(page(items[:limit], more), headers=_PRIVATE)


def _access(access: Access, caller: Principal) -> dict[str, Any]:
    entry = access.entry
    return {
        "id": str(entry.id),
        "at": entry.at.isoformat(),
        "clinic_id": str(entry.clinic_id) if entry.clinic_id else None,
        "actor_id": str(entry.actor_id),
        "actor_roles": list(entry.actor_roles),
        "is_own": entry.actor_id == caller.account_id,
        "action": entry.action,
        "purpose": entry.purpose,
        "about": dict(access.about),
    }


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "at": entry.at.isoformat(),
        "actor_id": str(entry.actor_id),
        "actor_roles": list(entry.actor_roles),
        "action": entry.action,
        "patient_id": str(entry.patient_id) if entry.patient_id else None,
        "resource": entry.resource,
        "purpose": entry.purpose,
        "address": entry.address,
        "trace_id": entry.trace_id,
    }


def _asked(request: Request, caller: Principal) -> Asked:
    return Asked(caller, address_of(request), current_trace_id())


def _before(cursor: str | None) -> tuple[datetime, UUID]:
    if cursor is None:
        return NEWEST
    moment, row_id = decode_cursor(cursor, 2)
    try:
        return _aware(datetime.fromisoformat(moment)), UUID(row_id)
    except ValueError:
        raise CURSOR_INVALID.error(field="cursor") from None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise CURSOR_INVALID.error(field="cursor")
    return moment
