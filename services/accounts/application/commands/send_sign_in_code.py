"""Sends a code to the contact on file, for the second step of a sign-in."""

from services.accounts.application.commands.prove_sign_in import factors_at_sign_in, person_of
from services.accounts.application.contact_codes import ContactCodes
from services.accounts.application.ports import Directory, Transactions
from services.accounts.application.tickets import bearer_of, open_ticket
from services.accounts.domain.errors import FACTOR_NOT_ACCEPTED
from services.accounts.domain.second_factor import Factor
from services.accounts.domain.ticket import Errand
from services.shared.kernel.clock import Clock


class SendSignInCode:
    """Only for whoever typed the right password, and only where a code to the contact is what may be proved. Codes
    are a minute apart and five an hour; a new one replaces the one before.
    """

    def __init__(
        self, transactions: Transactions, directory: Directory, codes: ContactCodes, clock: Clock
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._codes = codes
        self._clock = clock

    async def __call__(self, token: str) -> None:
        person_id, now = await bearer_of(self._directory, token), self._clock.now()
        async with self._transactions.write(person_id=person_id) as work:
            ticket = await open_ticket(work, token, Errand.SIGN_IN, now)
            account, credentials = await person_of(work, person_id)
            if Factor.CONTACT_CODE not in factors_at_sign_in(account, credentials):
                raise FACTOR_NOT_ACCEPTED.error()
            await self._codes.send(work, account, ticket, now)
