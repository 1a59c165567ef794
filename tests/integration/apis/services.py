"""Each service's API as its own bootstrap builds it, over a store of its own with a few people in it."""

import asyncio
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pymongo
import redis
from fastapi import FastAPI

from infra.local.engines.valkey import ValkeyServer
from infra.local.provision.databases import DatabaseUrls
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from tests.integration.apis.served import Contents, Served, Tokens, logged, serving
from tests.support.embedded import REPOSITORY, EmbeddedAws, run_now

DEMO = REPOSITORY / "infra" / "local" / "demo"
NAMES = ("accounts", "exam_results", "file_management", "notification")


class Engines:
    def __init__(
        self, new_database: Any, valkey: ValkeyServer, mongo_url: str, admin_url: str, aws: EmbeddedAws
    ):
        self.new_database: Callable[[str], DatabaseUrls] = new_database
        self.valkey_url = valkey.url()
        with redis.Redis.from_url(
            self.valkey_url
        ) as client:  # as accounts' worker leaves it: no session has ended
            client.set("accounts:sessions:epoch", b"of the tests")
        self.mongo_url = mongo_url
        self.admin_url = admin_url
        self.aws = aws

    @property
    def shared(self) -> dict[str, Any]:
        issuer = "http://accounts.test/api/v1/accounts"
        return {
            "redis_url": self.valkey_url,
            "issuer": issuer,
            "jwks_url": f"{issuer}/.well-known/jwks.json",
            "aws_endpoint_url": self.aws.url,
            "aws_region": self.aws.region,
            "demo_folder": DEMO,
            "local_demo": True,
            "limit_factor": 10_000,  # these tests are one caller in a hurry
        }

    def postgres(self, urls: DatabaseUrls) -> dict[str, Any]:
        return {
            "database_url": urls.app,
            "relay_database_url": urls.relay,
            "owner_database_url": urls.owner,
            "sealer_database_url": urls.sealer,
        }


class Services:
    """The four, each started when first asked for, and kept while the tests of this folder run."""

    def __init__(self, engines: Engines, log: io.BytesIO, until_the_end: ExitStack) -> None:
        self._engines = engines
        self.log = log
        self._until_the_end = until_the_end
        self._running: dict[str, Served] = {}

    def __getitem__(self, name: str) -> Served:
        if name not in self._running:
            app, prefix, contents, more = _BUILDERS[name](self._engines)
            tokens = Tokens()
            address = self._until_the_end.enter_context(serving(app, tokens))
            self._running[name] = Served(
                name, app, prefix, address, contents, self.log, tokens=tokens, **more
            )
        return self._running[name]


@contextmanager
def services(engines: Engines) -> Iterator[Services]:
    with logged() as log, ExitStack() as until_the_end:
        yield Services(engines, log, until_the_end)


Started = tuple[FastAPI, str, Contents, dict[str, Any]]


def _accounts(engines: Engines) -> Started:
    from services.accounts.bootstrap.api import build_api
    from services.accounts.bootstrap.migrate import migrate
    from services.accounts.bootstrap.seed import seed
    from services.accounts.bootstrap.settings import Settings
    from services.accounts.interface.http.routes import PREFIX

    urls = engines.new_database("accounts")
    settings = Settings(**engines.shared, **engines.postgres(urls))
    run_now(migrate(settings))
    run_now(seed(settings))
    rows = _postgres_contents(engines, urls)
    clinic = "0193a000-0000-7000-8000-00000000000a"
    found = run_now(_first(engines, urls, f"SELECT id FROM patient_records WHERE clinic_id = '{clinic}'"))
    known = {"patient_id": str(found)}
    return build_api(settings), PREFIX, rows, {"clinic_id": UUID(clinic), "known": known}


def _exam_results(engines: Engines) -> Started:
    from services.exam_results.bootstrap.api import build_api
    from services.exam_results.bootstrap.settings import Settings
    from services.exam_results.bootstrap.wiring import PREFIX
    from tests.integration.exam_results.database import installed, migrated
    from tests.unit.exam_results.samples import NOW, Job

    async def people_and_an_exam(urls: DatabaseUrls) -> dict[str, Any]:
        async with installed(urls) as installation:
            clinic = await installation.clinic()
            job = Job(installation.transactions, FixedClock(NOW))
            exam = await job.register(clinic)
            await job.collect(clinic, exam.facts.id)
            await job.start(clinic, exam.facts.id)
        people = {
            Role.DOCTOR: clinic.doctor_id,
            Role.TECHNICIAN: clinic.technician_id,
            Role.RELEASER: clinic.releaser_id,
            Role.RECEPTIONIST: clinic.receptionist_id,
            Role.PATIENT: clinic.person_id,
        }
        known = {"exam_id": str(exam.facts.id), "patient_id": str(clinic.patient_id)}
        return {"clinic_id": clinic.id, "known": known, "people": people}

    urls = run_now(migrated(engines.new_database))
    more = run_now(people_and_an_exam(urls))
    settings = Settings(**engines.shared, **engines.postgres(urls))
    return build_api(settings), PREFIX, _postgres_contents(engines, urls), more


def _file_management(engines: Engines) -> Started:
    from services.file_management.bootstrap.api import build_api
    from services.file_management.bootstrap.settings import Settings
    from services.file_management.bootstrap.wiring import PREFIX

    table = engines.aws.admin("dynamodb")

    def rows() -> Mapping[str, list[str]]:
        found = table.scan(TableName="laudo-files")["Items"]
        return {"audit": [], "files": sorted(str(item) for item in found if "AUDIT#" not in str(item["pk"]))}

    known = {"file_id": str(new_id()), "exam_id": str(new_id())}
    return build_api(Settings(**engines.shared)), PREFIX, rows, {"clinic_id": new_id(), "known": known}


def _notification(engines: Engines) -> Started:
    from services.notification.bootstrap.api import PREFIX, build_api
    from services.notification.bootstrap.seed import seed
    from services.notification.bootstrap.settings import NotificationSettings

    name = f"apis_{new_id().hex[-12:]}"
    settings = NotificationSettings(**engines.shared, mongo_url=engines.mongo_url, mongo_database=name)
    run_now(seed(settings.model_copy(update={"owner_mongo_url": engines.mongo_url})))

    def rows() -> Mapping[str, list[str]]:
        with pymongo.MongoClient[dict[str, Any]](engines.mongo_url) as client:
            return {
                each: sorted(str(row) for row in client[name][each].find())
                for each in client[name].list_collection_names()
            }

    known = {"delivery_id": str(new_id()), "exam_id": str(new_id())}
    return build_api(settings), PREFIX, rows, {"clinic_id": new_id(), "known": known}


def _postgres_contents(engines: Engines, urls: DatabaseUrls) -> Contents:
    async def look() -> dict[str, list[str]]:
        connection = await asyncpg.connect(_as_admin(engines, urls))
        try:
            tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            return {
                table: [row[0] for row in await connection.fetch(f"SELECT t::text FROM {table} t ORDER BY 1")]
                for (table,) in tables
            }
        finally:
            await connection.close()

    return lambda: run_now(look())


async def _first(engines: Engines, urls: DatabaseUrls, sql: str) -> Any:
    connection = await asyncpg.connect(_as_admin(engines, urls))
    try:
        async with asyncio.timeout(10):
            return await connection.fetchval(sql)
    finally:
        await connection.close()


def _as_admin(engines: Engines, urls: DatabaseUrls) -> str:
    """The superuser sees every row: row-level security does not hide a change from a test."""
    return engines.admin_url.rpartition("/")[0] + "/" + urls.app.rpartition("/")[2].partition("?")[0]


_BUILDERS: dict[str, Callable[[Engines], Started]] = {
    "accounts": _accounts,
    "exam_results": _exam_results,
    "file_management": _file_management,
    "notification": _notification,
}
