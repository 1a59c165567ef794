"""One database per service with four roles: owner (migrations), app (row-level security), relay (outbox) and
sealer (audit).
"""

from dataclasses import dataclass

import asyncpg

from infra.local.engines.postgres import PostgresServer
from infra.local.provision.secret_store import SecretStore

_ROLES = ("owner", "app", "relay", "sealer")
_EXTENSIONS = ("unaccent", "pg_trgm")


@dataclass(frozen=True)
class DatabaseUrls:
    """Addresses for SQLAlchemy's asyncpg driver, one per role."""

    owner: str
    app: str
    relay: str
    sealer: str


def database_urls(
    server: PostgresServer, secrets: SecretStore, service_database: str, database: str | None = None
) -> DatabaseUrls:
    """`database` differs from the service's own name in tests, which make many databases for the same roles."""
    urls = {
        role: server.url(
            f"{service_database}_{role}",
            secrets.password(f"postgres.{service_database}_{role}"),
            database or service_database,
            driver="postgresql+asyncpg",
        )
        for role in _ROLES
    }
    return DatabaseUrls(**urls)


async def provision_database(
    server: PostgresServer, secrets: SecretStore, service_database: str, database: str | None = None
) -> None:
    """Create what is missing and set the roles' passwords and limits again (idempotent).

    No role may bypass row-level security; tables and their grants are the migrations' business.
    """
    name = database or service_database
    admin = await asyncpg.connect(server.admin_url, ssl=False)
    try:
        for role in _ROLES:
            await _ensure_role(
                admin,
                f"{service_database}_{role}",
                secrets.password(f"postgres.{service_database}_{role}"),
            )
        for shared in ("postgres", "template1"):  # open to every role otherwise
            await admin.execute(f"revoke all on database {shared} from public")
        if not await admin.fetchval("select 1 from pg_database where datname = $1", name):
            await admin.execute(f'create database "{name}" owner "{service_database}_owner"')
            await admin.execute(f'revoke all on database "{name}" from public')
        for role in _ROLES[1:]:
            await admin.execute(f'grant connect on database "{name}" to "{service_database}_{role}"')
    finally:
        await admin.close()
    inside = await asyncpg.connect(server.admin_url.rpartition("/")[0] + f"/{name}", ssl=False)
    try:
        for extension in _EXTENSIONS:
            await inside.execute(f"create extension if not exists {extension}")
        for role in _ROLES[1:]:
            await inside.execute(f'grant usage on schema public to "{service_database}_{role}"')
    finally:
        await inside.close()


async def _ensure_role(admin: asyncpg.Connection, role: str, password: str) -> None:
    exists = await admin.fetchval("select 1 from pg_roles where rolname = $1", role)
    verb = "alter" if exists else "create"
    quoted = password.replace("'", "''")
    await admin.execute(
        f'{verb} role "{role}" login nosuperuser nocreatedb nocreaterole nobypassrls '
        f"noreplication password '{quoted}'"
    )
