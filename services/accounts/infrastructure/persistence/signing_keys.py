"""The keys that sign access tokens, wrapped by KMS. A retired key keeps its row and loses its private half."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import orjson
from joserfc.jwk import ECKey

from services.accounts.domain.signing_schedule import KeyChange, KeyTimes
from services.accounts.infrastructure.keys.custody import KeyCustody
from services.accounts.infrastructure.keys.signing import SigningKey, new_signing_key
from services.accounts.infrastructure.persistence.key_store import one_at_a_time
from services.shared.platform.postgres.database import Database, Scope, WriteSession

_PURPOSE = "token-signing"


class PostgresSigningKeys:
    def __init__(self, database: Database, custody: KeyCustody) -> None:
        self._database = database
        self._custody = custody

    async def load(self, known: Mapping[str, SigningKey] | None = None) -> list[SigningKey]:
        """Return the keys that are not retired; those in `known` are not unwrapped again. Make the very first one."""
        async with self._database.statements() as session:
            rows = await session.rows(
                "SELECT kid, wrapped, signs_from FROM signing_keys WHERE retired_at IS NULL"
            )
        if not rows:
            await self.change(lambda keys: KeyChange(None if keys else datetime.now(UTC)))
            return await self.load(known)
        return [
            (known or {}).get(row["kid"])
            or SigningKey(await self._unwrapped(row["wrapped"]), row["signs_from"])
            for row in rows
        ]

    async def change(self, decide: Callable[[Sequence[KeyTimes]], KeyChange]) -> KeyChange:
        async with self._database.write(Scope()) as session:
            await one_at_a_time(session)
            rows = await session.rows("SELECT kid, signs_from FROM signing_keys WHERE retired_at IS NULL")
            change = decide([KeyTimes(row["kid"], row["signs_from"]) for row in rows])
            if change.new_from is not None:
                await self._add(session, change.new_from)
            if change.retired:
                await session.execute(
                    "UPDATE signing_keys SET retired_at = now(), wrapped = '' WHERE kid = ANY ($1::text[])",
                    sorted(change.retired),
                )
        return change

    async def _add(self, session: WriteSession, signs_from: datetime) -> None:
        key = new_signing_key()
        wrapped = await asyncio.to_thread(
            self._custody.wrap, orjson.dumps(key.as_dict(private=True)), _PURPOSE
        )
        await session.execute(
            "INSERT INTO signing_keys (kid, wrapped, signs_from) VALUES ($1, $2, $3)",
            key.kid,
            wrapped,
            signs_from,
        )

    async def _unwrapped(self, wrapped: bytes) -> ECKey:
        return ECKey.import_key(
            orjson.loads(await asyncio.to_thread(self._custody.unwrap, wrapped, _PURPOSE))
        )
