"""The installation's keys, made at the first start and unwrapped once at every other."""

import asyncio
from uuid import UUID

import orjson
from joserfc.jwk import ECKey

from services.accounts.infrastructure.keys.custody import KeyCustody
from services.accounts.infrastructure.keys.signing import new_signing_key
from services.accounts.infrastructure.keys.vault import AesGcmVault
from services.shared.kernel.ids import new_id
from services.shared.platform.postgres.database import Database, Row, Scope, WriteSession

_IDENTITY, _LOOKUP, _SIGNING = "identity", "lookup", "token-signing"
_FIRST_START = 0x6C61_7564_6F  # several processes may start at once: one makes the keys, the others wait


async def load_vault(database: Database, custody: KeyCustody) -> AesGcmVault:
    async with database.write(Scope()) as session:
        await _one_at_a_time(session)
        identity = await _data_keys(session, custody, _IDENTITY)
        lookup = await _data_keys(session, custody, _LOOKUP)
    newest = next(iter(identity))
    return AesGcmVault(identity, newest, next(iter(lookup.values())))


async def load_signing_keys(database: Database, custody: KeyCustody) -> list[ECKey]:
    """Return the keys that are not retired, newest first."""
    async with database.write(Scope()) as session:
        await _one_at_a_time(session)
        rows = await session.rows(
            "SELECT wrapped FROM signing_keys WHERE retired_at IS NULL ORDER BY created_at DESC, kid"
        )
        if not rows:
            return [await _make_signing_key(session, custody)]
    return [
        ECKey.import_key(orjson.loads(await asyncio.to_thread(custody.unwrap, row["wrapped"], _SIGNING)))
        for row in rows
    ]


async def _one_at_a_time(session: WriteSession) -> None:
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


async def _make_signing_key(session: WriteSession, custody: KeyCustody) -> ECKey:
    key = new_signing_key()
    wrapped = await asyncio.to_thread(custody.wrap, orjson.dumps(key.as_dict(private=True)), _SIGNING)
    await session.execute("INSERT INTO signing_keys (kid, wrapped) VALUES ($1, $2)", key.kid, wrapped)
    return key
