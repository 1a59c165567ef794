"""Puts known people in place: the demonstration's."""

from dataclasses import dataclass, replace

from services.accounts.application.ports import Credentials, PasswordHasher, Transactions, Work
from services.accounts.domain.account import Account
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.events import AccountCreated, PatientRegistered, ProfessionalRegistered
from services.accounts.domain.login import Login
from services.accounts.domain.membership import Membership
from services.accounts.domain.password import normal_password
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPerson:
    """A person as they shall be: with a password, at work in or patient of one or more clinics."""

    account: Account
    logins: tuple[Login, ...]
    password: str
    totp_secret: str | None
    memberships: tuple[Membership, ...] = ()
    records: tuple[PatientRecord, ...] = ()


class SeedPeople:
    """Who is there already is left alone, so a second run changes nothing, tells nothing and hashes nothing. A person
    is put in place with the same events as a registration; each clinic in a transaction of its own.
    """

    def __init__(self, transactions: Transactions, hasher: PasswordHasher, clock: Clock) -> None:
        self._transactions = transactions
        self._hasher = hasher
        self._clock = clock

    async def clinic(self, clinic: Clinic) -> None:
        async with self._transactions.write(clinic_id=clinic.id) as work:
            if await work.clinics.get(clinic.id) is None:
                await work.clinics.add(clinic)

    async def person(self, person: SeedPerson) -> bool:
        """Return True when the person was put in place now, or in one more clinic."""
        async with self._transactions.read(person_id=person.account.id) as reading:
            account = await reading.accounts.get(person.account.id)
            works_in = {
                membership.clinic_id for membership in await reading.memberships.of_account(person.account.id)
            }
            known_in = {record.clinic_id for record in await reading.patients.of_person(person.account.id)}
        memberships = [each for each in person.memberships if each.clinic_id not in works_in]
        records = [each for each in person.records if each.clinic_id not in known_in]
        for membership in memberships:
            account = await self._place(person, account, membership)
        for record in records:
            account = await self._place(person, account, record)
        return bool(memberships or records)

    async def _place(
        self, person: SeedPerson, known: Account | None, part: Membership | PatientRecord
    ) -> Account:
        account = replace(known, version=known.version + 1) if known else person.account
        password_hash = None if known else await self._hasher.hash(normal_password(person.password))
        async with self._transactions.write(clinic_id=part.clinic_id, person_id=account.id) as work:
            if known:
                await work.accounts.save(account)
            else:
                await self._add(work, person, account, password_hash)
            await self._add_part(work, account, part)
        return account

    async def _add(self, work: Work, person: SeedPerson, account: Account, password_hash: str | None) -> None:
        await work.accounts.add(account)
        await work.credentials.save(Credentials(account.id, password_hash, person.totp_secret))
        for login in person.logins:
            await work.accounts.claim_login(login, account.id)

    async def _add_part(self, work: Work, account: Account, part: Membership | PatientRecord) -> None:
        now = self._clock.now()
        if isinstance(part, Membership):
            await work.memberships.add(part)
            work.record(AccountCreated(occurred_at=now, account=account, membership=part))
            if part.is_professional:
                work.record(ProfessionalRegistered(occurred_at=now, membership=part))
        else:
            await work.patients.add(part)
            await work.patients.reserve_ordinal(part.clinic_id, int(part.record_number))
            work.record(
                AccountCreated(occurred_at=now, account=account, patient=part),
                PatientRegistered(occurred_at=now, record=part),
            )
