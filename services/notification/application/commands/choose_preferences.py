"""Choose by which channels to be told."""

from services.notification.application.ports import AuditLog, PreferenceStore
from services.notification.application.reading import Request, entry
from services.notification.domain.preferences import Preferences
from services.shared.kernel.clock import Clock


class ChoosePreferences:
    """A person chooses for herself, per channel; it holds from the next message on, queued ones included.

    Security messages (codes, sign-in alerts, a request to call the clinic) are sent whatever is chosen.
    """

    def __init__(self, *, preferences: PreferenceStore, audit: AuditLog, clock: Clock) -> None:
        self._preferences = preferences
        self._audit = audit
        self._clock = clock

    async def __call__(self, request: Request, chosen: Preferences) -> Preferences:
        await self._audit.record(entry(request, self._clock.now(), "notification.preferences_chosen"))
        await self._preferences.save(request.caller.account_id, chosen)
        return chosen
