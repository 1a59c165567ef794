"""A session, its token, its device, its audit row and its warning in one statement: the lean way after a password.

Argon2id leaves nothing of ours in the processor's caches; every argument and every round trip then costs several times
what it does elsewhere, so values that recur are one parameter.
"""

from services.accounts.application.sign_in_ports import Opening
from services.shared.platform.messaging.envelope import Message
from services.shared.platform.postgres.database import ReadSession, Scope

_STILL = Scope.set_by(
    """SELECT person_id FROM credentials
       WHERE person_id = $2::uuid AND password_hash = $3 AND scope.person IS NOT NULL LIMIT 1""",
    "$1",
    "$2",
)
_OPEN = f"""WITH still AS MATERIALIZED ({_STILL}), session AS (
    INSERT INTO sessions (id, person_id, clinic_id, started_at, last_used_at, device_name, device_place, device_mark)
    SELECT $4, person_id, $5, $6, $6, $7, $8, $9 FROM still), token AS (
    INSERT INTO refresh_tokens (token_hash, session_id, person_id) SELECT $10, $4, person_id FROM still), device AS (
    INSERT INTO known_devices (person_id, mark, first_seen_at, last_seen_at) SELECT person_id, $11, $6, $6 FROM still
    ON CONFLICT (person_id, mark) DO UPDATE SET last_seen_at = excluded.last_seen_at), audited AS (
    INSERT INTO audit (id, at, clinic_id, actor_id, actor_roles, action, resource, purpose, address, trace_id)
    SELECT $12, $6, $5, person_id, $13, $14, $15, $16, $17, $18 FROM still)"""  # noqa: S608 - constants
_WARN = """, told AS (INSERT INTO outbox (id, clinic_id, type, destination, body, traceparent)
    SELECT $19, $1::uuid, $20, $21, $22, $23 FROM still)"""
_OPENED = " SELECT EXISTS (SELECT FROM still)"


async def open_session(
    statements: ReadSession,
    opening: Opening,
    password_hash: str,
    trace_id: str | None,
    warning: tuple[Message, str] | None,
) -> bool:
    """Return False when the password is not that one any more: then nothing is written.

    The outbox takes rows of the scope's clinic alone, so a warning's clinic is in the scope too.
    """
    session, audit = opening.session, opening.audit
    clinic_id = str(warning[0].clinic_id) if warning else ""
    arguments = [
        clinic_id, str(session.person_id), password_hash, session.id, session.clinic_id, session.started_at,
        session.device.name, session.device.place, session.device.mark, opening.token_hash, opening.trace,
        audit.id, list(audit.actor_roles), audit.action, audit.resource, audit.purpose, audit.address,
        trace_id,
    ]  # fmt: skip
    if warning is None:
        return bool(await statements.value(_OPEN + _OPENED, *arguments))
    message, destination = warning
    told = [message.id, message.type, destination, message.to_json().decode(), message.traceparent]
    return bool(await statements.value(_OPEN + _WARN + _OPENED, *arguments, *told))
