"""Gives a person ten new recovery codes."""

from services.accounts.application.audit_trail import audit_security
from services.accounts.application.confirmed_caller import confirmed
from services.accounts.application.enrolment import Enrolment
from services.accounts.application.ports import Transactions
from services.accounts.domain.errors import ENROL_FIRST
from services.accounts.domain.second_factor import ENROLLED
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


class RenewRecoveryCodes:
    """After a fresh step-up. The codes are shown this once and kept as keyed hashes; those before are worth nothing
    from now on. They stand in for an authenticator or a passkey, so one of these must be there.
    """

    def __init__(self, transactions: Transactions, enrolment: Enrolment, clock: Clock) -> None:
        self._transactions = transactions
        self._enrolment = enrolment
        self._clock = clock

    async def __call__(self, caller: Principal, *, address: str | None) -> tuple[str, ...]:
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            account, credentials = await confirmed(work, caller, now)
            if not ENROLLED & credentials.factors:
                raise ENROL_FIRST.error()
            codes = await self._enrolment.new_codes(work, account)
            await audit_security(work, caller, "account.recovery_codes_renewed", now, address=address)
        return codes
