"""In-memory transactions: a copy of the tables that replaces them when the block ends well."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.accounts.application.ports import RepeatKey
from services.accounts.application.sign_in_ports import Opening
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

    async def open_session(self, opening: Opening, password_hash: str) -> bool:
        session = opening.session
        async with self.write(person_id=session.person_id) as work:
            credentials = await work.credentials.get(session.person_id)
            if credentials is None or credentials.password_hash != password_hash:
                return False
            await work.sessions.start(session, opening.token_hash)
            await work.devices.seen(session.person_id, opening.trace, session.started_at)
            await work.audit(opening.audit)
            if opening.warning is not None:
                work.record(opening.warning)
        return True
