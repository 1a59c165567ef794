"""Proves a second factor, for signing in and for stepping up."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.accounts.application.contact_codes import ContactCodes
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.recovery_codes import RecoveryCodes
from services.accounts.application.sign_in_ports import Authenticator, Json, PasskeyCeremonies
from services.accounts.domain.errors import (
    CODE_INVALID,
    CODE_USED,
    CONTACT_CODE_INVALID,
    PASSKEY_REFUSED,
    RECOVERY_CODE_INVALID,
    SECOND_FACTOR_MISSING,
)
from services.accounts.domain.recovery_code import looks_like_recovery_code
from services.accounts.domain.second_factor import CodeVerdict, Factor, judge_code
from services.accounts.domain.ticket import Ticket
from services.shared.kernel.clock import Clock

_WRONG = {
    Factor.TOTP: CODE_INVALID,
    Factor.PASSKEY: PASSKEY_REFUSED,
    Factor.RECOVERY_CODE: RECOVERY_CODE_INVALID,
    Factor.CONTACT_CODE: CONTACT_CODE_INVALID,
}
ACCEPTED, WRONG = CodeVerdict.ACCEPTED, CodeVerdict.WRONG


@dataclass(frozen=True, slots=True)
class Proof:
    """`code` for every factor but a passkey, whose `credential` is the browser's answer to a challenge."""

    factor: Factor
    code: str = ""
    credential: Json | None = None

    @classmethod
    def typed(cls, code: str) -> "Proof":
        """A code that came without saying what it is: the authenticator's, or one of the recovery codes."""
        return cls(Factor.RECOVERY_CODE if looks_like_recovery_code(code) else Factor.TOTP, code)


class ProveSecondFactor:
    """An authenticator's code of now, or of the step before or after, and none twice: the last step used is kept,
    under a lock. A recovery code once. A passkey's answer to the ticket's challenge, which serves one answer. A code
    sent to the contact, for its ticket alone. Wrong ones make the account's next attempt wait; a repeated one does
    not. A device that the person has used before waits for its own failures alone.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        authenticator: Authenticator,
        ceremonies: PasskeyCeremonies,
        recovery_codes: RecoveryCodes,
        contact_codes: ContactCodes,
        guesses: GuessLimit,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._authenticator = authenticator
        self._ceremonies = ceremonies
        self._recovery_codes = recovery_codes
        self._contact_codes = contact_codes
        self._guesses = guesses
        self._clock = clock

    async def __call__(
        self,
        person_id: UUID,
        proof: Proof,
        *,
        ticket: Ticket | None = None,
        device: bytes | None = None,
        verify_user: bool = False,
    ) -> None:
        """`verify_user`: a passkey must have checked the person (PIN, fingerprint), not presence alone."""
        guesses = self._guesses.of_second_factor(person_id, device)
        before = await self._guesses.check(guesses)
        found = await self._recovery_code(person_id, proof)
        async with self._transactions.write(person_id=person_id) as work:
            verdict = await self._judge(work, person_id, proof, found, ticket, verify_user)
        if verdict is CodeVerdict.REPLAYED:
            raise CODE_USED.error(field="code")
        if verdict is WRONG:  # raised out here, so that the try is counted and the challenge used up
            await self._guesses.failed(guesses)
            raise _WRONG[proof.factor].error(field="code" if proof.credential is None else None)
        await self._guesses.succeeded(guesses, before)

    async def _recovery_code(self, person_id: UUID, proof: Proof) -> bytes | None:
        """Hashing is slow: the transaction that read the codes is over meanwhile."""
        if proof.factor is not Factor.RECOVERY_CODE:
            return None
        async with self._transactions.write(person_id=person_id) as work:
            kept = await work.recovery_codes.of_person(person_id)
        return await self._recovery_codes.find(person_id, proof.code, kept)

    async def _judge(  # noqa: PLR0917
        self,
        work: Work,
        person_id: UUID,
        proof: Proof,
        recovery_code: bytes | None,
        ticket: Ticket | None,
        verify_user: bool,
    ) -> CodeVerdict:
        match proof.factor:
            case Factor.TOTP:
                return await self._totp(work, person_id, proof.code)
            case Factor.RECOVERY_CODE:
                used = recovery_code and await work.recovery_codes.use(person_id, recovery_code)
                return ACCEPTED if used else WRONG
            case Factor.PASSKEY:
                return await self._passkey(work, proof.credential or {}, ticket, verify_user)
            case Factor.CONTACT_CODE:
                current = await work.tickets.get(ticket.token_hash) if ticket else None
                now = self._clock.now()
                fits = current and await self._contact_codes.matches(work, current, proof.code, now)
                return ACCEPTED if fits else WRONG

    async def _totp(self, work: Work, person_id: UUID, code: str) -> CodeVerdict:
        credentials = await work.credentials.get(person_id, lock=True)
        if credentials is None or credentials.totp_secret is None:
            raise SECOND_FACTOR_MISSING.error()
        step = self._authenticator.step_of(credentials.totp_secret, code, self._clock.now())
        verdict = judge_code(step, credentials.last_totp_step)
        if verdict is ACCEPTED:
            await work.credentials.save(replace(credentials, last_totp_step=step))
        return verdict

    async def _passkey(
        self, work: Work, credential: Json, ticket: Ticket | None, verify_user: bool
    ) -> CodeVerdict:
        current = await work.tickets.get(ticket.token_hash) if ticket else None
        if current is None or current.challenge is None:
            return WRONG
        await work.tickets.put(replace(current, challenge=None))
        credential_id = self._ceremonies.credential_id(credential)
        passkey = await work.passkeys.by_credential(credential_id) if credential_id else None
        if passkey is None:
            return WRONG
        count = self._ceremonies.proved(credential, current.challenge, passkey, verify_user=verify_user)
        if count is None:
            return WRONG
        await work.passkeys.save(passkey.used(count, self._clock.now()))
        return ACCEPTED
