"""Channels in memory, for tests: they keep what was sent, and refuse or break off on demand."""

from services.notification.domain.delivery import Lane
from services.notification.domain.rendering import EmailMessage, SmsMessage


class InMemoryEmailChannel:
    """`failures` are raised first, one per call."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.failures: list[Exception] = []

    async def send(self, message: EmailMessage) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        return f"email-{len(self.sent)}"


class InMemorySmsChannel:
    def __init__(self) -> None:
        self.sent: list[SmsMessage] = []
        self.failures: list[Exception] = []

    async def send(self, message: SmsMessage) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        return f"sms-{len(self.sent)}"


class InMemoryReceipts:
    def __init__(self) -> None:
        self.waiting = 0

    async def all_heard(self) -> bool:
        return not self.waiting


class InMemoryBell:
    def __init__(self) -> None:
        self.rung: list[Lane] = []

    def ring(self, lane: Lane) -> None:
        self.rung.append(lane)
