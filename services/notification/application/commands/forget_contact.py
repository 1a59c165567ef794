"""Forget a deleted account's person."""

from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import ContactStore, Deliveries, PreferenceStore, SecretVault
from services.notification.domain.contact import forgotten_contact


class ForgetContact:
    """Leaves a tombstone without name or address: later updates revive nothing, and what is still queued is
    suppressed when its turn comes, since it has no address any more. What the person chose is removed, and so are the
    messages that wait in the vault; the log keeps what was sent when and by which channel, without the masked address.
    The tombstone comes first: whatever is planned from then on holds no address.
    """

    def __init__(
        self,
        *,
        contacts: ContactStore,
        preferences: PreferenceStore,
        deliveries: Deliveries,
        vault: SecretVault,
        tell: TellPerson,
    ) -> None:
        self._contacts = contacts
        self._preferences = preferences
        self._deliveries = deliveries
        self._vault = vault
        self._tell = tell

    async def __call__(self, account_id: UUID, version: int) -> Told:
        known = await self._contacts.learn(forgotten_contact(account_id, version))
        await self._tell.resume(known)
        await self._preferences.remove(account_id)
        await self._vault.remove(await self._deliveries.forget_addresses(account_id))
        return Told.DONE
