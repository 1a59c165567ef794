"""Stores a new password: for a change, and for a reset."""

from dataclasses import replace

from services.accounts.application.ports import Credentials, Work
from services.accounts.domain.account import Account
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.password import SHORTEST_ALONE, PasswordBlocklist, accept_password
from services.accounts.domain.second_factor import ENROLLED


def accepted_for(
    account: Account, credentials: Credentials, password: str, blocklist: PasswordBlocklist
) -> str:
    """Return the password in its normal form; raise what is wrong with it for this very person."""
    has_factor = account.is_staff or credentials.by_contact or bool(ENROLLED & credentials.factors)
    login = Login(LoginKind.EMAIL, account.email or "")
    return accept_password(password, login, blocklist, has_factor=has_factor, names=(account.name,))


async def store_password(work: Work, credentials: Credentials, accepted: str, password_hash: str) -> None:
    stands_alone = len(accepted) >= SHORTEST_ALONE
    await work.credentials.save(replace(credentials, password_hash=password_hash, stands_alone=stands_alone))
