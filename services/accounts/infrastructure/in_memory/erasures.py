"""Requests for erasure, and the erasing, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.accounts.domain.erasure import ANONYMISED_NAME, Erasure, ErasureState
from services.accounts.domain.erasure_errors import ERASURE_OPEN
from services.accounts.domain.proxy import ProxyKind
from services.accounts.infrastructure.in_memory.stores import OutOfScope, Store


class InMemoryErasures(Store):
    def _seen(self) -> list[Erasure]:
        found = (self._as_seen(each) for each in self.tables.erasures.values())
        return sorted((each for each in found if each), key=lambda each: each.id, reverse=True)

    def _as_seen(self, erasure: Erasure) -> Erasure | None:
        if erasure.person_id == self.scope.person_id:
            return erasure
        own = tuple(each for each in erasure.records if each.clinic_id == self.scope.clinic_id)
        return replace(erasure, records=own) if own else None

    async def newest_of(self, person_id: UUID) -> Erasure | None:
        return next((each for each in self._seen() if each.person_id == person_id), None)

    async def of_clinic(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Erasure]:
        found = [
            each
            for each in self._seen()
            if each.state is ErasureState.REQUESTED
            and any(record.clinic_id == clinic_id for record in each.records)
            and (after is None or each.id < after)
        ]
        return found[:limit]

    async def get(self, erasure_id: UUID) -> Erasure | None:
        return next((each for each in self._seen() if each.id == erasure_id), None)

    async def add(self, erasure: Erasure, receipt_hash: bytes) -> None:
        if not self.scope.sees(person_id=erasure.person_id):
            raise OutOfScope
        waiting = (each.person_id for each in self.tables.erasures.values() if each.state == "requested")
        if erasure.person_id in waiting:
            raise ERASURE_OPEN.error()
        self.tables.erasures[erasure.id] = erasure
        self.tables.receipts[receipt_hash] = erasure.id

    async def save(self, erasure: Erasure) -> None:
        known = self.tables.erasures[erasure.id]
        changed = {record.patient_id: record for record in erasure.records}
        records = tuple(changed.get(record.patient_id, record) for record in known.records)
        self.tables.erasures[erasure.id] = replace(erasure, records=records)


class InMemoryEraser(Store):
    async def sign_in(self, person_id: UUID) -> None:
        tables = self.tables
        if not self.scope.sees(person_id=person_id):
            return
        tables.logins = {login: owner for login, owner in tables.logins.items() if owner != person_id}
        tables.passkeys = {key: each for key, each in tables.passkeys.items() if each.person_id != person_id}
        tables.recovery_codes = {key: None for key in tables.recovery_codes if key[0] != person_id}
        tables.tickets = {key: each for key, each in tables.tickets.items() if each.person_id != person_id}
        tables.confirmations = {
            key: each for key, each in tables.confirmations.items() if key[0] != person_id
        }
        tables.devices = {key: at for key, at in tables.devices.items() if key[0] != person_id}
        tables.codes.pop(person_id, None)
        if person_id in tables.credentials:
            tables.credentials[person_id] = type(tables.credentials[person_id])(person_id)

    async def proxies(self, person_id: UUID, now: datetime) -> None:
        for proxy in list(self.tables.proxies.values()):
            if person_id not in {proxy.person_id, proxy.reader_id}:
                continue
            ended = replace(proxy, ended_at=proxy.ended_at or now, version=proxy.version + 1)
            if proxy.person_id == person_id:
                ended = replace(ended, person_name=ANONYMISED_NAME, label=ANONYMISED_NAME)
            elif proxy.kind is ProxyKind.GUARDIAN:
                ended = replace(ended, label=ANONYMISED_NAME)
            self.tables.proxies[proxy.id] = ended

    async def identity(self, patient_id: UUID, now: datetime) -> None:
        record = self.tables.patients.get(patient_id)
        if record is None or record.erased:
            return
        self.scope.must_be_clinic(record.clinic_id)
        self.tables.patients[patient_id] = replace(
            record,
            version=record.version + 1,
            name=ANONYMISED_NAME,
            social_name=None,
            mother_name=None,
            birth_date=date(record.birth_date.year, 1, 1),
            cpf=None,
            cns=None,
            email=None,
            phone=None,
            erased=True,
        )
