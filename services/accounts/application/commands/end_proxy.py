"""End somebody's access to a person's exams."""

from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.proxy_facts import proxy_entry, tell_of_proxy
from services.accounts.domain.proxy import Proxy, ProxyKind
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND
from services.shared.kernel.principal import Principal


class EndProxy:
    """The patient ends what the patient granted; whoever holds an access may give it back. A guardian is recorded and
    ended by the clinic's desk: a child cannot end it.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, proxy_id: UUID, caller: Principal, *, address: str | None) -> None:
        async with self._transactions.read(person_id=caller.account_id) as reading:
            known = await reading.proxies.get(proxy_id)
        if known is None or caller.account_id not in {known.person_id, known.reader_id}:
            raise NOT_FOUND.error()
        if known.kind is ProxyKind.GUARDIAN and caller.account_id == known.person_id:
            raise FORBIDDEN.error()
        await self._end(known, caller, address)

    async def by_desk(
        self, patient_id: UUID, proxy_id: UUID, caller: Principal, *, address: str | None
    ) -> None:
        if caller.clinic_id is None:
            raise FORBIDDEN.error()
        async with self._transactions.read(clinic_id=caller.clinic_id) as reading:
            record = await reading.patients.get(patient_id)
            known = await reading.proxies.get(proxy_id)
        if record is None or known is None or known.person_id != record.person_id:
            raise NOT_FOUND.error()
        if known.kind is not ProxyKind.GUARDIAN:
            raise FORBIDDEN.error()
        await self._end(known, caller, address, record.id)

    async def _end(
        self, known: Proxy, caller: Principal, address: str | None, patient_id: UUID | None = None
    ) -> None:
        """In the scope of the person whose exams they are: every clinic of the person has to be told."""
        now = self._clock.now()
        async with self._transactions.write(person_id=known.person_id) as work:
            proxy = await work.proxies.get(known.id, lock=True)
            account = await work.accounts.get(known.person_id)
            if proxy is None or account is None or not proxy.lasts(now):
                raise NOT_FOUND.error()
            ended = proxy.ended(now)
            await work.proxies.save(ended)
            await tell_of_proxy(work, account, ended, now)
            await work.audit(proxy_entry(caller, "proxy.end", now, ended, address, patient_id=patient_id))
