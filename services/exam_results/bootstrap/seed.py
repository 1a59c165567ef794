"""Loads the demonstration laboratories; safe to run again. `python -m services.exam_results.bootstrap.seed`.

The exam catalogue is read from the shipped file by every process, so there is nothing to load for it.
"""

import asyncio
from pathlib import Path
from uuid import UUID

import yaml

from services.exam_results.bootstrap.settings import Settings
from services.exam_results.bootstrap.wiring import SERVICE
from services.exam_results.domain.people import Laboratory, TechnicalResponsible
from services.exam_results.infrastructure.persistence.people import PostgresPeople
from services.shared.platform.logs import configure_logs, get_logger
from services.shared.platform.postgres.database import Database, Scope, connect_database


def read_laboratories(file: Path) -> list[Laboratory]:
    clinics = yaml.safe_load(file.read_text(encoding="utf-8"))["clinics"]
    return [
        Laboratory(
            clinic_id=UUID(clinic["id"]),
            name=clinic["name"],
            address=clinic["address"],
            phone=clinic["phone"],
            cnes=clinic["cnes"],
            council_registration=clinic["council_registration"],
            technical_responsible=TechnicalResponsible(
                **{key: str(value) for key, value in clinic["technical_responsible"].items()}
            ),
        )
        for clinic in clinics
    ]


async def seed_laboratories(database: Database, laboratories: list[Laboratory]) -> None:
    for laboratory in laboratories:
        async with database.write(Scope(clinic_id=laboratory.clinic_id)) as session:
            await PostgresPeople(session).put_laboratory(laboratory)


async def _seed(settings: Settings) -> None:
    if settings.demo_folder is None:
        raise SystemExit("LAUDO_DEMO_FOLDER must name the folder with clinics.yaml")
    database = await connect_database(settings.database_url, size=1)
    await seed_laboratories(database, read_laboratories(settings.demo_folder / "clinics.yaml"))
    await database.close()


def main() -> None:
    settings = Settings()
    configure_logs(SERVICE, settings.log_level)
    asyncio.run(_seed(settings))
    get_logger().info("demo.seeded")


if __name__ == "__main__":
    main()
