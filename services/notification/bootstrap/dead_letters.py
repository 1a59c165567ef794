"""Puts the dead letters of this service's queues together with its own audit."""

from functools import partial

from services.notification.application.ports import AuditLog
from services.notification.bootstrap.settings import NotificationSettings
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.principal import Principal
from services.shared.platform.aws import aws_client
from services.shared.platform.dead_letters.desk import DeadLetterDesk
from services.shared.platform.dead_letters.queues import SqsDeadLetters
from services.shared.platform.topology import load_topology


def build_dead_letters(settings: NotificationSettings, audit: AuditLog) -> DeadLetterDesk:
    queues = SqsDeadLetters(partial(aws_client, "sqs", settings), load_topology(), "notification")

    async def record(_: Principal, entry: AuditEntry) -> None:
        await audit.record(entry)

    return DeadLetterDesk(queues, record, SystemClock())
