"""Challenges a passkey, for signing in."""

from dataclasses import dataclass

from services.accounts.application.ports import Directory, Transactions
from services.accounts.application.sign_in_ports import Json, PasskeyCeremonies
from services.accounts.application.tickets import bearer_of, new_ticket_token, open_ticket
from services.accounts.domain.passkey import new_challenge
from services.accounts.domain.ticket import Errand, new_ticket
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Challenge:
    """`options` go to `navigator.credentials`; the answer comes back with the ticket."""

    ticket: str
    options: Json


class ChallengePasskey:
    """With the ticket of a sign-in: the person's own passkeys, as the second step. Without one: whichever passkey the
    device offers, as the only step; it must check the person itself, and nothing is told about any account.
    """

    def __init__(
        self,
        transactions: Transactions,
        directory: Directory,
        ceremonies: PasskeyCeremonies,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._ceremonies = ceremonies
        self._clock = clock

    async def __call__(self, token: str | None) -> Challenge:
        return await (self._second_step(token) if token else self._only_step())

    async def _second_step(self, token: str) -> Challenge:
        person_id, challenge = await bearer_of(self._directory, token), new_challenge()
        async with self._transactions.write(person_id=person_id) as work:
            ticket = await open_ticket(work, token, Errand.SIGN_IN, self._clock.now())
            await work.tickets.put(ticket.challenged(challenge))
            known = await work.passkeys.of_person(person_id)
        return Challenge(token, self._ceremonies.authentication(known, challenge, verify_user=False))

    async def _only_step(self) -> Challenge:
        (token, token_hash), challenge = new_ticket_token(), new_challenge()
        nobody = new_id()
        ticket = new_ticket(token_hash, nobody, Errand.PASSKEY_SIGN_IN, self._clock.now())
        async with self._transactions.write(person_id=nobody) as work:
            await work.tickets.put(ticket.challenged(challenge))
        return Challenge(token, self._ceremonies.authentication((), challenge, verify_user=True))
