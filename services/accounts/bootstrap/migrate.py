"""Brings the database to the newest revision: `python -m services.accounts.bootstrap.migrate`."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.accounts.bootstrap.settings import SERVICE, Settings
from services.accounts.infrastructure.persistence.migrations import tables
from services.shared.platform.logs import configure_logs, get_logger
from services.shared.platform.settings import PostgresSettings


async def migrate(settings: PostgresSettings) -> None:
    """Run as the owner; tables are granted to the other roles, as their addresses name them."""
    config = Config()
    config.set_main_option("script_location", str(Path(tables.__file__).parent))
    config.attributes["app_role"] = make_url(settings.database_url).username
    config.attributes["relay_role"] = make_url(settings.relay_database_url).username
    config.attributes["sealer_role"] = make_url(settings.sealer_database_url).username

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    engine = create_async_engine(settings.owner_database_url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()


def main() -> None:
    settings = Settings()
    configure_logs(SERVICE, settings.log_level)
    asyncio.run(migrate(settings))
    get_logger().info("database.migrated")


if __name__ == "__main__":
    main()
