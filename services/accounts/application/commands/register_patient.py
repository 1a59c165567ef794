"""Registers a patient at a clinic's desk."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.accounts.application.ports import RepeatKey, Transactions, Work
from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.demographics import Demographics, TypedPatient, check_demographics
from services.accounts.domain.errors import PATIENT_EXISTS
from services.accounts.domain.events import AccountCreated, PatientRegistered
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.merge_errors import POSSIBLE_DUPLICATE
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.domain.proxy import ProxyKind
from services.accounts.domain.record_number import record_number
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal


class RegisterPatient:
    """The clinic gets one record per person. The same CPF in the same clinic is refused with the existing record's
    id; the same CPF and birth date in another clinic lead to the same person, who will see both clinics with one
    sign-in, while neither clinic learns of the other. A CPF alone does not: it may be mistyped, or a relative's given
    for a child, and whoever holds it must not see another person's results. Such a patient is a person apart, reached
    by e-mail. Where the clinic has somebody of the same name and birth date, whoever registers is asked first whether
    it is the same person. The person's own contact is that of the first registration. A repeat with the same
    Idempotency-Key gets the first answer.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self, typed: TypedPatient, caller: Principal, repeat: RepeatKey, *, address: str | None
    ) -> Mapping[str, Any]:
        if caller.clinic_id is None:
            raise FORBIDDEN.error()
        clinic_id = caller.clinic_id
        facts = check_demographics(typed, self._clock.now().date())
        somebody_else = typed.somebody_else
        async with self._transactions.write(clinic_id=clinic_id) as work:

            async def register() -> Mapping[str, Any]:
                record = await self._register(work, clinic_id, facts, somebody_else=somebody_else)
                await work.audit(self._audit(record, caller, address))
                return {
                    "id": str(record.id),
                    "person_id": str(record.person_id),
                    "record_number": record.record_number,
                    "duplicate": False,
                }

            return await work.once(caller, repeat, register)

    async def _register(
        self, work: Work, clinic_id: UUID, facts: Demographics, *, somebody_else: bool
    ) -> PatientRecord:
        person_id = None
        if facts.cpf is not None:
            await work.patients.lock_cpf(facts.cpf)
            existing = await work.patients.id_with_cpf(clinic_id, facts.cpf)
            if existing is not None:
                raise PATIENT_EXISTS.error(field="cpf", existing_id=existing)
            person_id = await work.accounts.id_with_cpf(facts.cpf, facts.birth_date)
        if not somebody_else:
            await _ask_about_alike(work, clinic_id, facts)
        if person_id is None:
            account = await self._new_account(work, clinic_id, facts)
            record = await self._new_record(work, clinic_id, account.id, facts)
        else:
            record = await self._new_record(work, clinic_id, person_id, facts)
            account = await self._known_account(work, person_id, facts)
        now = self._clock.now()
        chosen = [proxy for proxy in await work.proxies.of_person(account.id) if proxy.lasts(now)]
        proxies = tuple(
            proxy for proxy in chosen if proxy.kind is ProxyKind.GRANTED
        )  # they hold here as well
        work.record(
            AccountCreated(occurred_at=now, account=account, patient=record, proxies=proxies),
            PatientRegistered(occurred_at=now, record=record),
        )
        return record

    async def _new_account(self, work: Work, clinic_id: UUID, facts: Demographics) -> Account:
        account = Account(
            id=new_id(),
            version=1,
            kind=AccountKind.PATIENT,
            name=facts.display_name,
            birth_date=facts.birth_date,
            locale=facts.locale,
            email=facts.email,
            phone=facts.phone,
            home_clinic_id=clinic_id,
        )
        await work.accounts.add(account)
        if facts.cpf is not None:
            # Stays with whoever has it, when the birth date says that this is somebody else.
            await work.accounts.claim_login(Login(LoginKind.CPF, facts.cpf), account.id)
        if (
            facts.email is not None
        ):  # families share addresses: the first has it as login, the others their CPF
            await work.accounts.claim_login(Login(LoginKind.EMAIL, facts.email), account.id)
        return account

    async def _known_account(self, work: Work, person_id: UUID, facts: Demographics) -> Account:
        """The record just added put the person into this transaction's scope."""
        account = await work.accounts.get(person_id, lock=True)
        assert account is not None
        before = account
        account = account.known_to_another_clinic(
            birth_date=facts.birth_date, email=facts.email, phone=facts.phone
        )
        await work.accounts.save(account)
        if account.email is not None and before.email is None:
            await work.accounts.claim_login(Login(LoginKind.EMAIL, account.email), account.id)
        return account

    async def _new_record(
        self, work: Work, clinic_id: UUID, person_id: UUID, facts: Demographics
    ) -> PatientRecord:
        record = PatientRecord(
            id=new_id(),
            clinic_id=clinic_id,
            person_id=person_id,
            version=1,
            record_number=record_number(await work.patients.next_ordinal(clinic_id)),
            name=facts.name,
            social_name=facts.social_name,
            birth_date=facts.birth_date,
            sex=facts.sex,
            mother_name=facts.mother_name,
            cpf=facts.cpf,
            cns=facts.cns,
            email=facts.email,
            phone=facts.phone,
        )
        await work.patients.add(record)
        return record

    def _audit(self, record: PatientRecord, caller: Principal, address: str | None) -> AuditEntry:
        return AuditEntry(
            at=self._clock.now(),
            actor_id=caller.account_id,
            actor_roles=tuple(sorted(caller.roles)),
            action="patient.register",
            clinic_id=record.clinic_id,
            patient_id=record.id,
            resource=f"patient/{record.id}",
            purpose="registration",
            address=address,
        )


async def _ask_about_alike(work: Work, clinic_id: UUID, facts: Demographics) -> None:
    """A different CPF on both says that they are two: then nobody is asked."""
    alike = [
        record
        for record in await work.patients.alike(clinic_id, facts.name, facts.birth_date)
        if facts.cpf is None or record.cpf is None
    ]
    if alike:
        raise POSSIBLE_DUPLICATE.error(field="name", existing_id=alike[0].id)
