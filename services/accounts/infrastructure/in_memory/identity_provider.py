"""A provider of sign-ins, and what was copied to it, without servers."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from services.accounts.application.identity_provider import ProvidedUser, StaffCopy
from services.accounts.infrastructure.in_memory.transactions import InMemoryTransactions


class InMemoryIdentityProvider:
    def __init__(self) -> None:
        self._users: dict[UUID, ProvidedUser] = {}

    async def get(self, account_id: UUID) -> ProvidedUser | None:
        return self._users.get(account_id)

    async def put(self, user: ProvidedUser) -> None:
        known = self._users.get(user.account_id)
        if known is None and not user.roles:
            return
        email = user.email or (known.email if known else None)
        if known is not None and not user.roles:
            email = known.email
        self._users[user.account_id] = ProvidedUser(user.account_id, email, user.roles)

    async def remove(self, account_id: UUID) -> None:
        self._users.pop(account_id, None)


class InMemoryStaffCopies:
    def __init__(self, transactions: InMemoryTransactions, clinic_id: UUID) -> None:
        self._transactions = transactions
        self._clinic_id = clinic_id
        self._copied: dict[UUID, int] = {}

    async def changed(self) -> Sequence[UUID]:
        tables = self._transactions.tables
        members = {account for account, clinic in tables.memberships if clinic == self._clinic_id}
        now = {account_id: tables.accounts[account_id].version for account_id in members}
        older = [
            account_id for account_id, version in now.items() if self._copied.get(account_id, 0) < version
        ]
        return sorted([*older, *(self._copied.keys() - members)])

    async def copy(self, account_id: UUID, put: Callable[[StaffCopy], Awaitable[None]]) -> None:
        tables = self._transactions.tables
        member = tables.memberships.get((account_id, self._clinic_id))
        account = tables.accounts.get(account_id)
        if member is None or account is None:
            await put(StaffCopy(account_id, 0, None))
            self._copied.pop(account_id, None)
            return
        user = ProvidedUser(account_id, account.email, member.roles_at_work)
        await put(StaffCopy(account_id, account.version, user))
        self._copied[account_id] = account.version
