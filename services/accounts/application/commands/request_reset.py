"""Sends a person who forgot the password a code to choose another."""

from dataclasses import replace
from datetime import timedelta

from services.accounts.application.contact_codes import ContactCodes
from services.accounts.application.ports import Directory, Transactions, Work
from services.accounts.application.tickets import new_ticket_token
from services.accounts.application.visitor import Recognition, Visitor
from services.accounts.domain.account import Account
from services.accounts.domain.login import Login
from services.accounts.domain.second_factor import ENROLLED
from services.accounts.domain.ticket import Errand, new_ticket
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


class RequestReset:
    """The code goes to the contact on file, never to one given now; it is good for ten minutes, once, with the
    ticket that this browser got, and for nobody else's tries. Nothing is said about whether the account exists, has
    a password or has a contact: the answer is the same, and leaves the same row behind. Staff without a second factor
    get none: the contact alone would let them in.
    """

    def __init__(
        self,
        transactions: Transactions,
        directory: Directory,
        codes: ContactCodes,
        recognition: Recognition,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._codes = codes
        self._recognition = recognition
        self._clock = clock

    async def __call__(self, typed_login: str, visitor: Visitor) -> str:
        """Return the ticket that takes the code."""
        token, token_hash = new_ticket_token()
        now, mark = self._clock.now(), self._recognition.device_of(visitor).mark
        person_id = await self._directory.person_of_login(Login.typed(typed_login)) or new_id()
        async with self._transactions.write(person_id=person_id) as work:
            known = mark if mark and await work.devices.knows(person_id, mark) else None
            ticket = replace(new_ticket(token_hash, person_id, Errand.RESET, now), device=known)
            account = await work.accounts.get(person_id)
            wait = await self._codes.wait(work, ticket, now)
            may_have_one = account is not None and await may_reset_password(work, account)
            if account is not None and may_have_one and wait <= timedelta(0):
                await self._codes.issue(work, account, ticket, now)
            else:
                await work.tickets.put(ticket)
        return token


async def may_reset_password(work: Work, account: Account) -> bool:
    """Staff whose factors were removed come back by the password and a code to the contact: not by the code alone."""
    if not account.has_password or not account.is_reachable:
        return False
    credentials = await work.credentials.get(account.id)
    return not account.is_staff or bool(credentials and ENROLLED & credentials.factors)
