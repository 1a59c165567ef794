"""A migrated database of this service, and transactions over it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from infra.local.provision.databases import DatabaseUrls
from services.exam_results.bootstrap.migrate import migrate
from services.exam_results.infrastructure.persistence.constraints import CONSTRAINTS
from services.exam_results.infrastructure.persistence.exam_reads import PLANNER
from services.exam_results.infrastructure.persistence.people import PostgresPeople
from services.exam_results.infrastructure.persistence.transactions import PostgresTransactions
from services.shared.platform.postgres.database import Database, Scope, connect_database
from services.shared.platform.settings import PostgresSettings
from tests.unit.exam_results.samples import LIFECYCLE, Clinic, put_people

TOPIC = "exam-results-events"


@dataclass
class Installation:
    """One database of exam-results."""

    urls: DatabaseUrls
    database: Database
    transactions: PostgresTransactions

    async def clinic(self, clinic: Clinic | None = None) -> Clinic:
        clinic = clinic or Clinic()
        async with self.database.write(Scope(clinic_id=clinic.id)) as session:
            await PostgresPeople(session).put_laboratory(clinic.laboratory)
            await put_people(self.transactions.work_of(session), clinic)
        return clinic


async def migrated(new_database: Callable[[str], DatabaseUrls]) -> DatabaseUrls:
    urls = new_database("exam_results")
    await migrate(
        PostgresSettings(
            database_url=urls.app,
            relay_database_url=urls.relay,
            sealer_database_url=urls.sealer,
            owner_database_url=urls.owner,
        )
    )
    return urls


@asynccontextmanager
async def installed(urls: DatabaseUrls) -> AsyncIterator[Installation]:
    database = await connect_database(urls.app, size=5, constraints=CONSTRAINTS, planner=PLANNER)
    transactions = PostgresTransactions(database, LIFECYCLE, TOPIC, lambda: None)
    yield Installation(urls, database, transactions)
    await database.close()
