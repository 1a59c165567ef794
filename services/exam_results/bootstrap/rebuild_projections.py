"""Works the read tables out again from the stream: `python -m services.exam_results.bootstrap.rebuild_projections`."""

import asyncio

from services.exam_results.bootstrap.settings import Settings
from services.exam_results.bootstrap.wiring import SERVICE
from services.exam_results.infrastructure.persistence.rebuild import rebuild_projections
from services.exam_results.infrastructure.reference_data.lifecycle_file import shipped_lifecycle
from services.shared.platform.logs import configure_logs, get_logger
from services.shared.platform.postgres.database import connect_database


async def _rebuild(settings: Settings) -> int:
    database = await connect_database(settings.database_url, size=1)
    count = await rebuild_projections(database, shipped_lifecycle())
    await database.close()
    return count


def main() -> None:
    settings = Settings()
    configure_logs(SERVICE, settings.log_level)
    get_logger().info("projections.rebuilt", count=asyncio.run(_rebuild(settings)))


if __name__ == "__main__":
    main()
