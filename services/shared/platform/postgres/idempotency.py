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
from services.shared.platform.postgres.database import WriteSession

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
    digest = hashlib.sha256(request).digest()
    lock = f"idempotency/{caller.account_id}/{key}"
    if not await session.value("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", lock):
        raise IN_FLIGHT.error()
    seen = await session.row(
        "SELECT route, request_hash, status, body FROM idempotency WHERE actor_id = $1 AND key = $2",
        caller.account_id,
        key,
    )
    if seen is not None:
        if seen["request_hash"] != digest or seen["route"] != route:
            raise KEY_REUSED.error()
        return Created(seen["status"], seen["body"], replayed=True)
    created = await run()
    await session.execute(
        """INSERT INTO idempotency (actor_id, key, clinic_id, person_id, route, request_hash, status, body)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        caller.account_id,
        key,
        caller.clinic_id,
        None if caller.clinic_id else caller.account_id,
        route,
        digest,
        created.status,
        dict(created.body),
    )
    return created
