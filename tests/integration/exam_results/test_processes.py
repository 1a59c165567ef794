"""The service's own processes on the embedded stack: seed, API, worker, rebuild."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from infra.local.provision.databases import DatabaseUrls
from services.exam_results.bootstrap import rebuild_projections, seed
from services.exam_results.bootstrap.api import build_api
from services.exam_results.bootstrap.settings import Settings
from services.exam_results.bootstrap.wiring import build_core
from services.exam_results.bootstrap.worker import start
from services.shared.contracts.accounts import PatientRegistered
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.ids import new_id
from services.shared.platform.issuers.other_issuer import OtherIssuer
from services.shared.platform.messaging.envelope import new_message
from tests.integration.exam_results.database import Installation, installed, migrated
from tests.support.embedded import EmbeddedAws
from tests.support.oidc_provider import DISCOVERY, KEYS, oidc_provider
from tests.unit.exam_results.samples import NOW, Clinic, Job

DEMO = Path(seed.__file__).resolve().parents[3] / "infra" / "local" / "demo"


@pytest.fixture(scope="module")
async def urls(new_database: Callable[[str], DatabaseUrls]) -> DatabaseUrls:
    return await migrated(new_database)


@pytest.fixture
def settings(urls: DatabaseUrls, loaded_valkey: str, valkey_url_of: Callable[[str], str]) -> Settings:
    return Settings(
        database_url=urls.app,
        relay_database_url=urls.relay,
        sealer_database_url=urls.sealer,
        owner_database_url=urls.owner,
        redis_url=valkey_url_of("exam-results"),
        issuer="http://issuer",
        jwks_url="http://127.0.0.1:9/jwks",
        demo_folder=DEMO,
        embargo_sweep_s=0.2,
        parked_sweep_s=0.2,
    )


async def test_seeding_twice_leaves_two_laboratories(settings: Settings, urls: DatabaseUrls) -> None:
    for _ in range(2):
        await seed._seed(settings)
    async with installed(urls) as ready, ready.database.pool.acquire() as connection:
        names = [row["name"] for row in await connection.fetch("SELECT name FROM laboratories ORDER BY name")]
    assert names == ["Clínica Ipê (demonstração)", "Laboratório Aurora (demonstração)"]


async def test_seeding_without_a_folder_says_what_to_set(settings: Settings) -> None:
    with pytest.raises(SystemExit, match="LAUDO_DEMO_FOLDER"):
        await seed._seed(settings.model_copy(update={"demo_folder": None}))


async def test_the_api_opens_its_connections_when_it_starts(settings: Settings) -> None:
    app = build_api(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        assert (await client.get("/api/v1/exams/readyz")).status_code == 200
        assert (await client.get("/api/v1/exams")).status_code == 401


async def test_a_doctor_of_another_issuer_lists_the_clinics_exams_and_nobody_elses(
    settings: Settings, urls: DatabaseUrls
) -> None:
    """Keycloak by settings: the service as it starts, a provider over HTTP, rows of two clinics."""
    async with installed(urls) as ready:
        clinic, elsewhere = await ready.clinic(), await ready.clinic()
        exams = [
            await Job(ready.transactions, FixedClock(NOW)).register(each) for each in (clinic, elsewhere)
        ]
    with oidc_provider() as provider:
        told = OtherIssuer.model_validate(
            {
                "kind": "keycloak",
                "issuer": provider.issuer,
                "audiences": ["laudo-api"],
                "roles": {"lab-doctor": "doctor"},
                "clinic_claim": "clinic",
                "clinics": [clinic.id],
            }
        )
        app = build_api(settings.model_copy(update={"other_issuers": [told]}))

        async def ask(role: str, clinic_id: UUID) -> httpx.Response:
            claims = {
                "aud": "laudo-api",
                "typ": "Bearer",
                "realm_access": {"roles": [role]},
                "laudo_person_id": str(clinic.doctor_id),
                "clinic": str(clinic_id),
            }
            headers = {"Authorization": f"Bearer {provider.token(claims)}"}
            return await client.get("/api/v1/exams", headers=headers)

        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
        ):
            listed = await ask("lab-doctor", clinic.id)
            assert [item["id"] for item in listed.json()["items"]] == [str(exams[0].facts.id)]
            assert (await ask("lab-doctor", elsewhere.id)).status_code == 403
            assert (await ask("doctor", clinic.id)).status_code == 403
        assert provider.asked == [DISCOVERY, KEYS]


async def test_the_rebuild_command_counts_what_it_rebuilt(settings: Settings, urls: DatabaseUrls) -> None:
    async with installed(urls) as ready:
        clinic = await ready.clinic()
        await Job(ready.transactions, FixedClock(NOW)).register(clinic)
    assert await rebuild_projections._rebuild(settings) >= 1


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(loop) for loop in await start(settings)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(check: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait for `check` to return something; give up after `seconds`.

    Longer than a message's visibility: the long poll of an earlier worker may swallow one.
    """
    for _ in range(int(seconds / 0.1)):
        found = await check()
        if found:
            return found
        await asyncio.sleep(0.1)
    raise TimeoutError


@pytest.fixture
async def ready(urls: DatabaseUrls) -> AsyncIterator[Installation]:
    async with installed(urls) as installation:
        yield installation


@pytest.fixture
def queues(
    aws: EmbeddedAws, aws_environment: Callable[[str], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> EmbeddedAws:
    """The emulator with empty queues, and this process acting as exam-results."""
    for name, value in aws_environment("exam-results").items():
        monkeypatch.setenv(name, value)
    aws.purge()
    return aws


async def test_the_worker_takes_people_in_and_sends_exams_out(
    settings: Settings, ready: Installation, queues: EmbeddedAws
) -> None:
    settings = settings.model_copy(update={"aws_endpoint_url": queues.url, "aws_region": queues.region})
    clinic = await ready.clinic()
    patient_id = new_id()
    told = new_message(
        "patient.registered",
        source="/accounts",
        subject=patient_id,
        clinic_id=clinic.id,
        time=NOW,
        data=PatientRegistered(
            version=1, patient_id=patient_id, person_id=clinic.person_id, record_number="1", name="N", sex="F",
            birth_date=date(1990, 1, 1),
        ),
    )  # fmt: skip

    async def patient() -> Any:
        async with ready.transactions.in_clinic(clinic.id) as work:
            return await work.people.patient(patient_id)

    sqs = queues.admin("sqs")

    def received() -> list[dict[str, Any]]:
        answer = sqs.receive_message(
            QueueUrl=queues.queue_url("file-management-exams"), MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        return [json.loads(each["Body"]) for each in answer.get("Messages", [])]

    async def sent() -> list[str]:
        """The types of what was told of this test's exam; others of the same database are passed over."""
        mine = str(exam.facts.id)
        found = await asyncio.to_thread(received)
        return [each["type"] for each in found if each["data"]["exam_id"] == mine]

    async with working(settings):
        await asyncio.to_thread(
            queues.client("accounts", "sns").publish,
            TopicArn=f"arn:aws:sns:{queues.region}:{queues.account_id}:accounts-events",
            Message=told.to_json().decode(),
            MessageAttributes={"type": {"DataType": "String", "StringValue": told.type}},
        )
        assert (await until(patient)).record_number == "1"
        core = await build_core(settings)
        exam = await Job(core.transactions, FixedClock(NOW)).register(Clinic(**vars(clinic)))
        assert await until(sent) == ["exam.created"]
        await core.close()
