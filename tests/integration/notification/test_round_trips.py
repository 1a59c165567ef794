"""The log of messages takes as many Mongo commands with a thousand deliveries as with ten: the page, its audit row."""

from datetime import timedelta
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from infra.local.provision.mongo_users import MongoUrls
from services.notification.application.queries.list_deliveries import ListDeliveries
from services.notification.application.reading import Request
from services.notification.infrastructure.persistence.audit import MongoAuditLog
from services.notification.infrastructure.persistence.database import connect, ensure_indexes
from services.notification.infrastructure.persistence.delivery_log import MongoDeliveryLog
from services.notification.infrastructure.persistence.delivery_rows import to_document
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.contract.test_notification_deliveries import CLINIC, EXAM, NOW, PERSON, delivery
from tests.support.round_trips import MongoCommands

_FEW, _MANY = 10, 1_000
CALLERS = {
    Role.PATIENT: Principal(PERSON, frozenset({Role.PATIENT})),
    Role.RECEPTIONIST: Principal(new_id(), frozenset({Role.RECEPTIONIST}), CLINIC),
    Role.TECHNICIAN: Principal(new_id(), frozenset({Role.TECHNICIAN}), CLINIC),
}


@pytest.mark.parametrize("role", CALLERS)
async def test_the_log_takes_as_many_commands_at_ten_and_at_a_thousand_deliveries(
    mongo_users: MongoUrls, mongo_database_name: str, role: Role
) -> None:
    async with connect(mongo_users.owner) as owner:
        await ensure_indexes(owner[mongo_database_name])
    commands = MongoCommands()
    listened: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        mongo_users.app, uuidRepresentation="standard", tz_aware=True, event_listeners=[commands]
    )
    async with listened as mongo:
        database = mongo[mongo_database_name]
        read = ListDeliveries(
            log=MongoDeliveryLog(database), audit=MongoAuditLog(database), clock=SystemClock()
        )
        seen = []
        for numbers in (range(_FEW), range(_FEW, _MANY)):
            made = [
                delivery(f"exam:{n}:ready:1", created_at=NOW - timedelta(seconds=n), exam_id=EXAM)
                for n in numbers
            ]
            await database["deliveries"].insert_many([to_document(one) for one in made])
            commands.sent.clear()
            request = Request(caller=CALLERS[role], address=None, trace_id=None)
            page = await read(request, exam_id=EXAM, after=None, limit=21)
            assert len(page) == min(21, numbers.stop)
            seen.append(list(commands.sent))
    assert seen == [["find", "insert"]] * 2
