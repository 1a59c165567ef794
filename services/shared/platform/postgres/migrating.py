"""Brings a service's database to its newest revision. Only the services that keep a database import this."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.shared.platform.settings import PostgresSettings


async def migrate_with(migrations: Path, settings: PostgresSettings) -> None:
    """Run the revisions of the folder `migrations` as the owner; tables are granted to the other roles, as their
    addresses name them.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations))
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
