"""The ledger of answers on a real PostgreSQL: nobody changes or removes a line of it."""

import asyncpg
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.accounts.domain.consent import ConsentAct
from services.shared.platform.postgres.database import Scope
from tests.contract.test_accounts_consents import an_entry
from tests.integration.accounts.postgres import Link


@pytest.mark.parametrize(
    "statement",
    ["UPDATE consents SET act = 'given'", "DELETE FROM consents", "TRUNCATE consents"],
    ids=["update", "delete", "truncate"],
)
async def test_neither_the_service_nor_a_superuser_changes_it(
    link: Link, accounts_urls: DatabaseUrls, postgres_admin_url: str, statement: str
) -> None:
    entry = an_entry(ConsentAct.WITHDRAWN)
    async with link.transactions.write(person_id=entry.person_id) as work:
        await work.consents.add(entry)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with link.database.write(Scope(person_id=entry.person_id)) as session:
            await session.execute(statement)
    name = accounts_urls.app.rpartition("/")[2]
    superuser = await asyncpg.connect(postgres_admin_url.rpartition("/")[0] + f"/{name}")
    try:
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await superuser.execute(statement)
    finally:
        await superuser.close()
