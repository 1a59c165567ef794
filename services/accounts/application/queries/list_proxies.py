"""Who may see a person's exams, and whose exams a person may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.accounts.application.ports import Transactions
from services.accounts.domain.proxy import Proxy
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class Proxies:
    given: Sequence[Proxy]
    held: Sequence[Proxy]


class ListProxies:
    """The accesses to the caller's exams, ended ones included, and those the caller holds now."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, caller: Principal) -> Proxies:
        now = self._clock.now()
        async with self._transactions.read(person_id=caller.account_id) as reading:
            given = await reading.proxies.of_person(caller.account_id)
            held = await reading.proxies.held_by(caller.account_id)
        return Proxies(given, [proxy for proxy in held if proxy.lasts(now)])
