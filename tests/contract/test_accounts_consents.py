"""The ledger of answers in memory and in PostgreSQL: the person's alone, and never changed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.accounts.application.ports import Transactions
from services.accounts.domain.consent import ConsentAct, ConsentChannel, ConsentEntry, ConsentKind
from services.accounts.infrastructure.in_memory.stores import OutOfScope
from services.accounts.infrastructure.in_memory.transactions import InMemoryTransactions
from services.shared.kernel.ids import new_id
from tests.integration.accounts.postgres import connected, migrated
from tests.unit.accounts.samples import NOW

SMS = ConsentKind.SMS_MESSAGES


def an_entry(act: ConsentAct = ConsentAct.GIVEN, kind: ConsentKind = SMS) -> ConsentEntry:
    person_id = new_id()
    return ConsentEntry(
        id=new_id(),
        person_id=person_id,
        actor_id=person_id,
        kind=kind,
        version=1,
        locale="pt-BR",
        text_sha256="a" * 64,
        act=act,
        channel=ConsentChannel.PORTAL,
        at=NOW,
    )


@pytest.fixture(scope="module", params=["in memory", "postgresql"])
def urls(request: pytest.FixtureRequest) -> DatabaseUrls | None:
    """None: in memory."""
    return None if request.param == "in memory" else migrated(request.getfixturevalue("new_database"))


@pytest.fixture
async def transactions(urls: DatabaseUrls | None) -> AsyncIterator[Transactions]:
    if urls is None:
        yield InMemoryTransactions()
        return
    async with connected(urls) as link:
        yield link.transactions


async def test_answers_are_kept_whole_the_newest_first_and_the_newest_of_each_kind(
    transactions: Transactions,
) -> None:
    given = an_entry()
    guardian = replace(
        given, id=new_id(), actor_id=new_id(), act=ConsentAct.WITHDRAWN, at=NOW + timedelta(minutes=1)
    )
    read = replace(
        given,
        id=new_id(),
        kind=ConsentKind.TERMS,
        act=ConsentAct.ACKNOWLEDGED,
        channel=ConsentChannel.SIGN_UP,
    )
    async with transactions.write(person_id=given.person_id) as work:
        for entry in (given, guardian, read):
            await work.consents.add(entry)
        assert {each.id for each in await work.consents.newest(given.person_id)} == {guardian.id, read.id}
    async with transactions.read(person_id=given.person_id) as reading:
        assert await reading.consents.of_person(given.person_id) == [read, guardian, given]


async def test_nobody_else_reads_or_writes_them(transactions: Transactions) -> None:
    entry = an_entry()
    async with transactions.write(person_id=entry.person_id) as work:
        await work.consents.add(entry)
    for scope in ({"person_id": new_id()}, {"clinic_id": new_id()}):
        async with transactions.read(**scope) as reading:
            assert await reading.consents.of_person(entry.person_id) == []
            assert await reading.consents.newest(entry.person_id) == []
        with pytest.raises((OutOfScope, asyncpg.InsufficientPrivilegeError)):
            async with transactions.write(**scope) as work:
                await work.consents.add(replace(entry, id=new_id()))
