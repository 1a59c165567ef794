"""Signs a person in with a passkey alone."""

from services.accounts.application.ports import Directory, Transactions, Work
from services.accounts.application.session_tokens import SignedIn, identity_in
from services.accounts.application.sign_in_ports import Json, PasskeyCeremonies
from services.accounts.application.start_session import StartSession
from services.accounts.application.tickets import bearer_of, open_ticket
from services.accounts.application.visitor import Recognition, Visitor
from services.accounts.domain.errors import PASSKEY_REFUSED
from services.accounts.domain.ticket import Errand
from services.shared.kernel.clock import Clock


class SignInWithPasskey:
    """A passkey that checked the person (PIN, fingerprint, face) is two factors in one: what one has and what one
    knows or is (SP 800-63B-4, 3.1.7). The challenge serves one answer, right or wrong. No pause can be provoked: a
    signature is not guessed.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        directory: Directory,
        ceremonies: PasskeyCeremonies,
        start_session: StartSession,
        recognition: Recognition,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._ceremonies = ceremonies
        self._start_session = start_session
        self._recognition = recognition
        self._clock = clock

    async def __call__(self, token: str, credential: Json, visitor: Visitor) -> SignedIn:
        challenge = await self._challenge(token)
        credential_id = self._ceremonies.credential_id(credential)
        person_id = await self._directory.person_of_passkey(credential_id) if credential_id else None
        if credential_id is None or person_id is None:
            raise PASSKEY_REFUSED.error()
        async with self._transactions.write(person_id=person_id) as work:
            await self._prove(work, credential_id, credential, challenge)
            account = await work.accounts.get(person_id)
            if account is None:
                raise PASSKEY_REFUSED.error()
            identity = await identity_in(work, account)
            device = self._recognition.device_of(visitor)
            return await self._start_session(work, identity, device, address=visitor.address)

    async def _challenge(self, token: str) -> bytes:
        """Take the ticket away: in a transaction of its own, so that it is used up whatever comes after."""
        nobody = await bearer_of(self._directory, token)
        async with self._transactions.write(person_id=nobody) as work:
            ticket = await open_ticket(work, token, Errand.PASSKEY_SIGN_IN, self._clock.now())
            await work.tickets.remove(ticket.token_hash)
        if ticket.challenge is None:
            raise PASSKEY_REFUSED.error()
        return ticket.challenge

    async def _prove(self, work: Work, credential_id: bytes, credential: Json, challenge: bytes) -> None:
        passkey = await work.passkeys.by_credential(credential_id)
        count = self._ceremonies.proved(credential, challenge, passkey, verify_user=True) if passkey else None
        if passkey is None or count is None:
            raise PASSKEY_REFUSED.error()
        await work.passkeys.save(passkey.used(count, self._clock.now()))
