"""Copies a clinic's staff to another provider of sign-ins."""

from collections.abc import Callable
from uuid import UUID

from services.accounts.application.identity_provider import IdentityProvider, StaffCopies, StaffCopy


class CopyStaff:
    """What differs is copied, whatever made it differ, and again until it was taken: an event lost or a provider away
    for a day loses nobody. Who works here no more is disabled there. One person whom the provider refuses keeps no
    other from being copied.
    """

    def __init__(
        self, copies: StaffCopies, provider: IdentityProvider, tell: Callable[[UUID, Exception], None]
    ) -> None:
        self._copies = copies
        self._provider = provider
        self._tell = tell

    async def __call__(self) -> int:
        """Return how many were copied."""
        done = 0
        for account_id in await self._copies.changed():
            try:
                await self._copies.copy(account_id, self._put)
                done += 1
            except Exception as error:  # told, and tried again with the next round
                self._tell(account_id, error)
        return done

    async def _put(self, copy: StaffCopy) -> None:
        if copy.user is None:
            await self._provider.remove(copy.account_id)
        else:
            await self._provider.put(copy.user)
