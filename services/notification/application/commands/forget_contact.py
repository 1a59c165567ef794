"""Forget a deleted account's contact."""

from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import ContactStore
from services.notification.domain.contact import forgotten_contact


class ForgetContact:
    """Leaves a tombstone without name or address: later updates revive nothing, and what is still queued is
    suppressed when its turn comes, since it has no address any more.
    """

    def __init__(self, *, contacts: ContactStore, tell: TellPerson) -> None:
        self._contacts = contacts
        self._tell = tell

    async def __call__(self, account_id: UUID, version: int) -> Told:
        known = await self._contacts.learn(forgotten_contact(account_id, version))
        await self._tell.resume(known)
        return Told.DONE
