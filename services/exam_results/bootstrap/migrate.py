"""Brings the database to the newest revision: `python -m services.exam_results.bootstrap.migrate`."""

import asyncio
from pathlib import Path

from services.exam_results.bootstrap.settings import Settings
from services.exam_results.bootstrap.wiring import SERVICE
from services.exam_results.infrastructure.persistence import migrations
from services.shared.platform.logs import configure_logs, get_logger
from services.shared.platform.postgres.migrating import migrate_with
from services.shared.platform.settings import PostgresSettings


async def migrate(settings: PostgresSettings) -> None:
    await migrate_with(Path(migrations.__file__).parent, settings)


def main() -> None:
    settings = Settings()
    configure_logs(SERVICE, settings.log_level)
    asyncio.run(migrate(settings))
    get_logger().info("database.migrated")


if __name__ == "__main__":
    main()
