"""The installation's data keys, made at the first start and unwrapped once at every other."""

import asyncio
from uuid import UUID

from services.accounts.infrastructure.keys.custody import KeyCustody
from services.accounts.infrastructure.keys.vault import AesGcmVault
from services.shared.kernel.ids import new_id
from services.shared.platform.postgres.database import Database, Row, Scope, WriteSession

_IDENTITY, _LOOKUP = "identity", "lookup"
_FIRST_START = 0x6C61_7564_6F  # several processes may start at once: one makes the keys, the others wait


async def load_vault(database: Database, custody: KeyCustody) -> AesGcmVault:
    async with database.write(Scope()) as session:
        await one_at_a_time(session)
        identity = await _data_keys(session, custody, _IDENTITY)
        lookup = await _data_keys(session, custody, _LOOKUP)
    newest = next(iter(identity))
    return AesGcmVault(identity, newest, next(iter(lookup.values())))


async def one_at_a_time(session: WriteSession) -> None:
    """Let one process at a time make or change keys, until the transaction ends."""
    await session.value("SELECT pg_advisory_xact_lock($1)", _FIRST_START)


async def _data_keys(session: WriteSession, custody: KeyCustody, purpose: str) -> dict[UUID, bytes]:
    """Return the data keys of a purpose, newest first; make the first one."""
    rows: list[Row] = list(
        await session.rows(
            "SELECT id, wrapped FROM data_keys WHERE purpose = $1 ORDER BY created_at DESC, id", purpose
        )
    )
    if not rows:
        plain, wrapped = await asyncio.to_thread(custody.new_data_key, purpose)
        key_id = new_id()
        await session.execute(
            "INSERT INTO data_keys (id, purpose, wrapped) VALUES ($1, $2, $3)", key_id, purpose, wrapped
        )
        return {key_id: plain}
    return {row["id"]: await asyncio.to_thread(custody.unwrap, row["wrapped"], purpose) for row in rows}
