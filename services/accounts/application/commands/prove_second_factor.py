"""Proves a second factor, for signing in and for stepping up."""

from dataclasses import replace
from uuid import UUID

from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import Authenticator, Transactions
from services.accounts.domain.errors import CODE_INVALID, CODE_USED, SECOND_FACTOR_MISSING
from services.accounts.domain.second_factor import CodeVerdict, judge_code
from services.shared.kernel.clock import Clock


class ProveSecondFactor:
    """The authenticator's code of now, or of the step before or after. No code serves twice: the last step used
    is kept, under a lock. Wrong codes make the account's next code wait; a repeated one does not.
    """

    def __init__(
        self, transactions: Transactions, authenticator: Authenticator, guesses: GuessLimit, clock: Clock
    ) -> None:
        self._transactions = transactions
        self._authenticator = authenticator
        self._guesses = guesses
        self._clock = clock

    async def __call__(self, person_id: UUID, code: str) -> None:
        key = self._guesses.of_second_factor(person_id)
        failures = await self._guesses.check(key)
        verdict = await self._use(person_id, code)
        if verdict is CodeVerdict.REPLAYED:
            raise CODE_USED.error(field="code")
        if verdict is CodeVerdict.WRONG:
            await self._guesses.failed(key)
            raise CODE_INVALID.error(field="code")
        await self._guesses.succeeded(key, failures)

    async def _use(self, person_id: UUID, code: str) -> CodeVerdict:
        async with self._transactions.write(person_id=person_id) as work:
            credentials = await work.credentials.get(person_id, lock=True)
            if credentials is None or credentials.totp_secret is None:
                raise SECOND_FACTOR_MISSING.error()
            step = self._authenticator.step_of(credentials.totp_secret, code, self._clock.now())
            verdict = judge_code(step, credentials.last_totp_step)
            if verdict is CodeVerdict.ACCEPTED:
                await work.credentials.save(replace(credentials, last_totp_step=step))
            return verdict
