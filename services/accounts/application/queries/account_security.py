"""How the caller's account is protected, and where it is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.accounts.application.ports import Credentials, Transactions
from services.accounts.domain.account import Account
from services.accounts.domain.passkey import Passkey
from services.accounts.domain.second_factor import Factor, steps_up_with
from services.accounts.domain.session import Session
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class SecurityOverview:
    account: Account
    credentials: Credentials
    passkeys: Sequence[Passkey]
    sessions: Sequence[Session]
    step_up_with: tuple[Factor, ...]


class AccountSecurity:
    """Factors, passkeys by name, the number of recovery codes left, and every device that is signed in: browser and
    system, the network's prefix, last use. No secret is among it.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, caller: Principal) -> SecurityOverview:
        async with self._transactions.read(person_id=caller.account_id) as reading:
            account = await reading.accounts.get(caller.account_id)
            credentials = await reading.credentials.get(caller.account_id)
            if account is None or credentials is None:
                raise NOT_FOUND.error()
            passkeys = await reading.passkeys.of_person(account.id)
            sessions = await reading.sessions.open_ones(account.id, self._clock.now())
        accepted = steps_up_with(
            has=credentials.factors, is_staff=account.is_staff, is_reachable=account.is_reachable
        )
        return SecurityOverview(account, credentials, passkeys, sessions, accepted)
