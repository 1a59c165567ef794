"""In-memory stores of what people sign in with, each person's own alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import Credentials
from services.accounts.domain.errors import PASSKEY_KNOWN
from services.accounts.domain.one_time_code import OneTimeCode
from services.accounts.domain.passkey import Passkey
from services.accounts.domain.session import Session
from services.accounts.domain.ticket import Ticket
from services.accounts.infrastructure.in_memory.stores import OutOfScope, Store
from services.accounts.infrastructure.in_memory.tables import RefreshTokenRow


class InMemoryCredentials(Store):
    async def get(self, person_id: UUID, *, lock: bool = False) -> Credentials | None:
        kept = self.tables.credentials.get(person_id)
        if kept is None or not self.scope.sees(person_id=person_id):
            return None
        passkeys = sum(passkey.person_id == person_id for passkey in self.tables.passkeys.values())
        codes = sum(owner == person_id for owner, _ in self.tables.recovery_codes)
        return replace(kept, passkeys=passkeys, recovery_codes_left=codes)

    async def save(self, credentials: Credentials) -> None:
        if not self.scope.sees(person_id=credentials.person_id):
            raise OutOfScope
        self.tables.credentials[credentials.person_id] = credentials


class InMemorySessions(Store):
    async def start(self, session: Session, token_hash: bytes) -> None:
        if not self.scope.sees(person_id=session.person_id):
            raise OutOfScope
        self.tables.sessions[session.id] = session
        self.tables.tokens[token_hash] = RefreshTokenRow(session.id)

    async def open_ones(self, person_id: UUID, now: datetime) -> Sequence[Session]:
        found = [
            session
            for session in self.tables.sessions.values()
            if session.person_id == person_id
            and session.is_open(now)
            and self.scope.sees(person_id=person_id)
        ]
        return sorted(found, key=lambda session: (session.last_used_at, session.id), reverse=True)

    async def end_all(
        self, person_id: UUID, now: datetime, *, but: UUID | None = None, clinic_id: UUID | None = None
    ) -> int:
        ended = [
            session
            for session in self.tables.sessions.values()
            if session.person_id == person_id
            and session.revoked_at is None
            and session.id != but
            and clinic_id in (None, session.clinic_id)
            and self.scope.sees(person_id=person_id)
        ]
        for session in ended:
            await self.save(session.revoked(now))
        return len(ended)

    async def get(self, session_id: UUID) -> Session | None:
        session = self.tables.sessions.get(session_id)
        return session if session and self.scope.sees(person_id=session.person_id) else None

    async def by_token(self, token_hash: bytes) -> tuple[Session, datetime | None] | None:
        row = self.tables.tokens.get(token_hash)
        session = await self.get(row.session_id) if row else None
        return (session, row.used_at) if row and session else None

    async def rotate(self, session: Session, used: bytes, fresh: bytes) -> None:
        self.tables.tokens[used] = replace(self.tables.tokens[used], used_at=session.last_used_at)
        self.tables.tokens[fresh] = RefreshTokenRow(session.id)
        await self.save(session)

    async def save(self, session: Session) -> None:
        if self.scope.sees(person_id=session.person_id):
            self.tables.sessions[session.id] = session


class InMemoryCodes(Store):
    async def get(self, person_id: UUID) -> OneTimeCode | None:
        return self.tables.codes.get(person_id) if self.scope.sees(person_id=person_id) else None

    async def put(self, code: OneTimeCode) -> None:
        if not self.scope.sees(person_id=code.person_id):
            raise OutOfScope
        self.tables.codes[code.person_id] = code

    async def remove(self, person_id: UUID) -> None:
        if self.scope.sees(person_id=person_id):
            self.tables.codes.pop(person_id, None)


class InMemoryDevices(Store):
    async def knows(self, person_id: UUID, mark: bytes) -> bool:
        return self.scope.sees(person_id=person_id) and (person_id, mark) in self.tables.devices

    async def seen(self, person_id: UUID, mark: bytes, now: datetime) -> tuple[bool, bool]:
        if not self.scope.sees(person_id=person_id):
            raise OutOfScope
        before = (person_id, mark) in self.tables.devices, any(o == person_id for o, _ in self.tables.devices)
        self.tables.devices[person_id, mark] = now
        return before


class InMemoryPasskeys(Store):
    async def of_person(self, person_id: UUID) -> Sequence[Passkey]:
        found = [p for p in self.tables.passkeys.values() if p.person_id == person_id and self._sees(p)]
        return sorted(found, key=lambda passkey: (passkey.created_at, passkey.id))

    async def by_credential(self, credential_id: bytes) -> Passkey | None:
        found = (p for p in self.tables.passkeys.values() if p.credential_id == credential_id)
        return next((passkey for passkey in found if self._sees(passkey)), None)

    async def add(self, passkey: Passkey) -> None:
        if not self._sees(passkey):
            raise OutOfScope
        if any(known.credential_id == passkey.credential_id for known in self.tables.passkeys.values()):
            raise PASSKEY_KNOWN.error()
        self.tables.passkeys[passkey.id] = passkey

    async def save(self, passkey: Passkey) -> None:
        if passkey.id in self.tables.passkeys and self._sees(passkey):
            self.tables.passkeys[passkey.id] = passkey

    async def remove(self, passkey_id: UUID) -> bool:
        passkey = self.tables.passkeys.get(passkey_id)
        if passkey is None or not self._sees(passkey):
            return False
        return self.tables.passkeys.pop(passkey_id, None) is not None

    def _sees(self, passkey: Passkey) -> bool:
        return self.scope.sees(person_id=passkey.person_id)


class InMemoryRecoveryCodes(Store):
    async def replace(self, person_id: UUID, hashes: Sequence[bytes]) -> None:
        if not self.scope.sees(person_id=person_id):
            raise OutOfScope
        for key in [key for key in self.tables.recovery_codes if key[0] == person_id]:
            del self.tables.recovery_codes[key]
        self.tables.recovery_codes.update(dict.fromkeys((person_id, code_hash) for code_hash in hashes))

    async def of_person(self, person_id: UUID) -> Sequence[bytes]:
        if not self.scope.sees(person_id=person_id):
            return []
        return [code_hash for owner, code_hash in self.tables.recovery_codes if owner == person_id]

    async def use(self, person_id: UUID, code_hash: bytes) -> bool:
        key = person_id, code_hash
        if key not in self.tables.recovery_codes or not self.scope.sees(person_id=person_id):
            return False
        del self.tables.recovery_codes[key]
        return True


class InMemoryTickets(Store):
    async def get(self, token_hash: bytes) -> Ticket | None:
        ticket = self.tables.tickets.get(token_hash)
        return ticket if ticket and self.scope.sees(person_id=ticket.person_id) else None

    async def put(self, ticket: Ticket) -> None:
        if not self.scope.sees(person_id=ticket.person_id):
            raise OutOfScope
        self.tables.tickets[ticket.token_hash] = ticket

    async def remove(self, token_hash: bytes) -> bool:
        if await self.get(token_hash) is None:
            return False
        return self.tables.tickets.pop(token_hash, None) is not None

    async def codes_sent(
        self, person_id: UUID, device: bytes | None, since: datetime
    ) -> tuple[int, datetime | None]:
        sent = [
            (ticket.codes_sent, ticket.code_sent_at)
            for ticket in self.tables.tickets.values()
            if (ticket.person_id, ticket.device) == (person_id, device)
            and self.scope.sees(person_id=person_id)
            and ticket.code_sent_at is not None
            and ticket.code_sent_at > since
        ]
        return sum(count for count, _ in sent), max((at for _, at in sent if at), default=None)
