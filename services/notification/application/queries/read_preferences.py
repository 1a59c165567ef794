"""Read by which channels a person wants to be told."""

from services.notification.application.ports import PreferenceStore
from services.notification.domain.preferences import Preferences
from services.shared.kernel.principal import Principal


class ReadPreferences:
    """A person reads her own; everything is on until she says otherwise."""

    def __init__(self, *, preferences: PreferenceStore) -> None:
        self._preferences = preferences

    async def __call__(self, caller: Principal) -> Preferences:
        return await self._preferences.find(caller.account_id)
