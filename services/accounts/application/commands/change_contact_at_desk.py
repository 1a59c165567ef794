"""Changes the contact of a patient who lost the old one, at the desk."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.accounts.application.confirmation_codes import ConfirmationCodes, code_for_address
from services.accounts.application.contact_change import put_contact
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.domain.account import Account
from services.accounts.domain.confirmation import Purpose
from services.accounts.domain.contact import Phone
from services.accounts.domain.factor_errors import ANOTHER_HAND
from services.accounts.domain.identity_errors import (
    ANOTHER_CLINICS_CONTACT,
    CODE_TOO_SOON,
    CONFIRMATION_FAILED,
)
from services.accounts.domain.new_contact import NewContact
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class ContactReason(StrEnum):
    LOST = "lost"  # the old contact reaches the person no more
    MISTYPED = "mistyped"  # it was written down wrongly
    MISSING = "missing"  # there was none


class ChangeContactAtDesk:
    """For a person who stands at the desk with a document and cannot confirm on the old contact. The new one still
    confirms: its code is read out to staff. The reason is kept in the audit, the old contact is told. Only the clinic
    that registered the person first may do it: secrets of every clinic go there; and nobody who removed the person's
    second factors: both together would let that one hand in.
    """

    def __init__(self, transactions: Transactions, codes: ConfirmationCodes, clock: Clock) -> None:
        self._transactions = transactions
        self._codes = codes
        self._clock = clock

    async def request(
        self, patient_id: UUID, contact: NewContact, reason: ContactReason, caller: Principal
    ) -> None:
        now = self._clock.now()
        record = await self._record(patient_id, caller)
        async with self._transactions.write(clinic_id=record.clinic_id, person_id=record.person_id) as work:
            account = await self._account(work, record, caller)
            contact.must_differ_from(account)
            previous = await work.confirmations.get(account.id, Purpose.DESK_CONTACT)
            if previous is not None and not previous.allows_another(now):
                raise CODE_TOO_SOON.error()
            facts = {
                "channel": contact.channel,
                "value": contact.value,
                "reason": reason,
                "patient_id": str(patient_id),
                "by": str(caller.account_id),
            }
            confirmation, [code] = self._codes.new(account.id, Purpose.DESK_CONTACT, facts, now)
            await work.confirmations.put(confirmation)
            work.record(
                code_for_address(
                    confirmation,
                    code,
                    channel=contact.channel,
                    address=contact.value,
                    clinic_id=record.clinic_id,
                    locale=account.locale,
                )
            )

    async def confirm(self, patient_id: UUID, code: str, caller: Principal, *, address: str | None) -> None:
        record = await self._record(patient_id, caller)
        async with self._transactions.write(clinic_id=record.clinic_id, person_id=record.person_id) as work:
            proved = await self._confirm(work, record, code, caller, address)
        if not proved:  # raised out here, so that the try is counted
            raise CONFIRMATION_FAILED.error(field="code")

    async def _confirm(
        self, work: Work, record: PatientRecord, code: str, caller: Principal, address: str | None
    ) -> bool:
        now = self._clock.now()
        asked = await work.confirmations.get(record.person_id, Purpose.DESK_CONTACT)
        if asked is None or not asked.is_open(now) or asked.facts["by"] != str(caller.account_id):
            return False
        await work.confirmations.put(asked.tried())
        if asked.facts["patient_id"] != str(record.id) or not self._codes.proves(asked, [code]):
            return False
        contact = NewContact("email" if asked.facts["channel"] == "email" else "sms", asked.facts["value"])
        account = replace(await self._account(work, record, caller), desk_contact_by=caller.account_id)
        await put_contact(work, account, contact, now)
        await work.patients.save(_with(record, contact))
        await work.confirmations.remove(record.person_id, Purpose.DESK_CONTACT)
        await work.audit(self._audit(record, contact, asked.facts["reason"], caller, address, now))
        return True

    async def _record(self, patient_id: UUID, caller: Principal) -> PatientRecord:
        async with self._transactions.read(clinic_id=clinic_of(caller)) as reading:
            record = await reading.patients.get(patient_id)
        if record is None:
            raise NOT_FOUND.error()
        return record

    async def _account(self, work: Work, record: PatientRecord, caller: Principal) -> Account:
        account = await work.accounts.get(record.person_id, lock=True)
        assert account is not None, "the clinic sees whom it has on record"
        if account.home_clinic_id != record.clinic_id:
            raise ANOTHER_CLINICS_CONTACT.error()
        if account.desk_factors_by == caller.account_id:
            raise ANOTHER_HAND.error()
        return account

    def _audit(  # noqa: PLR0917
        self,
        record: PatientRecord,
        contact: NewContact,
        reason: str,
        caller: Principal,
        address: str | None,
        now: datetime,
    ) -> AuditEntry:
        return read_entry(
            caller,
            f"patient.{contact.field}_change",
            now,
            clinic_id=record.clinic_id,
            address=address,
            patient_id=record.id,
            purpose=f"contact_{reason}",
        )


def _with(record: PatientRecord, contact: NewContact) -> PatientRecord:
    if contact.channel == "email":
        return replace(record, email=contact.value, version=record.version + 1)
    return replace(record, phone=Phone(contact.value), version=record.version + 1)
