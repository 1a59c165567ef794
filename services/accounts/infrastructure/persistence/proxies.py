"""Proxies in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.domain.proxy import Proxy, ProxyKind
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession

_COLUMNS = """id, version, kind, person_id, person_name, reader_id, label, scope, starts_at, until, made_by, proof,
    ended_at"""


class PostgresProxyReader:
    def __init__(self, session: ReadSession) -> None:
        self._reading = session

    async def get(self, proxy_id: UUID, *, lock: bool = False) -> Proxy | None:
        sql = f"SELECT {_COLUMNS} FROM proxies WHERE id = $1 {'FOR UPDATE' if lock else ''}"  # noqa: S608
        row = await self._reading.row(sql, proxy_id)
        return _proxy(row) if row else None

    async def of_person(self, person_id: UUID) -> Sequence[Proxy]:
        sql = (
            f"SELECT {_COLUMNS} FROM proxies WHERE person_id = $1 ORDER BY starts_at DESC, id DESC LIMIT 200"  # noqa: S608
        )
        return [_proxy(row) for row in await self._reading.rows(sql, person_id)]

    async def held_by(self, reader_id: UUID) -> Sequence[Proxy]:
        sql = (
            f"SELECT {_COLUMNS} FROM proxies WHERE reader_id = $1 ORDER BY starts_at DESC, id DESC LIMIT 200"  # noqa: S608
        )
        return [_proxy(row) for row in await self._reading.rows(sql, reader_id)]


class PostgresProxies(PostgresProxyReader):
    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._session = session

    async def add(self, proxy: Proxy) -> None:
        await self._session.execute(
            f"""INSERT INTO proxies ({_COLUMNS})
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",  # noqa: S608
            proxy.id,
            proxy.version,
            proxy.kind.value,
            proxy.person_id,
            proxy.person_name,
            proxy.reader_id,
            proxy.label,
            proxy.scope,
            proxy.starts_at,
            proxy.until,
            proxy.made_by,
            proxy.proof,
            proxy.ended_at,
        )

    async def save(self, proxy: Proxy) -> None:
        await self._session.execute(
            "UPDATE proxies SET version = $2, ended_at = $3 WHERE id = $1",
            proxy.id,
            proxy.version,
            proxy.ended_at,
        )


def _proxy(row: Row) -> Proxy:
    return Proxy(**{**row, "kind": ProxyKind(row["kind"])})
