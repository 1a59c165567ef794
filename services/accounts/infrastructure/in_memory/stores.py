"""In-memory stores. `Scope` decides what a transaction sees, as row-level security does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.accounts.domain.account import Account
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.confirmation import Confirmation, Purpose
from services.accounts.domain.login import Login, LoginKind
from services.accounts.infrastructure.in_memory.names import search_text
from services.accounts.infrastructure.in_memory.tables import Tables


class OutOfScope(Exception):
    """A row was written that the transaction may not write: PostgreSQL's policy violation."""


@dataclass(frozen=True)
class Scope:
    clinic_id: UUID | None
    person_id: UUID | None

    def sees(self, *, clinic_id: UUID | None = None, person_id: UUID | None = None) -> bool:
        return (clinic_id is not None and clinic_id == self.clinic_id) or (
            person_id is not None and person_id == self.person_id
        )

    def must_be_clinic(self, clinic_id: UUID) -> None:
        if clinic_id != self.clinic_id:
            raise OutOfScope


@dataclass
class Store:
    tables: Tables
    scope: Scope


class InMemoryAccounts(Store):
    async def get(self, account_id: UUID, *, lock: bool = False) -> Account | None:
        account = self.tables.accounts.get(account_id)
        return account if account and self._sees(account_id) else None

    def _sees(self, account_id: UUID) -> bool:
        clinic_id = self.scope.clinic_id
        registered = any(
            record.person_id == account_id and record.clinic_id == clinic_id
            for record in self.tables.patients.values()
        )
        return (
            registered
            or self.scope.person_id == account_id
            or (account_id, clinic_id) in self.tables.memberships
        )

    async def id_with_cpf(self, cpf: str, birth_date: date) -> UUID | None:
        person_id = self.tables.logins.get(Login(LoginKind.CPF, cpf))
        records = (r for r in self.tables.patients.values() if r.person_id == person_id)
        return person_id if any(record.birth_date == birth_date for record in records) else None

    async def add(self, account: Account) -> None:
        self.scope.must_be_clinic(account.home_clinic_id)
        self.tables.accounts[account.id] = account

    async def save(self, account: Account) -> None:
        if self._sees(account.id):
            self.tables.accounts[account.id] = account

    async def release_login(self, login: Login, account_id: UUID) -> None:
        if self.scope.sees(person_id=account_id) and self.tables.logins.get(login) == account_id:
            del self.tables.logins[login]

    async def hand_over_logins(self, account_id: UUID, heir_id: UUID) -> None:
        if self.scope.sees(person_id=account_id):
            own = [login for login, owner in self.tables.logins.items() if owner == account_id]
            self.tables.logins |= dict.fromkeys(own, heir_id)

    async def claim_login(self, login: Login, account_id: UUID) -> bool:
        return login not in self.tables.logins and not self.tables.logins.update({login: account_id})


class InMemoryConfirmations(Store):
    async def get(self, person_id: UUID, purpose: Purpose) -> Confirmation | None:
        found = self.tables.confirmations.get((person_id, purpose))
        return found if self.scope.sees(person_id=person_id) else None

    async def put(self, confirmation: Confirmation) -> None:
        if not self.scope.sees(person_id=confirmation.person_id):
            raise OutOfScope
        self.tables.confirmations[confirmation.person_id, confirmation.purpose] = confirmation

    async def remove(self, person_id: UUID, purpose: Purpose) -> None:
        if self.scope.sees(person_id=person_id):
            self.tables.confirmations.pop((person_id, purpose), None)


class InMemoryClinics(Store):
    async def get(self, clinic_id: UUID) -> Clinic | None:
        return self.tables.clinics.get(clinic_id)

    async def all(self) -> Sequence[Clinic]:
        return sorted(self.tables.clinics.values(), key=lambda each: (search_text(each.name), each.id))

    async def add(self, clinic: Clinic) -> None:
        self.scope.must_be_clinic(clinic.id)
        self.tables.clinics[clinic.id] = clinic
