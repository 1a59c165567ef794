"""In-memory transactions: a copy of the tables that replaces them when the block ends well."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.accounts.application.ports import Credentials, RepeatKey
from services.accounts.domain.attempts import Attempts
from services.accounts.domain.erasure import ErasureState
from services.accounts.domain.invitation import InvitationState
from services.accounts.domain.login import Login
from services.accounts.infrastructure.in_memory.audit_names import InMemoryAuditNames
from services.accounts.infrastructure.in_memory.consents import InMemoryConsents
from services.accounts.infrastructure.in_memory.corrections import InMemoryCorrections
from services.accounts.infrastructure.in_memory.erasures import InMemoryEraser, InMemoryErasures
from services.accounts.infrastructure.in_memory.machine_clients import InMemoryMachineClientStore
from services.accounts.infrastructure.in_memory.patients import InMemoryMerges, InMemoryPatients
from services.accounts.infrastructure.in_memory.proxies import InMemoryProxies
from services.accounts.infrastructure.in_memory.sign_in_stores import (
    InMemoryCodes,
    InMemoryCredentials,
    InMemoryDevices,
    InMemoryPasskeys,
    InMemoryRecoveryCodes,
    InMemorySessions,
    InMemoryTickets,
)
from services.accounts.infrastructure.in_memory.staff import InMemoryInvitations, InMemoryMemberships
from services.accounts.infrastructure.in_memory.stores import (
    InMemoryAccounts,
    InMemoryClinics,
    InMemoryConfirmations,
    Scope,
    Store,
)
from services.accounts.infrastructure.in_memory.tables import Tables
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.events import DomainEvent
from services.shared.kernel.principal import Principal
from services.shared.platform.postgres.idempotency import KEY_REUSED

_NONE = UUID(int=0)


class InMemoryWork:
    def __init__(self, tables: Tables, scope: Scope) -> None:
        self._tables = tables
        self.accounts = InMemoryAccounts(tables, scope)
        self.patients = InMemoryPatients(tables, scope)
        self.memberships = InMemoryMemberships(tables, scope)
        self.credentials = InMemoryCredentials(tables, scope)
        self.sessions = InMemorySessions(tables, scope)
        self.codes = InMemoryCodes(tables, scope)
        self.devices = InMemoryDevices(tables, scope)
        self.passkeys = InMemoryPasskeys(tables, scope)
        self.recovery_codes = InMemoryRecoveryCodes(tables, scope)
        self.tickets = InMemoryTickets(tables, scope)
        self.clinics = InMemoryClinics(tables, scope)
        self.proxies = InMemoryProxies(tables, scope)
        self.invitations = InMemoryInvitations(tables, scope)
        self.confirmations = InMemoryConfirmations(tables, scope)
        self.merges = InMemoryMerges(tables, scope)
        self.machine_clients = InMemoryMachineClientStore(tables, scope)
        self.audit_names = InMemoryAuditNames(tables, scope)
        self.erasures = InMemoryErasures(tables, scope)
        self.corrections = InMemoryCorrections(tables, scope)
        self.consents = InMemoryConsents(tables, scope)
        self.eraser = InMemoryEraser(tables, scope)

    async def act_for(self, person_id: UUID) -> None:
        for store in vars(self).values():
            if isinstance(store, Store):
                store.scope = replace(store.scope, person_id=person_id)

    async def act_in(self, clinic_id: UUID) -> None:
        for store in vars(self).values():
            if isinstance(store, Store):
                store.scope = replace(store.scope, clinic_id=clinic_id)

    def record(self, *events: DomainEvent) -> None:
        for event in events:
            self._tables.events[event.event_id] = event

    async def audit(self, entry: AuditEntry) -> None:
        self._tables.audit[entry.id] = entry

    async def once(
        self, caller: Principal, repeat: RepeatKey, run: Callable[[], Awaitable[Mapping[str, Any]]]
    ) -> Mapping[str, Any]:
        digest = hashlib.sha256(repeat.request).digest()
        seen = self._tables.answers.get((caller.account_id, repeat.key))
        if seen is not None:
            if seen[:2] != (repeat.route, digest):
                raise KEY_REUSED.error()
            return seen[2]
        answer = dict(await run())
        self._tables.answers[caller.account_id, repeat.key] = (repeat.route, digest, answer)
        return answer


class InMemoryTransactions:
    def __init__(self) -> None:
        self.tables = Tables()
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def read(
        self, *, clinic_id: UUID | None = None, person_id: UUID | None = None
    ) -> AsyncIterator[InMemoryWork]:
        async with self.write(clinic_id=clinic_id, person_id=person_id) as work:
            yield work

    @asynccontextmanager
    async def write(
        self, *, clinic_id: UUID | None = None, person_id: UUID | None = None
    ) -> AsyncIterator[InMemoryWork]:
        async with self._one_at_a_time:
            copy = self.tables.copy()
            yield InMemoryWork(copy, Scope(clinic_id, person_id))
            self.tables = copy


class InMemoryDirectory:
    def __init__(self, transactions: InMemoryTransactions) -> None:
        self._transactions = transactions

    async def person_of_login(self, login: Login) -> UUID | None:
        return self._transactions.tables.logins.get(login)

    async def at_the_door(
        self, login: Login, mark: bytes | None, nobody: UUID
    ) -> tuple[Credentials | None, bool]:
        person_id = await self.person_of_login(login) or nobody
        work = InMemoryWork(self._transactions.tables, Scope(None, person_id))
        credentials = await work.credentials.get(person_id)
        return credentials, mark is not None and await work.devices.knows(person_id, mark)

    async def person_of_refresh_token(self, token_hash: bytes) -> UUID | None:
        tables = self._transactions.tables
        row = tables.tokens.get(token_hash)
        return tables.sessions[row.session_id].person_id if row else None

    async def person_of_ticket(self, token_hash: bytes) -> UUID | None:
        ticket = self._transactions.tables.tickets.get(token_hash)
        return ticket.person_id if ticket else None

    async def person_of_passkey(self, credential_id: bytes) -> UUID | None:
        passkeys = self._transactions.tables.passkeys.values()
        return next((p.person_id for p in passkeys if p.credential_id == credential_id), None)

    async def clinic_of_patient(self, patient_id: UUID) -> UUID | None:
        record = self._transactions.tables.patients.get(patient_id)
        return record.clinic_id if record else None

    async def clinic_of_invitation(self, code_hash: bytes) -> UUID | None:
        found = (
            each.clinic_id
            for each in self._transactions.tables.invitations.values()
            if each.code_hash == code_hash and each.state is InvitationState.OPEN
        )
        return next(found, None)


class InMemoryErasureDirectory:
    def __init__(self, transactions: InMemoryTransactions) -> None:
        self._transactions = transactions

    async def due(self, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
        found = [
            each
            for each in self._transactions.tables.erasures.values()
            if (each.state is ErasureState.REQUESTED and each.due_at <= now)
            or (each.state is ErasureState.DONE and any(record.is_due(now) for record in each.records))
        ]
        ordered = sorted(found, key=lambda each: (each.due_at, each.id))
        return [(each.id, each.person_id) for each in ordered[:limit]]

    async def of_receipt(self, receipt_hash: bytes) -> tuple[UUID, UUID] | None:
        tables = self._transactions.tables
        erasure = tables.erasures.get(tables.receipts.get(receipt_hash, _NONE))
        return (erasure.id, erasure.person_id) if erasure else None


class InMemoryAttemptLog:
    def __init__(self) -> None:
        self._attempts: dict[bytes, Attempts] = {}

    async def get(self, *keys: bytes) -> Sequence[Attempts]:
        return [self._attempts.get(key, Attempts()) for key in keys]

    async def count_failure(self, now: datetime, *keys: bytes) -> None:
        for key in keys:
            self._attempts[key] = self._attempts.get(key, Attempts()).failed(now)

    async def clear(self, *keys: bytes) -> None:
        for key in keys:
            self._attempts.pop(key, None)
