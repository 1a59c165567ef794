"""Brings the database to the newest revision: `python -m services.accounts.bootstrap.migrate`."""

import asyncio
from pathlib import Path

from services.accounts.bootstrap.settings import SERVICE, Settings
from services.accounts.infrastructure.persistence.migrations import tables
from services.shared.platform.logs import configure_logs, get_logger
from services.shared.platform.postgres.migrating import migrate_with
from services.shared.platform.settings import PostgresSettings


async def migrate(settings: PostgresSettings) -> None:
    await migrate_with(Path(tables.__file__).parent, settings)


def main() -> None:
    settings = Settings()
    configure_logs(SERVICE, settings.log_level)
    asyncio.run(migrate(settings))
    get_logger().info("database.migrated")


if __name__ == "__main__":
    main()
