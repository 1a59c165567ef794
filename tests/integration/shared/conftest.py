"""A database of its own with the platform's tables and the roles a service has."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from services.shared.kernel.ids import new_id
from services.shared.platform.postgres.audit_tables import sealing_tables
from services.shared.platform.postgres.database import Database, connect_database
from services.shared.platform.postgres.tables import IN_CLINIC, platform_tables, secure

# A table that an effect changes, standing for any service's own.
NOTES = "CREATE TABLE notes (id uuid PRIMARY KEY, clinic_id uuid NOT NULL, text text NOT NULL)"


@dataclass
class Platform:
    app: Database
    relay_url: str
    sealer_url: str
    admin_url: str
    app_role: str


@pytest.fixture
async def platform(postgres_admin_url: str) -> AsyncIterator[Platform]:
    suffix = new_id().hex[-12:]
    app, relay, sealer = f"app_{suffix}", f"relay_{suffix}", f"sealer_{suffix}"
    name = f"shared_{suffix}"
    admin = await asyncpg.connect(postgres_admin_url)
    await admin.execute(f"CREATE DATABASE {name}")
    for role in (app, relay, sealer):
        await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x' NOBYPASSRLS NOSUPERUSER")
    url = _url(postgres_admin_url, name)
    owner = await asyncpg.connect(url)
    notes = [NOTES, *secure("notes", IN_CLINIC, app=app, grants="SELECT, INSERT, UPDATE")]
    tables = [*platform_tables(app=app, relay=relay), *sealing_tables(app=app, sealer=sealer)]
    for statement in [*tables, *notes]:
        await owner.execute(statement)
    await owner.close()
    database = await connect_database(_url(url, name, app), size=5)
    yield Platform(database, _url(url, name, relay), _url(url, name, sealer), url, app)
    await database.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    for role in (app, relay, sealer):
        await admin.execute(f"DROP ROLE {role}")
    await admin.close()


def _url(url: str, database: str, role: str | None = None) -> str:
    parts = urlsplit(url)
    host = f"{parts.hostname}:{parts.port}"
    login = f"{role}:x" if role else (parts.netloc.rpartition("@")[0])
    return urlunsplit(("postgresql", f"{login}@{host}", f"/{database}", "", ""))
