"""Opens a way back for somebody who lost every second factor and the recovery codes."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.accounts.application.contact_messages import word_of_reset
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.application.staff_change import member_of, staff_entry
from services.accounts.domain.factor_errors import (
    ANOTHER_CLINIC_VOUCHES,
    ANOTHER_HAND,
    NO_CONFIRMED_CONTACT,
    NO_FACTORS,
    NOBODY_VOUCHES,
    OWN_FACTORS,
    VOUCH_CONFIRM_FIRST,
)
from services.accounts.domain.second_factor import ENROLLED, IdentifiedHow
from services.accounts.domain.staff_errors import MEMBER_INACTIVE
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND
from services.shared.kernel.principal import Principal


class ResetFactors:
    """Whoever identified the person anew vouches for it (ASVS 5.0, 6.4.4), having confirmed a moment ago to be who
    they are: for staff another administrator, for a patient the desk. Nobody vouches for himself, nor for a person who
    came in by another clinic first: what is removed opens that clinic too. Nor does one hand at a desk both change a
    patient's contact and remove the factors: it could let itself in. Authenticator, passkeys and recovery codes
    go, all sessions end at once, and the person is told. The password stays, and nothing is opened by this alone: the
    way back is the password and a code to the confirmed contact, and for staff another authenticator before anything
    else. How the person was identified is kept in the audit.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def of_member(
        self, account_id: UUID, how: IdentifiedHow, caller: Principal, *, address: str | None
    ) -> None:
        now, clinic_id = self._clock.now(), clinic_of(caller)
        _must_be_confirmed(caller, now)
        async with self._transactions.write(clinic_id=clinic_id, person_id=account_id) as work:
            member = await member_of(work, account_id, caller)
            if account_id == caller.account_id:
                alone = await work.memberships.active_administrators(clinic_id) <= 1
                raise (NOBODY_VOUCHES if alone else OWN_FACTORS).error()
            if not member.active:
                raise MEMBER_INACTIVE.error()
            oldest, *_ = await work.memberships.of_account(account_id)
            if oldest.clinic_id != clinic_id:
                raise ANOTHER_CLINIC_VOUCHES.error()
            await self._reset(work, account_id, now)
            entry = staff_entry(
                caller, "staff.factors_reset", now, resource=f"staff/{account_id}", address=address
            )
            await work.audit(replace(entry, purpose=_purpose(how)))

    async def of_patient(
        self, patient_id: UUID, how: IdentifiedHow, caller: Principal, *, address: str | None
    ) -> None:
        now, clinic_id = self._clock.now(), clinic_of(caller)
        _must_be_confirmed(caller, now)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            record = await reading.patients.get(patient_id)
        if record is None:
            raise NOT_FOUND.error()
        async with self._transactions.write(clinic_id=clinic_id, person_id=record.person_id) as work:
            account = await work.accounts.get(record.person_id, lock=True)
            if account is None or account.is_staff:  # for staff an administrator vouches, patient or not
                raise FORBIDDEN.error()
            if account.home_clinic_id != clinic_id:
                raise ANOTHER_CLINIC_VOUCHES.error()
            if account.desk_contact_by == caller.account_id:
                raise ANOTHER_HAND.error()
            await self._reset(work, record.person_id, now)
            await work.accounts.save(replace(account, desk_factors_by=caller.account_id))
            await work.audit(
                read_entry(
                    caller,
                    "patient.factors_reset",
                    now,
                    clinic_id=clinic_id,
                    address=address,
                    patient_id=patient_id,
                    purpose=_purpose(how),
                )
            )

    async def _reset(self, work: Work, person_id: UUID, now: datetime) -> None:
        account = await work.accounts.get(person_id, lock=True)
        credentials = await work.credentials.get(person_id, lock=True)
        if account is None or credentials is None or not ENROLLED & credentials.factors:
            raise NO_FACTORS.error()
        if not account.is_reachable:
            raise NO_CONFIRMED_CONTACT.error()
        await work.credentials.save(
            # Of a patient too the password does not stand alone from now on; staff prove the contact anyway.
            replace(credentials, totp_secret=None, last_totp_step=None, by_contact=not account.is_staff)
        )
        for passkey in await work.passkeys.of_person(person_id):
            await work.passkeys.remove(passkey.id)
        await work.recovery_codes.replace(person_id, ())
        await work.sessions.end_all(person_id, now)
        for channel in account.confirmed_channels:
            work.record(word_of_reset(account, channel, now))


def _must_be_confirmed(caller: Principal, now: datetime) -> None:
    if not caller.stepped_up(now):
        raise VOUCH_CONFIRM_FIRST.error()


def _purpose(how: IdentifiedHow) -> str:
    return f"identified_{how}"
