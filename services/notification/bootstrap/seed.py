"""Makes the database ready: indexes, and the clinics as messages name them. Safe to run again.

Runs as the database's owner: the long-running processes may make no index.

`python -m services.notification.bootstrap.seed`; the sender's address is verified by the platform's own set-up
(Terraform, or infra/local/provision).
"""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from services.notification.bootstrap.settings import NotificationSettings
from services.notification.domain.clinic import Clinic, plain_short_name, readable_phone
from services.notification.infrastructure.persistence.clinics import MongoClinicStore
from services.notification.infrastructure.persistence.database import connect, ensure_indexes
from services.shared.platform.logs import configure_logs, get_logger


async def seed(settings: NotificationSettings) -> None:
    async with connect(settings.owner_mongo_url or settings.mongo_url) as mongo:
        database = mongo[settings.mongo_database]
        await ensure_indexes(database)
        clinics = demo_clinics(settings.demo_folder) if settings.demo_folder else []
        store = MongoClinicStore(database)
        for clinic in clinics:
            await store.save(clinic)
        get_logger().info("seeded", count=len(clinics), database=settings.mongo_database)


def demo_clinics(folder: Path) -> list[Clinic]:
    raw: dict[str, Any] = yaml.safe_load((folder / "clinics.yaml").read_text(encoding="utf-8"))
    return [
        Clinic(
            id=UUID(str(clinic["id"])),
            name=clinic["name"],
            short_name=plain_short_name(clinic["short_name"]),
            contact=readable_phone(clinic["phone"]),
        )
        for clinic in raw["clinics"]
    ]


def main() -> None:
    settings = NotificationSettings()
    configure_logs("notification-seed", settings.log_level)
    asyncio.run(seed(settings))


if __name__ == "__main__":
    main()
