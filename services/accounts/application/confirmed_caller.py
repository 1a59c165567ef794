"""Changes to an account's security are for whoever confirmed a moment ago that it is really they."""

from datetime import datetime

from services.accounts.application.ports import Credentials, Work
from services.accounts.domain.account import Account
from services.accounts.domain.errors import (
    FACTOR_NEEDED,
    PASSWORD_TOO_SHORT_ALONE,
    SESSION_ENDED,
    STEP_UP_REQUIRED,
)
from services.accounts.domain.second_factor import ENROLLED, Factor
from services.shared.kernel.principal import Principal


async def confirmed(work: Work, caller: Principal, now: datetime) -> tuple[Account, Credentials]:
    """Return the caller's account and credentials, locked; raise `step_up_required` without a fresh step-up.

    ASVS 5.0, 7.5.1: full re-authentication before sensitive changes. The token says when a factor was proved again.
    """
    if not caller.stepped_up(now):
        raise STEP_UP_REQUIRED.error()
    account = await work.accounts.get(caller.account_id, lock=True)
    credentials = await work.credentials.get(caller.account_id, lock=True)
    if account is None or credentials is None:
        raise SESSION_ENDED.error()
    return account, credentials


def may_lose(account: Account, credentials: Credentials, factor: Factor) -> None:
    """Raise when this is the last factor set up and the account must not be without one."""
    left = (credentials.factors & ENROLLED) - {factor}
    if left or (factor is Factor.PASSKEY and credentials.passkeys > 1):
        return
    if account.is_staff:
        raise FACTOR_NEEDED.error()
    if not credentials.stands_alone and not credentials.by_contact:
        raise PASSWORD_TOO_SHORT_ALONE.error()
