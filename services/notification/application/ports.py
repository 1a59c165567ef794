"""What the use cases need from outside. Every port has an in-memory and a real adapter, held by one contract test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notification.domain.channel import Channel
from services.notification.domain.clinic import Clinic
from services.notification.domain.contact import Contact
from services.notification.domain.delivery import Delivery, DeliveryState, Lane
from services.notification.domain.exam_progress import ExamProgress
from services.notification.domain.notice import Notice
from services.notification.domain.preferences import Preferences
from services.notification.domain.receipt import Receipt
from services.notification.domain.rendering import EmailMessage, SmsMessage
from services.shared.kernel.audit import AuditEntry


class ContactStore(Protocol):
    async def find(self, person_id: UUID) -> Contact | None: ...

    async def learn(self, contact: Contact) -> Contact:
        """Keep `Contact.after` of what is known and `contact`; atomic per person. Return what is known now."""
        ...


class ClinicStore(Protocol):
    async def find(self, clinic_id: UUID) -> Clinic | None: ...

    async def save(self, clinic: Clinic) -> None: ...


class ExamProgressStore(Protocol):
    async def join(self, progress: ExamProgress) -> ExamProgress:
        """Keep the furthest of what is known and `progress`; atomic per exam. Return what is known now."""
        ...

    async def find(self, exam_id: UUID) -> ExamProgress | None: ...


class PreferenceStore(Protocol):
    async def find(self, person_id: UUID) -> Preferences:
        """Return what the person chose, or the default."""
        ...

    async def save(self, person_id: UUID, preferences: Preferences) -> None: ...

    async def hear(self, person_id: UUID, version: int, allowed: Mapping[Channel, bool]) -> None:
        """Keep what accounts told at this version, channel by channel; an older or the same word changes nothing."""
        ...

    async def remove(self, person_id: UUID) -> None: ...


class ParkedNotices(Protocol):
    """Notices whose person's contact has not come yet."""

    async def park(self, notice: Notice) -> None: ...

    async def waiting_for(self, person_id: UUID) -> Sequence[Notice]: ...

    async def remove(self, notice: Notice) -> None: ...


class Deliveries(Protocol):
    """The deliveries as the sender sees them: each change is one atomic step on one of them."""

    async def add(self, delivery: Delivery) -> bool:
        """Record it durably; False when its id is on record already, which then stays as it is."""
        ...

    async def claim(self, lane: Lane, *, now: datetime, lease_until: datetime) -> Delivery | None:
        """Lease the queued delivery of the lane that has been due longest; no other sender gets it meanwhile."""
        ...

    async def begin_sending(
        self, claimed: Delivery, *, address_masked: str, now: datetime
    ) -> Delivery | None:
        """Set `sending` and count the attempt, durably; None when the lease was lost to another sender."""
        ...

    async def record_sent(self, sending: Delivery, *, provider_id: str, now: datetime) -> None:
        """Set `sent`; also where the sweeper has called this very attempt unknown meanwhile."""
        ...

    async def put_back(self, held: Delivery, *, not_before: datetime, detail: str, attempts: int) -> None:
        """Queue it again, from a claim or from `sending`, due at `not_before`; nothing when it has moved on."""
        ...

    async def close(self, held: Delivery, state: DeliveryState, *, detail: str) -> None:
        """End a claimed or sending delivery (failed, unknown or suppressed); nothing when it has moved on."""
        ...

    async def forget_addresses(self, person_id: UUID) -> Sequence[str]:
        """Take the masked address out of every delivery to the person; return the reasons whose secret may wait."""
        ...

    async def record_receipt(self, receipt: Receipt) -> bool:
        """Set what the receipt makes of its delivery, in whatever state that is; False when a receipt of the same or
        a higher rank was recorded before, or the delivery is not known."""
        ...

    async def sending_since_before(self, moment: datetime, *, limit: int) -> Sequence[Delivery]:
        """Return deliveries whose provider call began before `moment` and has no recorded end."""
        ...

    async def unknown_since_before(self, moment: datetime, *, detail: str, limit: int) -> Sequence[Delivery]:
        """Return unknown deliveries of this detail whose provider call began before `moment`."""
        ...

    async def any_receipt_of_later_than(self, moment: datetime) -> bool:
        """Whether the provider has told of a message that it accepted after `moment`."""
        ...


class Receipts(Protocol):
    """What the providers tell of the messages they took, on its way to us."""

    async def all_heard(self) -> bool:
        """False when receipts have waited for long until just now, or any lies among the dead letters: then one that
        was sent a minute ago may still come.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Exactly one of `person_id` and `clinic_id` is set: nobody reads the whole log."""

    person_id: UUID | None = None
    clinic_id: UUID | None = None
    exam_id: UUID | None = None


class DeliveryLog(Protocol):
    """The deliveries as people read them."""

    async def page(
        self, which: LogFilter, *, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[Delivery]:
        """Return the newest first, from the one after `after` (created_at, id) on."""
        ...

    async def find(self, delivery_id: UUID) -> Delivery | None: ...


class SecretVault(Protocol):
    """Keeps a one-time code sealed, under a notice's reason, apart from the log and for its short life only."""

    async def keep(self, reason: str, secret: str, *, until: datetime) -> None: ...

    async def read(self, reason: str, *, now: datetime) -> str | None: ...

    async def remove(self, reasons: Sequence[str]) -> None: ...


UNREACHABLE = "unreachable"


class NotAccepted(Exception):
    """The provider surely took nothing. `detail` is a code, UNREACHABLE when it could not even be asked;
    `permanent` means that a repeat cannot help."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.permanent = permanent


class OutcomeUnknown(Exception):
    """The call broke off after it may have been accepted."""


class EmailChannel(Protocol):
    async def send(self, message: EmailMessage) -> str:
        """Return the provider's message id; raise NotAccepted or OutcomeUnknown. Never repeats a call by itself."""
        ...


class SmsChannel(Protocol):
    async def send(self, message: SmsMessage) -> str:
        """As EmailChannel."""
        ...


class Inbox(Protocol):
    async def has_seen(self, event_id: UUID) -> bool: ...

    async def record(self, event_id: UUID, now: datetime) -> None: ...


class AuditLog(Protocol):
    async def record(self, entry: AuditEntry) -> None:
        """Append it durably; raise when that is not possible, so that no answer goes out without it."""
        ...


class Bell(Protocol):
    def ring(self, lane: Lane) -> None:
        """Wake the lane's senders. A lost ring costs one poll interval, nothing else."""
        ...
