"""Ends the caller's session."""

from services.accounts.application.ports import Transactions
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class SignOut:
    """The session's refresh tokens are worth nothing from now on; its access token dies within ten minutes.
    Signing out twice is no error.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, caller: Principal) -> None:
        if caller.session_id is None:
            return
        async with self._transactions.write(person_id=caller.account_id) as work:
            session = await work.sessions.get(caller.session_id)
            if session is not None:
                await work.sessions.save(session.revoked(self._clock.now()))
