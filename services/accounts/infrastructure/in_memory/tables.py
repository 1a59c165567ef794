"""The state behind the in-memory adapters: what PostgreSQL holds, in dictionaries that a transaction copies."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from services.accounts.application.ports import Credentials
from services.accounts.domain.account import Account
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.confirmation import Confirmation, Purpose
from services.accounts.domain.consent import ConsentEntry
from services.accounts.domain.correction import Correction
from services.accounts.domain.erasure import Erasure
from services.accounts.domain.invitation import Invitation
from services.accounts.domain.login import Login
from services.accounts.domain.machine_client import MachineClient
from services.accounts.domain.membership import Membership
from services.accounts.domain.merge import Merge
from services.accounts.domain.one_time_code import OneTimeCode
from services.accounts.domain.passkey import Passkey
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.domain.proxy import Proxy
from services.accounts.domain.session import Session
from services.accounts.domain.ticket import Ticket
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.events import DomainEvent


@dataclass
class RefreshTokenRow:
    session_id: UUID
    used_at: datetime | None = None


@dataclass
class Tables:
    clinics: dict[UUID, Clinic] = field(default_factory=dict)
    accounts: dict[UUID, Account] = field(default_factory=dict)
    logins: dict[Login, UUID] = field(default_factory=dict)
    memberships: dict[tuple[UUID, UUID], Membership] = field(default_factory=dict)
    patients: dict[UUID, PatientRecord] = field(default_factory=dict)
    counters: dict[UUID, int] = field(default_factory=dict)
    credentials: dict[UUID, Credentials] = field(default_factory=dict)
    sessions: dict[UUID, Session] = field(default_factory=dict)
    tokens: dict[bytes, RefreshTokenRow] = field(default_factory=dict)
    proxies: dict[UUID, Proxy] = field(default_factory=dict)
    codes: dict[UUID, OneTimeCode] = field(default_factory=dict)
    devices: dict[tuple[UUID, bytes], datetime] = field(default_factory=dict)
    passkeys: dict[UUID, Passkey] = field(default_factory=dict)
    recovery_codes: dict[tuple[UUID, bytes], None] = field(default_factory=dict)
    tickets: dict[bytes, Ticket] = field(default_factory=dict)
    invitations: dict[UUID, Invitation] = field(default_factory=dict)
    confirmations: dict[tuple[UUID, Purpose], Confirmation] = field(default_factory=dict)
    merges: dict[UUID, Merge] = field(default_factory=dict)
    machine_clients: dict[UUID, MachineClient] = field(default_factory=dict)
    machine_sessions_ended: dict[UUID, datetime] = field(default_factory=dict)
    erasures: dict[UUID, Erasure] = field(default_factory=dict)
    corrections: dict[UUID, Correction] = field(default_factory=dict)
    consents: dict[UUID, ConsentEntry] = field(default_factory=dict)
    receipts: dict[bytes, UUID] = field(default_factory=dict)
    answers: dict[tuple[UUID, str], tuple[str, bytes, dict[str, Any]]] = field(default_factory=dict)
    audit: dict[UUID, AuditEntry] = field(default_factory=dict)
    events: dict[UUID, DomainEvent] = field(default_factory=dict)

    def copy(self) -> "Tables":
        return Tables(**{each.name: dict(getattr(self, each.name)) for each in fields(self)})
