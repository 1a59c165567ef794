"""The whole service on in-memory adapters, wired by the same functions as the real one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.notification.application.commands.send_due_delivery import Attempt
from services.notification.bootstrap.wiring import (
    Channels,
    Stores,
    Texts,
    build_listeners,
    build_readers,
    build_senders,
)
from services.notification.domain.clinic import Clinic
from services.notification.domain.delivery import Delivery, Lane
from services.notification.domain.quiet_hours import HOME_ZONE, QuietHours
from services.notification.infrastructure.in_memory.channels import (
    InMemoryBell,
    InMemoryEmailChannel,
    InMemoryReceipts,
    InMemorySmsChannel,
)
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
from services.notification.infrastructure.templates.loader import load_templates
from services.notification.interface.messaging.queues import effects
from services.shared.contracts.accounts import AccountCreated, AccountDeleted, AccountUpdated
from services.shared.contracts.commands import SendOneTimeCode
from services.shared.contracts.exam_results import ExamCompleted, ExamCreated, ExamResultReady, ExamUpdated
from services.shared.contracts.file_management import FileProcessed
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.envelope import Message, new_message

NOON = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 12:00 in São Paulo
NIGHT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # 22:30 in São Paulo
CLINIC = UUID("0193a000-0000-7000-8000-00000000000a")
OTHER_CLINIC = UUID("0193a000-0000-7000-8000-00000000000b")
ANA = UUID("0193a000-0000-7000-8000-000000000201")
EXAM = UUID("0193a000-0000-7000-8000-0000000e0001")
PORTAL = "http://localhost:8080"
SOURCES = {"account": "/accounts", "exam": "/exam-results", "file": "/file-management"}


def message(message_type: str, data: BaseModel, clinic_id: UUID = CLINIC) -> Message:
    source = SOURCES.get(message_type.split(".", maxsplit=1)[0], "/accounts")
    return new_message(message_type, source=source, subject=EXAM, clinic_id=clinic_id, time=NOON, data=data)


def account_created(version: int = 1, **changes: Any) -> Message:
    return message("account.created", AccountCreated(**account(version, **changes)))


def account_updated(version: int, **changes: Any) -> Message:
    return message("account.updated", AccountUpdated(**account(version, **changes)))


def account_deleted(version: int) -> Message:
    return message("account.deleted", AccountDeleted(account_id=ANA, version=version))


def account(version: int, **changes: Any) -> dict[str, Any]:
    return {
        "account_id": ANA,
        "version": version,
        "clinic_id": CLINIC,
        "kind": "patient",
        "roles": ["patient"],
        "name": "Ana Demonstração",
        "email": "ana@exemplo.example",
        "phone": "+5511900000201",
        "sms_capable": True,
        "locale": "pt-BR",
        "first_access": False,
    } | changes


def exam(version: int, **fields: Any) -> dict[str, Any]:
    return {
        "exam_id": EXAM,
        "version": version,
        "protocol": "A7K2-9QXM",
        "patient_id": UUID("0193a000-0000-7000-8000-000000000301"),
        "person_id": ANA,
        "requester_id": UUID("0193a000-0000-7000-8000-000000000101"),
    } | fields


def exam_created(version: int = 1, scheduled_at: datetime | None = None) -> Message:
    state = "scheduled" if scheduled_at else "registered"
    data = ExamCreated(**exam(version, state=state, scheduled_at=scheduled_at, created_at=NOON))
    return message("exam.created", data)


def exam_updated(version: int, state: str, previous_state: str, **fields: Any) -> Message:
    data = {"occurred_at": NOON, "ever_released": False} | fields
    return message(
        "exam.updated", ExamUpdated(**exam(version, state=state, previous_state=previous_state, **data))
    )


def exam_completed(version: int, report_version: int = 1) -> Message:
    data = ExamCompleted(**exam(version, report_version=report_version, collected_at=NOON, completed_at=NOON))
    return message("exam.completed", data)


def result_ready(version: int, report_version: int = 1) -> Message:
    data = ExamResultReady(
        **exam(version, report_version=report_version, file_id=new_id(), sha256="0" * 64, ready_at=NOON)
    )
    return message("exam.result.ready", data)


def file_processed(kind: str) -> Message:
    data = FileProcessed(
        file_id=new_id(),
        exam_id=EXAM,
        person_id=ANA,
        version=1,
        kind=kind,
        sha256="0" * 64,
        size_bytes=1,
        occurred_at=NOON,
    )
    return message("file.processed", data)


def one_time_code(code: str, expires_at: datetime, **more: Any) -> Message:
    data = SendOneTimeCode(account_id=ANA, code=code, expires_at=expires_at, purpose="first_access", **more)
    return message("notification.command.one_time_code", data)


QUEUE_OF = {
    "account": "notification-accounts",
    "exam": "notification-exams",
    "file": "notification-files",
    "notification": "notification-commands",
}


@dataclass
class World:
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    email: InMemoryEmailChannel = field(default_factory=InMemoryEmailChannel)
    sms: InMemorySmsChannel = field(default_factory=InMemorySmsChannel)
    receipts: InMemoryReceipts = field(default_factory=InMemoryReceipts)
    bell: InMemoryBell = field(default_factory=InMemoryBell)
    deliveries: InMemoryDeliveries = field(default_factory=InMemoryDeliveries)
    audit: InMemoryAuditLog = field(default_factory=InMemoryAuditLog)
    parked: InMemoryParkedNotices = field(default_factory=InMemoryParkedNotices)
    contacts: InMemoryContactStore = field(default_factory=InMemoryContactStore)
    clinics: InMemoryClinicStore = field(default_factory=InMemoryClinicStore)
    vault: InMemorySecretVault = field(default_factory=InMemorySecretVault)

    def __post_init__(self) -> None:
        stores = Stores(
            contacts=self.contacts,
            clinics=self.clinics,
            exams=InMemoryExamProgressStore(),
            preferences=InMemoryPreferenceStore(),
            parked=self.parked,
            deliveries=self.deliveries,
            log=self.deliveries,
            inbox=InMemoryInbox(),
            audit=self.audit,
            vault=self.vault,
        )
        texts = Texts(templates=load_templates(), quiet=QuietHours(), portal_url=PORTAL, zone=HOME_ZONE)
        self.preferences = stores.preferences
        self.readers = build_readers(stores, self.clock)
        self.listeners = build_listeners(stores, texts, self.clock, self.bell)
        channels = Channels(email=self.email, sms=self.sms, receipts=self.receipts)
        self.senders = build_senders(stores, texts, channels, self.clock)
        self.effects = effects(self.listeners, self.clock)

    async def open(self) -> "World":
        for clinic_id, name in ((CLINIC, "Aurora"), (OTHER_CLINIC, "Ipe")):
            await self.clinics.save(
                Clinic(id=clinic_id, name=f"Laboratório {name}", short_name=name, contact="(11) 3000-0100")
            )
        return self

    async def hear(self, *messages: Message) -> list[str]:
        """Apply messages as their queues' consumers would."""
        outcomes = []
        for heard in messages:
            queue = QUEUE_OF[heard.type.split(".", maxsplit=1)[0]]
            outcomes.append(await self.effects[queue](heard))
        return outcomes

    async def send_all(self) -> list[Attempt]:
        """Send whatever is due now, lane by lane."""
        attempts = []
        for lane in Lane:
            while (claimed := await self.senders.send_due_delivery.claim(lane)) is not None:
                attempts.append(await self.senders.send_due_delivery(claimed))
        return attempts

    @property
    def log(self) -> list[Delivery]:
        return list(self.deliveries._by_id.values())

    def states(self) -> dict[str, str]:
        """State by `template/channel`; for tests in which each occurs once."""
        return {f"{item.template}/{item.channel.value}": item.state.value for item in self.log}
