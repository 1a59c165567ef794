"""What is there before anybody was: nothing that signs in (ASVS 5.0, 6.3.2)."""

from collections.abc import Callable
from urllib.parse import urlsplit

import asyncpg

from infra.local.provision.databases import DatabaseUrls
from tests.integration.accounts.postgres import migrated

WHO_SIGNS_IN = (
    *("accounts", "logins", "credentials", "passkeys", "recovery_codes", "one_time_codes"),
    *("memberships", "invitations", "machine_clients", "sessions", "refresh_tokens", "tickets"),
)


async def test_a_new_installation_has_no_account_no_client_and_no_session(
    new_database: Callable[[str], DatabaseUrls], postgres_admin_url: str
) -> None:
    """Counted by the superuser, from whom no row is hidden."""
    urls = migrated(new_database)
    address = urlsplit(postgres_admin_url)._replace(path=urlsplit(urls.app).path).geturl()
    admin = await asyncpg.connect(address)
    try:
        tables = {row["tablename"] for row in await admin.fetch("SELECT tablename FROM pg_tables")}
        assert tables.issuperset(WHO_SIGNS_IN)
        kept = {table: await admin.fetchval(f"SELECT count(*) FROM {table}") for table in WHO_SIGNS_IN}
    finally:
        await admin.close()
    assert kept == dict.fromkeys(WHO_SIGNS_IN, 0)
