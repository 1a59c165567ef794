"""What each service's three database roles may not do, asked of the real server on the real tables.

The services' own tests (test_row_level_security.py of each) try the same walls with rows behind them.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.shared.platform.topology import load_topology
from tests.integration.accounts.postgres import migrated as migrated_accounts
from tests.integration.exam_results.database import migrated as migrated_exam_results
from tests.support.embedded import run_now

SERVICES = ("accounts", "exam_results")
ROLES = ("app", "relay", "sealer", "owner")
POWERS = ("rolsuper", "rolcreatedb", "rolcreaterole", "rolbypassrls", "rolreplication")
BEYOND_ANY_ROLE = (
    "CREATE DATABASE intruder",
    "CREATE ROLE intruder",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "GRANT pg_read_all_data TO CURRENT_USER",
    "SET ROLE laudo_admin",
    "SET SESSION AUTHORIZATION laudo_admin",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT rolpassword FROM pg_authid",
    "ALTER SYSTEM SET fsync = off",
    "CREATE EXTENSION dblink",
    "SET log_statement = 'none'",
)
DDL = (
    "CREATE TABLE intruder (id int)",
    "CREATE TEMP TABLE intruder (id int)",
    "CREATE SCHEMA intruder",
    "CREATE FUNCTION intruder() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DROP TABLE outbox",
    "ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "DROP POLICY scope ON outbox",
    "CREATE POLICY all_of_it ON outbox USING (true)",
    "DROP TRIGGER append_only ON audit",
    "CREATE OR REPLACE FUNCTION refuse_change_audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
)


@pytest.fixture(scope="module")
def databases(new_database: Callable[[str], DatabaseUrls]) -> dict[str, DatabaseUrls]:
    return {
        "accounts": migrated_accounts(new_database),
        "exam_results": run_now(migrated_exam_results(new_database)),
    }


@asynccontextmanager
async def connected(url: str, database: str = "") -> AsyncIterator[asyncpg.Connection]:
    plain = url.replace("+asyncpg", "")
    connection = await asyncpg.connect(plain.rpartition("/")[0] + f"/{database}" if database else plain)
    try:
        yield connection
    finally:
        await connection.close()


EVERY_ROLE = [(service, role) for service in SERVICES for role in ROLES]


def test_every_database_of_the_topology_is_tried_here() -> None:
    declared = load_topology().raw["services"].values()
    assert {item["database"] for item in declared if "database" in item} == set(SERVICES)


@pytest.mark.parametrize(("service", "role"), EVERY_ROLE)
async def test_no_role_enters_any_database_but_its_own(
    databases: dict[str, DatabaseUrls], service: str, role: str
) -> None:
    foreign = [urls.app.rpartition("/")[2] for name, urls in databases.items() if name != service]
    for database in [*foreign, "postgres", "template1"]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connected(getattr(databases[service], role), database):
                pass


async def test_no_database_is_open_to_everybody(postgres_admin_url: str, databases: object) -> None:
    async with connected(postgres_admin_url) as admin:
        is_open = await admin.fetch(
            """SELECT datname, acl.privilege_type FROM pg_database,
                  aclexplode(coalesce(datacl, acldefault('d', datdba))) acl
               WHERE acl.grantee = 0 AND datallowconn"""
        )
    assert [tuple(row) for row in is_open] == []


@pytest.mark.parametrize(("service", "role"), EVERY_ROLE)
async def test_no_role_has_a_power_over_the_server(
    databases: dict[str, DatabaseUrls], service: str, role: str
) -> None:
    async with connected(getattr(databases[service], role)) as connection:
        own = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
        assert own is not None
        assert [power for power in POWERS if own[power]] == []
        member_of = await connection.fetch(
            "SELECT 1 FROM pg_auth_members WHERE member = current_user::regrole"
        )
        assert member_of == []
        for statement in BEYOND_ANY_ROLE:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                assert await connection.execute(statement) == "", statement


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["app", "relay", "sealer"])
async def test_the_running_service_changes_no_structure(
    databases: dict[str, DatabaseUrls], service: str, role: str
) -> None:
    async with connected(getattr(databases[service], role)) as connection:
        for statement in DDL:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                assert await connection.execute(statement) == "", statement


@pytest.mark.parametrize("service", SERVICES)
async def test_the_relay_sees_the_outbox_and_no_other_table(
    databases: dict[str, DatabaseUrls], service: str
) -> None:
    async with connected(databases[service].relay) as connection:
        tables = await rights_of(connection)
        assert {table: rights for table, rights in tables.items() if rights} == {
            "outbox": {"SELECT", "UPDATE", "DELETE"}
        }
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO outbox DEFAULT VALUES")


@pytest.mark.parametrize("service", SERVICES)
async def test_the_app_writes_the_outbox_and_the_audit_and_reads_neither(
    databases: dict[str, DatabaseUrls], service: str
) -> None:
    async with connected(databases[service].app) as connection:
        tables = await rights_of(connection)
    assert tables["outbox"] == {"INSERT"}
    assert tables["audit"] == {"INSERT"}
    assert tables["inbox"] == {"SELECT", "INSERT"}
    assert "alembic_version" not in {table for table, rights in tables.items() if rights}
    assert [table for table, rights in tables.items() if rights & {"TRUNCATE", "TRIGGER", "REFERENCES"}] == []


async def test_the_stream_of_an_exam_is_only_ever_added_to(databases: dict[str, DatabaseUrls]) -> None:
    async with connected(databases["exam_results"].app) as connection:
        tables = await rights_of(connection)
    assert tables["exam_events"] == tables["reports"] == {"SELECT", "INSERT"}


async def rights_of(connection: asyncpg.Connection) -> dict[str, set[str]]:
    """Return what the connected role may do, by table, on the whole of it or on a column."""
    rows = await connection.fetch(
        """SELECT c.relname, p.privilege
           FROM pg_class c, unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER'])
                p(privilege)
           WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
             AND (has_table_privilege(c.oid, p.privilege)
                  OR CASE WHEN p.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                          THEN has_any_column_privilege(c.oid, p.privilege) ELSE false END)"""
    )
    rights: dict[str, set[str]] = {}
    for row in rows:
        rights.setdefault(row["relname"], set()).add(row["privilege"])
    return rights
