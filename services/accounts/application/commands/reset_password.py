"""Chooses a new password with the code received."""

from services.accounts.application.audit_trail import audit_person
from services.accounts.application.commands.request_reset import may_reset_password
from services.accounts.application.contact_codes import ContactCodes
from services.accounts.application.ports import Directory, PasswordHasher, Transactions, Work
from services.accounts.application.set_password import accepted_for, store_password
from services.accounts.application.tickets import hash_ticket_token
from services.accounts.application.visitor import Recognition, Visitor
from services.accounts.domain.errors import RESET_FAILED
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.password import PasswordBlocklist, accept_password
from services.accounts.domain.ticket import Errand
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id

_NOBODY = Login(LoginKind.EMAIL, "")


class ResetPassword:
    """The code is good for ten minutes, five tries, once. A ticket of nobody, a wrong and an expired code get the
    same answer after the same one hash. All sessions end, and the second factor is asked for afterwards as before.
    The device is one the person has used from now on, so that no stranger's failures keep its owner waiting.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        directory: Directory,
        hasher: PasswordHasher,
        blocklist: PasswordBlocklist,
        codes: ContactCodes,
        recognition: Recognition,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._hasher = hasher
        self._blocklist = blocklist
        self._codes = codes
        self._recognition = recognition
        self._clock = clock

    async def __call__(self, token: str, code: str, password: str, visitor: Visitor) -> None:
        # What is wrong for everybody is said before anything else: it tells of nobody's account.
        accepted = accept_password(password, _NOBODY, self._blocklist, has_factor=True)
        person_id = await self._directory.person_of_ticket(hash_ticket_token(token)) or new_id()
        password_hash = await self._hasher.hash(accepted)  # for nobody too: the same work
        async with self._transactions.write(person_id=person_id) as work:
            proved = await self._proves(work, token, code)
            if proved:
                await self._set(work, token, accepted, password_hash, visitor)
        if not proved:  # raised out here, so that the try is counted
            raise RESET_FAILED.error(field="code")

    async def _proves(self, work: Work, token: str, code: str) -> bool:
        ticket, now = await work.tickets.get(hash_ticket_token(token)), self._clock.now()
        if ticket is None or not ticket.is_open(now, Errand.RESET):
            return False
        return await self._codes.matches(work, ticket, code, now)

    async def _set(self, work: Work, token: str, accepted: str, password_hash: str, visitor: Visitor) -> None:
        """A password too weak for this person is said, undoes the try, and leaves the code good for another."""
        ticket = await work.tickets.get(hash_ticket_token(token))
        assert ticket is not None, "it was locked a moment ago"
        person_id, now = ticket.person_id, self._clock.now()
        account = await work.accounts.get(person_id, lock=True)
        credentials = await work.credentials.get(person_id, lock=True)
        if account is None or credentials is None or not await may_reset_password(work, account):
            raise RESET_FAILED.error(field="code")
        accepted_for(account, credentials, accepted, self._blocklist)
        await store_password(work, credentials, accepted, password_hash)
        await work.tickets.remove(ticket.token_hash)
        await work.sessions.end_all(person_id, now)
        mark = self._recognition.device_of(visitor).mark
        if mark is not None:
            await work.devices.seen(person_id, mark, now)
        await audit_person(
            work,
            person_id,
            "account.password_reset",
            now,
            address=visitor.address,
            resource=f"account/{person_id}",
        )
