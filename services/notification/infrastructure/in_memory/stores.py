"""Stores in memory, for tests: the same contract as the real ones, without the disk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.notification.domain.channel import Channel
from services.notification.domain.clinic import Clinic
from services.notification.domain.contact import Contact
from services.notification.domain.exam_progress import ExamProgress
from services.notification.domain.notice import Notice
from services.notification.domain.preferences import Preferences
from services.shared.kernel.audit import AuditEntry


class InMemoryContactStore:
    def __init__(self) -> None:
        self._contacts: dict[UUID, Contact] = {}

    async def find(self, person_id: UUID) -> Contact | None:
        return self._contacts.get(person_id)

    async def learn(self, contact: Contact) -> Contact:
        known = self._contacts.get(contact.person_id)
        self._contacts[contact.person_id] = known.after(contact) if known else contact
        return self._contacts[contact.person_id]


class InMemoryClinicStore:
    def __init__(self) -> None:
        self._clinics: dict[UUID, Clinic] = {}

    async def find(self, clinic_id: UUID) -> Clinic | None:
        return self._clinics.get(clinic_id)

    async def save(self, clinic: Clinic) -> None:
        self._clinics[clinic.id] = clinic


class InMemoryExamProgressStore:
    def __init__(self) -> None:
        self._exams: dict[UUID, ExamProgress] = {}

    async def find(self, exam_id: UUID) -> ExamProgress | None:
        return self._exams.get(exam_id)

    async def join(self, progress: ExamProgress) -> ExamProgress:
        known = self._exams.get(progress.exam_id)
        self._exams[progress.exam_id] = known.joined(progress) if known else progress
        return self._exams[progress.exam_id]


class InMemoryPreferenceStore:
    def __init__(self) -> None:
        self._chosen: dict[UUID, Preferences] = {}
        self._heard: dict[tuple[UUID, Channel], int] = {}

    async def find(self, person_id: UUID) -> Preferences:
        return self._chosen.get(person_id, Preferences())

    async def remove(self, person_id: UUID) -> None:
        self._chosen.pop(person_id, None)
        self._heard = {key: version for key, version in self._heard.items() if key[0] != person_id}

    async def hear(self, person_id: UUID, version: int, allowed: Mapping[Channel, bool]) -> None:
        for channel, is_allowed in allowed.items():
            if version > self._heard.get((person_id, channel), 0):
                self._heard[person_id, channel] = version
                known = self._chosen.get(person_id, Preferences())
                self._chosen[person_id] = known.with_channel(channel, allowed=is_allowed)

    async def save(self, person_id: UUID, preferences: Preferences) -> None:
        self._chosen[person_id] = preferences


class InMemoryParkedNotices:
    def __init__(self) -> None:
        self._notices: dict[str, Notice] = {}

    async def park(self, notice: Notice) -> None:
        self._notices.setdefault(notice.reason, notice)

    async def waiting_for(self, person_id: UUID) -> Sequence[Notice]:
        return [notice for notice in self._notices.values() if notice.person_id == person_id]

    async def remove(self, notice: Notice) -> None:
        self._notices.pop(notice.reason, None)


class InMemorySecretVault:
    def __init__(self) -> None:
        self._secrets: dict[str, tuple[str, datetime]] = {}

    async def keep(self, reason: str, secret: str, *, until: datetime) -> None:
        self._secrets[reason] = (secret, until)

    async def remove(self, reasons: Sequence[str]) -> None:
        for reason in reasons:
            self._secrets.pop(reason, None)

    async def read(self, reason: str, *, now: datetime) -> str | None:
        secret, until = self._secrets.get(reason, (None, now))
        return secret if now < until else None


class InMemoryInbox:
    def __init__(self) -> None:
        self._seen: set[UUID] = set()

    async def has_seen(self, event_id: UUID) -> bool:
        return event_id in self._seen

    async def record(self, event_id: UUID, now: datetime) -> None:
        self._seen.add(event_id)


class InMemoryAuditLog:
    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    async def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)
