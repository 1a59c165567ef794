"""The narrow look-ups in memory, and what belongs to no clinic: as persistence/directory.py has them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import AtTheDoor
from services.accounts.domain.attempts import Attempts
from services.accounts.domain.erasure import ErasureState
from services.accounts.domain.invitation import InvitationState
from services.accounts.domain.login import Login
from services.accounts.domain.machine_client import MachineClient, Secret
from services.accounts.infrastructure.in_memory.stores import (
    Scope,
)
from services.accounts.infrastructure.in_memory.transactions import InMemoryTransactions, InMemoryWork

_NONE = UUID(int=0)


class InMemoryDirectory:
    def __init__(self, transactions: InMemoryTransactions, attempts: "InMemoryAttemptLog") -> None:
        self._transactions = transactions
        self._attempts = attempts

    async def person_of_login(self, login: Login) -> UUID | None:
        return self._transactions.tables.logins.get(login)

    async def at_the_door(
        self, login: Login, device: bytes, attempts: Sequence[bytes], nobody: UUID
    ) -> AtTheDoor:
        person_id = await self.person_of_login(login) or nobody
        work = InMemoryWork(self._transactions.tables, Scope(None, person_id))
        failures = await self._attempts.get(*attempts)
        return AtTheDoor(
            account=await work.accounts.get(person_id),
            credentials=await work.credentials.get(person_id),
            knows_device=await work.devices.knows(person_id, device),
            knows_any_device=any(owner == person_id for owner, _ in self._transactions.tables.devices),
            failures=dict(zip(attempts, failures, strict=True)),
        )

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


class InMemoryMachineClients:
    def __init__(self, transactions: InMemoryTransactions) -> None:
        self._transactions = transactions

    @property
    def _clients(self) -> dict[UUID, MachineClient]:
        return self._transactions.tables.machine_clients

    async def get(self, client_id: str) -> MachineClient | None:
        return next((each for each in self._clients.values() if each.client_id == client_id), None)

    async def put(self, client: MachineClient) -> None:
        self._clients[client.id] = client

    async def note_use(self, client: MachineClient, secret: Secret, now: datetime) -> None:
        kept = replace(self._clients[client.id], last_used_at=now)
        if kept.current.hash == secret.hash:
            self._clients[client.id] = replace(kept, current=replace(kept.current, used_at=now))
        elif kept.previous is not None and kept.previous.hash == secret.hash:
            self._clients[client.id] = replace(kept, previous=replace(kept.previous, used_at=now))
