"""Joins a sign-in to the person whom a clinic registered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.accounts.application.confirmation_codes import ConfirmationCodes
from services.accounts.application.contact_messages import word_to_old_contact
from services.accounts.application.ports import Credentials, Transactions, Work
from services.accounts.application.tell_clinics import tell_clinics
from services.accounts.domain.account import Account
from services.accounts.domain.confirmation import Purpose
from services.accounts.domain.events import AccountDeleted
from services.accounts.domain.identity_errors import CONFIRMATION_FAILED, HAS_RECORDS
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class ConfirmRecordLink:
    """The code that came to the contact on file is the proof. The person the clinic registered stays who they are, with
    their records, and takes over login, password and e-mail of the account that was signed up for; that account ends,
    its sessions too. Both contacts have been proved, so the e-mail of the sign-up becomes the person's own; the one
    before is told. Passkeys and recovery codes are bound to the account that ends, and are made anew. All of it or
    nothing.
    """

    def __init__(self, transactions: Transactions, codes: ConfirmationCodes, clock: Clock) -> None:
        self._transactions = transactions
        self._codes = codes
        self._clock = clock

    async def __call__(self, code: str, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            proved = await self._proved(work, caller.account_id, code, now)
            if proved is not None:
                await self._join(work, caller.account_id, proved, now, address)
        if proved is None:  # raised out here, so that the try is counted
            raise CONFIRMATION_FAILED.error(field="code")

    async def _proved(
        self, work: Work, account_id: UUID, code: str, now: datetime
    ) -> Mapping[str, str] | None:
        """Return what was asked for, when the code proves it."""
        asked = await work.confirmations.get(account_id, Purpose.RECORD_LINK)
        if asked is None or not asked.is_open(now):
            return None
        await work.confirmations.put(asked.tried())
        return asked.facts if self._codes.proves(asked, [code]) else None

    async def _join(
        self, work: Work, account_id: UUID, proved: Mapping[str, str], now: datetime, address: str | None
    ) -> None:
        person_id = UUID(proved["person_id"])
        me = await work.accounts.get(account_id, lock=True)
        credentials = await work.credentials.get(account_id, lock=True)
        if me is None or credentials is None:
            raise NOT_FOUND.error()
        if await work.patients.of_person(account_id):
            raise HAS_RECORDS.error()
        await work.confirmations.remove(account_id, Purpose.RECORD_LINK)
        await work.accounts.hand_over_logins(account_id, person_id)
        for passkey in await work.passkeys.of_person(account_id):
            await work.passkeys.remove(passkey.id)
        await work.recovery_codes.replace(account_id, ())
        await work.sessions.end_all(account_id, now)
        await work.credentials.save(Credentials(account_id))
        ended = me.emptied()
        await work.accounts.save(ended)
        await work.act_for(person_id)
        await self._take_over(work, me, person_id, credentials, proved, now)
        # After what the person's clinics are told, so that nothing about the heir waits for it.
        work.record(AccountDeleted(occurred_at=now, account=ended))
        await work.audit(
            AuditEntry(
                at=now,
                actor_id=account_id,
                actor_roles=("patient",),
                action="account.record_link",
                clinic_id=None,
                resource=f"account/{person_id}",
                purpose="authentication",
                address=address,
            )
        )

    async def _take_over(  # noqa: PLR0917
        self,
        work: Work,
        me: Account,
        person_id: UUID,
        credentials: Credentials,
        proved: Mapping[str, str],
        now: datetime,
    ) -> None:
        person = await work.accounts.get(person_id, lock=True)
        if person is None or person.has_password:  # has signed in some other way meanwhile
            raise CONFIRMATION_FAILED.error(field="code")
        assert me.email is not None, "whoever signed up has an e-mail"
        await work.credentials.save(
            replace(credentials, person_id=person_id, passkeys=0, recovery_codes_left=0)
        )
        await work.codes.remove(person_id)
        if proved.get("channels") == "sms":  # one code went to both contacts, where there were two
            person = person.proved_at("sms")
        if person.email not in (None, me.email):
            work.record(word_to_old_contact(person, "email", now))
        person = person.with_password().with_email(me.email).in_locale(me.locale)
        await work.accounts.save(person)
        await tell_clinics(work, person, now)
