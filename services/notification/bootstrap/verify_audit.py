"""Checks this service's audit chains: `python -m services.notification.bootstrap.verify_audit`.

Exit code 1: altered.
"""

import asyncio

from services.notification.bootstrap.settings import NotificationSettings
from services.notification.infrastructure.persistence.audit_chain import MongoChainStore
from services.notification.infrastructure.persistence.database import connect
from services.shared.platform.audit.report import tell_verification
from services.shared.platform.audit.wiring import build_bucket

SERVICE = "notification"


async def _verify(settings: NotificationSettings) -> int:
    async with connect(settings.mongo_url) as mongo:
        store = MongoChainStore(mongo[settings.mongo_database], SERVICE)
        return await tell_verification(SERVICE, store, build_bucket(settings))


def main() -> None:
    raise SystemExit(asyncio.run(_verify(NotificationSettings())))


if __name__ == "__main__":
    main()
