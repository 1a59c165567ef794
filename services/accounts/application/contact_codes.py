"""Sends codes to the contacts on file that were confirmed, never to one given now, and compares what was typed."""

import hmac
from datetime import datetime, timedelta

from services.accounts.application.ports import IdentifierVault, Work
from services.accounts.domain.account import Account
from services.accounts.domain.errors import CODE_TOO_SOON
from services.accounts.domain.events import CodePurpose, OneTimeCodeIssued
from services.accounts.domain.one_time_code import new_code
from services.accounts.domain.ticket import CODE_LIFETIME, Errand, Ticket, wait_before_sending

_PURPOSE: dict[Errand, CodePurpose] = {
    Errand.SIGN_IN: "sign_in",
    Errand.STEP_UP: "step_up",
    Errand.RESET: "password_reset",
}
_HOUR = timedelta(hours=1)


class ContactCodes:
    def __init__(self, vault: IdentifierVault) -> None:
        self._vault = vault

    async def wait(self, work: Work, ticket: Ticket, now: datetime) -> timedelta:
        sent, last = await work.tickets.codes_sent(ticket.person_id, ticket.device, now - _HOUR)
        return wait_before_sending(sent, last, now)

    async def send(self, work: Work, account: Account, ticket: Ticket, now: datetime) -> Ticket:
        """Send a code that this ticket alone accepts; raise `code_too_soon` when codes follow too closely."""
        wait = await self.wait(work, ticket, now)
        if wait > timedelta(0):
            raise CODE_TOO_SOON.error(wait_seconds=int(wait.total_seconds()) + 1)
        return await self.issue(work, account, ticket, now)

    async def issue(self, work: Work, account: Account, ticket: Ticket, now: datetime) -> Ticket:
        code = new_code()
        ticket = ticket.with_code(self._hash(ticket, code), now)
        await work.tickets.put(ticket)
        work.record(
            OneTimeCodeIssued(
                occurred_at=now,
                account_id=account.id,
                clinic_id=account.home_clinic_id,
                code=code,
                expires_at=now + CODE_LIFETIME,
                channels=account.confirmed_channels,
                purpose=_PURPOSE[ticket.errand],
            )
        )
        return ticket

    async def matches(self, work: Work, ticket: Ticket, typed: str, now: datetime) -> bool:
        """Count the try and compare; the caller must let the transaction end well, or the try is not counted."""
        if not ticket.takes_code(now):
            return False
        await work.tickets.put(ticket.tried())
        return hmac.compare_digest(self._hash(ticket, typed), ticket.code_hash or b"")

    def _hash(self, ticket: Ticket, code: str) -> bytes:
        return self._vault.lookup(f"{ticket.token_hash.hex()}|{code.strip()}", purpose="ticket-code")
