"""All stores of notification, in memory and in Mongo, for tests that hold both to the same promises."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from services.notification.bootstrap.settings import NotificationSettings
from services.notification.bootstrap.wiring import Stores, mongo_stores
from services.notification.infrastructure.in_memory.deliveries import InMemoryDeliveries
from services.notification.infrastructure.in_memory.stores import (
    InMemoryAuditLog,
    InMemoryClinicStore,
    InMemoryContactStore,
    InMemoryExamProgressStore,
    InMemoryInbox,
    InMemoryParkedNotices,
    InMemoryPreferenceStore,
    InMemorySecretVault,
)
from services.notification.infrastructure.kms.sealer import KmsSealer
from services.notification.infrastructure.persistence.database import connect, ensure_indexes
from services.notification.infrastructure.persistence.vault import MongoSecretVault


def in_memory_stores() -> Stores:
    deliveries = InMemoryDeliveries()
    return Stores(
        contacts=InMemoryContactStore(),
        clinics=InMemoryClinicStore(),
        exams=InMemoryExamProgressStore(),
        preferences=InMemoryPreferenceStore(),
        parked=InMemoryParkedNotices(),
        deliveries=deliveries,
        log=deliveries,
        inbox=InMemoryInbox(),
        audit=InMemoryAuditLog(),
        vault=InMemorySecretVault(),
    )


@pytest.fixture(params=["memory", "mongo"])
async def memory_and_mongo(request: pytest.FixtureRequest, mongo_database_name: str) -> AsyncIterator[Stores]:
    if request.param == "memory":
        yield in_memory_stores()
        return
    users = request.getfixturevalue("mongo_users")
    administrator_url = request.getfixturevalue("mongo_url")
    aws = request.getfixturevalue("aws")
    settings = NotificationSettings(mongo_url=users.app, redis_url="redis://x", issuer="i", jwks_url="j")
    async with connect(users.owner) as owner:
        await ensure_indexes(owner[mongo_database_name])
    async with connect(users.app) as mongo:
        database = mongo[mongo_database_name]
        sealer = KmsSealer(aws.client("notification", "kms"), settings.secrets_key)
        yield replace(mongo_stores(database, settings), vault=MongoSecretVault(database, sealer))
    async with connect(administrator_url) as administrator:
        await administrator.drop_database(mongo_database_name)
