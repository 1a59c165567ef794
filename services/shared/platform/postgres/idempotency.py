"""Idempotency-Key on POSTs that create: the answer is stored in the transaction of the effect itself.

Same key and body replays the first answer; the same key with another body is refused (422); a second request
while the first is under way gets 409. Nothing can be left half-way by a crash, since there is one transaction.
Source: IETF draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.shared.kernel.errors import Category, ErrorKind
from services.shared.kernel.principal import Principal
from services.shared.platform.postgres.database import ReadSession, WriteSession

KEY_REUSED = ErrorKind(
    "idempotency.key_reused",
    Category.INVALID,
    "Esta chave de repetição já foi usada com outro conteúdo. Recarregue a página e envie de novo.",
    "This repeat key was already used with other content. Reload the page and send again.",
)
IN_FLIGHT = ErrorKind(
    "idempotency.in_flight",
    Category.CONFLICT,
    "O mesmo pedido ainda está sendo gravado. Aguarde um instante e tente de novo.",
    "The same request is still being saved. Wait a moment and try again.",
)


@dataclass(frozen=True)
class Created:
    """The answer of a creating POST: thin (ids and versions), since it is kept for replays."""

    status: int
    body: Mapping[str, Any]
    replayed: bool = False


async def once(
    session: WriteSession,
    caller: Principal,
    *,
    key: str,
    route: str,
    request: bytes,
    run: Callable[[], Awaitable[Created]],
) -> Created:
    """Run `run` once per (caller, key). `request` is the body as it came, compared by its hash."""
    if not await session.value(
        "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", lock_of(caller, key)
    ):
        raise IN_FLIGHT.error()
    if (seen := await answered(session, caller, key=key, route=route, request=request)) is not None:
        return seen
    created = await run()
    await remember(session, caller, created, key=key, route=route, request=request)
    return created


async def answered(
    session: ReadSession,
    caller: Principal,
    *,
    key: str,
    route: str,
    request: bytes,
) -> Created | None:
    """Return the answer that this key was given before, if any; raise `key_reused` when it was another request."""
    seen = await session.row(
        "SELECT route, request_hash, status, body FROM idempotency WHERE actor_id = $1 AND key = $2",
        caller.account_id,
        key,
    )
    if seen is None:
        return None
    if seen["request_hash"] != _digest(request) or seen["route"] != route:
        raise KEY_REUSED.error()
    return Created(seen["status"], seen["body"], replayed=True)


async def remember(
    session: WriteSession, caller: Principal, created: Created, *, key: str, route: str, request: bytes
) -> None:
    """Keep the answer beside the effect. A second one for the same key violates `idempotency_pkey`."""
    await session.insert(
        "idempotency",
        [
            {
                "actor_id": caller.account_id,
                "key": key,
                "clinic_id": caller.clinic_id,
                "person_id": None if caller.clinic_id else caller.account_id,
                "route": route,
                "request_hash": _digest(request),
                "status": created.status,
                "body": dict(created.body),
            }
        ],
    )


def lock_of(caller: Principal, key: str) -> str:
    return f"idempotency/{caller.account_id}/{key}"


def _digest(request: bytes) -> bytes:
    return hashlib.sha256(request).digest()
