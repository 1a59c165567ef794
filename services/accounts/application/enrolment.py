"""Setting up an authenticator app: a secret that counts only once a code made from it came back."""

from dataclasses import dataclass, replace

from services.accounts.application.ports import Credentials, Work
from services.accounts.application.recovery_codes import RecoveryCodes
from services.accounts.application.sign_in_ports import Authenticator
from services.accounts.domain.account import Account
from services.accounts.domain.ticket import MOST_TRIES, Ticket
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class NewAuthenticator:
    """`secret` in base32, for typing; `address` (`otpauth://`), for a picture."""

    ticket: str
    secret: str
    address: str


class Enrolment:
    def __init__(self, authenticator: Authenticator, recovery_codes: RecoveryCodes, clock: Clock) -> None:
        self._authenticator = authenticator
        self._recovery_codes = recovery_codes
        self._clock = clock

    async def begin(self, work: Work, account: Account, ticket: Ticket, token: str) -> NewAuthenticator:
        secret = self._authenticator.new_secret()
        await work.tickets.put(ticket.holding(secret))
        shown_as = account.email or account.name
        return NewAuthenticator(token, secret, self._authenticator.address_of(secret, shown_as))

    async def confirm(self, work: Work, ticket: Ticket, code: str) -> bool:
        """True when the code fits, and the authenticator counts from now on. Five tries, which must be committed."""
        if ticket.secret is None or ticket.tries >= MOST_TRIES:
            return False
        step = self._authenticator.step_of(ticket.secret, code, self._clock.now())
        if step is None:
            await work.tickets.put(ticket.tried())
            return False
        owner = ticket.person_id
        credentials = await work.credentials.get(owner, lock=True) or Credentials(owner)
        await work.credentials.save(
            replace(credentials, totp_secret=ticket.secret, last_totp_step=step, by_contact=False)
        )
        await work.tickets.remove(ticket.token_hash)
        return True

    async def codes_if_none(self, work: Work, account: Account) -> tuple[str, ...]:
        """Give the first factor its recovery codes; who has some keeps them."""
        credentials = await work.credentials.get(account.id)
        if credentials is not None and credentials.recovery_codes_left:
            return ()
        return await self.new_codes(work, account)

    async def new_codes(self, work: Work, account: Account) -> tuple[str, ...]:
        codes, hashes = await self._recovery_codes.new(account.id)
        await work.recovery_codes.replace(account.id, hashes)
        return codes
