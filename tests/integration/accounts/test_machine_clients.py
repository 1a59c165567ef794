"""A clinic's machine client on real PostgreSQL and Valkey, and the wall between clinics beneath the code."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pyotp
import pytest

from services.accounts.bootstrap.settings import Settings
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.machine_client import MachineClient, Secret, hash_secret
from services.accounts.infrastructure.persistence.directory import revoked_since
from services.accounts.infrastructure.persistence.machine_clients import PostgresMachineClients
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.platform.postgres.database import Scope
from services.shared.platform.revocations import KEPT_FOR
from tests.integration.accounts.conftest import CLIENT_SECRET
from tests.integration.accounts.postgres import Link
from tests.integration.accounts.test_service import PREFIX, bearer, person

NEW = {"name": "LIS", "scopes": ["patients:write", "patients:read"]}


async def confirmed(http: httpx.AsyncClient, who: dict[str, Any]) -> dict[str, str]:
    """Step up with a code that nobody used yet: each works once, and other tests sign the same person in."""
    headers = await bearer(http, who)
    answer = None
    async with asyncio.timeout(120):
        while answer is None or answer.status_code != 200:
            for step in (1, 0, -1):
                code = pyotp.TOTP(who["totp_secret"]).at(int(SystemClock().now().timestamp()) + 30 * step)
                answer = await http.post(f"{PREFIX}/step-up", json={"code": code}, headers=headers)
                if answer.status_code == 200:
                    break
            else:
                await asyncio.sleep(1)  # a code of the next half minute will do
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def token_of(http: httpx.AsyncClient, client: Any) -> httpx.Response:
    auth = (client["client_id"], client["client_secret"])
    return await http.post(f"{PREFIX}/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)


async def test_a_client_works_until_it_is_suspended_everywhere_at_once(
    http: httpx.AsyncClient, seeded: Settings
) -> None:
    admin = await confirmed(http, person("administrator", clinic=1))  # whose codes no other test needs
    made = await http.post(
        f"{PREFIX}/machine-clients", json=NEW, headers=admin | {"Idempotency-Key": str(uuid4())}
    )
    assert made.status_code == 201, made.text
    client = made.json()
    granted = await token_of(http, client)
    assert granted.status_code == 200, granted.text
    program = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    ana = {"name": "Alba Ferraz", "birth_date": "1971-03-04", "sex": "F"}
    registered = await http.post(
        f"{PREFIX}/patients", json=ana, headers=program | {"Idempotency-Key": str(uuid4())}
    )
    assert registered.status_code == 201, registered.text
    own = f"{PREFIX}/patients/{registered.json()['id']}"
    assert (await http.get(own, headers=program)).status_code == 200
    shown = await http.get(f"{PREFIX}/machine-clients/{client['id']}", headers=admin)
    assert shown.json()["last_used_at"] is not None

    path = f"{PREFIX}/machine-clients/{client['id']}/suspension"
    assert (await http.put(path, headers=admin)).status_code == 204
    assert (await token_of(http, client)).json()["error"] == "invalid_client"
    async with asyncio.timeout(60):
        while (await http.get(own, headers=program)).status_code != 401:
            await asyncio.sleep(0.05)  # told through Valkey, after the commit

    stranger = await bearer(http, person("auditor"))
    gone = await http.get(f"{PREFIX}/machine-clients/{client['id']}", headers=stranger)
    assert gone.status_code == 404

    kept = await stored(seeded, person("administrator", clinic=1)["clinics"][0])
    assert client["client_secret"] not in kept
    assert hash_secret(client["client_secret"]).hex() in kept
    assert f'{{"id": "{client["id"]}"}}' in kept.replace('""', '"')  # what a repeat would be answered from


async def stored(settings: Settings, clinic_id: str) -> str:
    """Whatever the clinic's rows hold of clients and of requests that may be repeated."""
    reading = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    try:
        await reading.execute("SELECT set_config('app.clinic', $1, false)", clinic_id)
        rows = []
        for table in ("machine_clients", "idempotency"):
            rows += await reading.fetch(f"SELECT t::text AS row FROM {table} t")
        return "\n".join(row["row"] for row in rows)
    finally:
        await reading.close()


async def a_clinics_client(link: Link) -> tuple[Clinic, MachineClient]:
    clinic, now = Clinic(new_id(), "Clínica"), SystemClock().now()
    secret = Secret(hash_secret("s" * 43), new_id())
    client = MachineClient(
        new_id(), f"integration-{new_id()}", secret, frozenset({"orders:write"}),
        clinic_id=clinic.id, name="LIS", created_at=now, created_by=new_id(),
    )  # fmt: skip
    async with link.transactions.write(clinic_id=clinic.id) as work:
        await work.clinics.add(clinic)
        await work.machine_clients.add(client)
    return clinic, client


async def test_raw_sql_sees_and_changes_the_clients_of_its_own_clinic_alone(link: Link) -> None:
    (a, mine), (_, theirs) = await a_clinics_client(link), await a_clinics_client(link)
    ours = MachineClient(new_id(), f"service-{new_id()}", Secret(hash_secret(CLIENT_SECRET)), frozenset())
    await PostgresMachineClients(link.database).put(ours)

    async def seen(scope: Scope) -> set[UUID]:
        async with link.database.read(scope) as session:
            return {row["id"] for row in await session.rows("SELECT id FROM machine_clients")}

    assert await seen(Scope(clinic_id=a.id)) == {mine.id}
    assert not {mine.id, theirs.id} & await seen(Scope())
    assert ours.id in await seen(Scope())
    async with link.database.write(Scope(clinic_id=a.id)) as work:
        for other in (theirs.id, ours.id):
            done = await work.execute("UPDATE machine_clients SET scopes = '{}' WHERE id = $1", other)
            assert done == "UPDATE 0"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with link.database.write(Scope(clinic_id=a.id)) as work:
            await work.execute("UPDATE machine_clients SET clinic_id = NULL WHERE id = $1", mine.id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with link.database.read(Scope(clinic_id=a.id)) as reading:
            await reading.rows("SELECT * FROM machine_sessions_ended")


async def test_ended_sessions_are_in_the_truth_that_an_emptied_valkey_is_loaded_from(link: Link) -> None:
    clinic, client = await a_clinics_client(link)
    now = SystemClock().now()
    async with link.transactions.write(clinic_id=clinic.id) as work:
        await work.machine_clients.change(client, client.suspended(now), now)
    ended = await revoked_since(link.database, now - KEPT_FOR)
    assert {client.current.session_id: now}.items() <= ended.items()
