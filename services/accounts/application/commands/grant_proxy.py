"""Let another adult see one's exams."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.accounts.application.ports import RepeatKey, Transactions, Work
from services.accounts.application.proxy_facts import proxy_entry, tell_of_proxy
from services.accounts.domain.birth_date import parse_birth_date
from services.accounts.domain.identifiers import parse_cpf
from services.accounts.domain.proxy import Proxy, Scope, grant
from services.accounts.domain.proxy_errors import PROXY_IS_SELF
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class TypedProxy:
    """`label` is how the giver calls the person; CPF and birth date say who it is, and are not kept."""

    label: str
    cpf: str
    birth_date: str
    scope: Scope
    until: datetime


class GrantProxy:
    """A patient of 18 or more names another person by CPF and birth date together, a scope (see the list; values too;
    download too) and an end date. Exams of the sensitive classes are never in it.

    Whether somebody with that CPF and birth date exists is not told: the answer and the patient's own list are the
    same. The person is shown by the name the patient gave.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self, typed: TypedProxy, caller: Principal, repeat: RepeatKey, *, address: str | None
    ) -> Mapping[str, Any]:
        now = self._clock.now()
        cpf = parse_cpf(typed.cpf)
        born = parse_birth_date(typed.birth_date, now.date())
        async with self._transactions.write(person_id=caller.account_id) as work:

            async def run() -> Mapping[str, Any]:
                reader_id = await work.accounts.id_with_cpf(cpf, born)
                if reader_id == caller.account_id:
                    raise PROXY_IS_SELF.error(field="cpf")
                proxy = await self._grant(work, caller, typed, reader_id, now)
                await work.audit(proxy_entry(caller, "proxy.grant", now, proxy, address))
                return {"id": str(proxy.id), "until": proxy.until.isoformat()}

            return await work.once(caller, repeat, run)

    async def _grant(
        self, work: Work, caller: Principal, typed: TypedProxy, reader_id: Any, now: datetime
    ) -> Proxy:
        account = await work.accounts.get(caller.account_id)
        if account is None:
            raise NOT_FOUND.error()
        proxy = grant(
            person_id=account.id,
            person_name=account.name,
            birth_date=account.birth_date,
            reader_id=reader_id,
            label=typed.label,
            scope=typed.scope,
            until=typed.until,
            now=now,
        )
        await work.proxies.add(proxy)
        await tell_of_proxy(work, account, proxy, now)
        return proxy
