"""In-memory stores. `Scope` decides what a transaction sees, as row-level security does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.accounts.application.ports import DoctorSearch, PatientSearch
from services.accounts.domain.account import Account
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.membership import Membership
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.infrastructure.in_memory.names import begins_words_of, search_text
from services.accounts.infrastructure.in_memory.tables import Tables
from services.shared.kernel.principal import Role


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

    async def claim_login(self, login: Login, account_id: UUID) -> bool:
        return login not in self.tables.logins and not self.tables.logins.update({login: account_id})


class InMemoryPatients(Store):
    def _seen(self) -> list[PatientRecord]:
        return sorted(
            (
                record
                for record in self.tables.patients.values()
                if self.scope.sees(clinic_id=record.clinic_id, person_id=record.person_id)
            ),
            key=_by_name,
        )

    async def get(self, patient_id: UUID) -> PatientRecord | None:
        return next((record for record in self._seen() if record.id == patient_id), None)

    async def id_with_cpf(self, clinic_id: UUID, cpf: str) -> UUID | None:
        found = (record.id for record in self._seen() if record.clinic_id == clinic_id and record.cpf == cpf)
        return next(found, None)

    async def of_person(self, person_id: UUID) -> Sequence[PatientRecord]:
        return sorted((r for r in self._seen() if r.person_id == person_id), key=lambda record: record.id)

    async def search(self, clinic_id: UUID, search: PatientSearch) -> Sequence[PatientRecord]:
        found = [r for r in self._seen() if r.clinic_id == clinic_id and _fits(r, search)]
        if search.after is not None:
            last = self.tables.patients.get(search.after)
            found = [r for r in found if last is not None and _by_name(r) > _by_name(last)]
        return found[: search.limit]

    async def lock_cpf(self, cpf: str) -> None:
        """One transaction runs at a time here anyway."""

    async def next_ordinal(self, clinic_id: UUID) -> int:
        self.scope.must_be_clinic(clinic_id)
        ordinal = self.tables.counters.get(clinic_id, 0) + 1
        self.tables.counters[clinic_id] = ordinal
        return ordinal

    async def reserve_ordinal(self, clinic_id: UUID, ordinal: int) -> None:
        self.scope.must_be_clinic(clinic_id)
        self.tables.counters[clinic_id] = max(ordinal, self.tables.counters.get(clinic_id, 0))

    async def add(self, record: PatientRecord) -> None:
        self.scope.must_be_clinic(record.clinic_id)
        self.tables.patients[record.id] = record


def _by_name(record: PatientRecord) -> tuple[str, UUID]:
    return search_text(record.name), record.id


def _fits(record: PatientRecord, search: PatientSearch) -> bool:
    names = f"{record.name} {record.social_name or ''}"
    return (
        (search.cpf is None or record.cpf == search.cpf)
        and (search.record_number is None or record.record_number == search.record_number)
        and (search.name is None or begins_words_of(search.name, names))
    )


class InMemoryMemberships(Store):
    async def of_account(self, account_id: UUID) -> Sequence[Membership]:
        return [
            membership
            for membership in self.tables.memberships.values()
            if membership.account_id == account_id
            and membership.active
            and self.scope.sees(clinic_id=membership.clinic_id, person_id=account_id)
        ]

    async def doctors(self, clinic_id: UUID, search: DoctorSearch) -> Sequence[Membership]:
        def key(membership: Membership) -> tuple[str, UUID]:
            return search_text(membership.name), membership.account_id

        found = [
            membership
            for membership in self.tables.memberships.values()
            if self.scope.sees(clinic_id=membership.clinic_id)
            and membership.clinic_id == clinic_id
            and membership.active
            and Role.DOCTOR in membership.roles
            and (search.name is None or begins_words_of(search.name, membership.name))
        ]
        found.sort(key=key)
        if search.after is not None:
            last = self.tables.memberships.get((search.after, clinic_id))
            found = [membership for membership in found if last is not None and key(membership) > key(last)]
        return found[: search.limit]

    async def add(self, membership: Membership) -> None:
        self.scope.must_be_clinic(membership.clinic_id)
        self.tables.memberships[membership.account_id, membership.clinic_id] = membership


class InMemoryClinics(Store):
    async def get(self, clinic_id: UUID) -> Clinic | None:
        return self.tables.clinics.get(clinic_id)

    async def add(self, clinic: Clinic) -> None:
        self.scope.must_be_clinic(clinic.id)
        self.tables.clinics[clinic.id] = clinic
