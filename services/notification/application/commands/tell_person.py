"""Tell a person something, once."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum

from services.notification.application.ports import (
    Bell,
    ContactStore,
    Deliveries,
    ParkedNotices,
    PreferenceStore,
)
from services.notification.domain.contact import Contact
from services.notification.domain.delivery import DeliveryState
from services.notification.domain.notice import Notice
from services.notification.domain.planning import plan
from services.notification.domain.preferences import Preferences
from services.notification.domain.quiet_hours import QuietHours
from services.notification.domain.template import Templates
from services.shared.kernel.clock import Clock


class Told(StrEnum):
    DONE = "done"
    PARKED = "parked"


class TellPerson:
    """Records one delivery per channel for a notice, or parks the notice until the person's contact is known.

    - The id of a delivery comes from the notice's reason and the channel: telling twice records nothing new.
    - There are no transactions over documents, so the order of steps carries the safety: a notice is parked first
      and the contact looked for once more, since it may have come between the look and the parking; deliveries
      are recorded first and the parked notice removed after.
    """

    def __init__(
        self,
        *,
        contacts: ContactStore,
        preferences: PreferenceStore,
        parked: ParkedNotices,
        deliveries: Deliveries,
        templates: Templates,
        quiet: QuietHours,
        clock: Clock,
        bell: Bell,
    ) -> None:
        self._contacts = contacts
        self._preferences = preferences
        self._parked = parked
        self._deliveries = deliveries
        self._templates = templates
        self._quiet = quiet
        self._clock = clock
        self._bell = bell

    async def __call__(self, notice: Notice) -> Told:
        contact, preferences = await asyncio.gather(
            self._contacts.find(notice.person_id), self._preferences.find(notice.person_id)
        )
        if contact is not None:
            await self._record(notice, contact, preferences)
            return Told.DONE
        await self._parked.park(notice)
        contact = await self._contacts.find(notice.person_id)
        if contact is None:
            return Told.PARKED
        await self._resume([notice], contact)
        return Told.DONE

    async def at_address(self, notice: Notice, contact: Contact) -> Told:
        """Tell at the one address the contact holds, whatever is on file."""
        await self._record(notice, contact, await self._preferences.find(notice.person_id))
        return Told.DONE

    async def resume(self, contact: Contact) -> None:
        """Tell what has waited for this contact."""
        await self._resume(await self._parked.waiting_for(contact.person_id), contact)

    async def _resume(self, notices: Sequence[Notice], contact: Contact) -> None:
        if not notices:
            return
        preferences = await self._preferences.find(contact.person_id)
        for notice in notices:
            await self._record(notice, contact, preferences)
            await self._parked.remove(notice)

    async def _record(self, notice: Notice, contact: Contact, preferences: Preferences) -> None:
        planned = plan(
            notice,
            self._templates[notice.template],
            contact=contact,
            preferences=preferences,
            quiet=self._quiet,
            now=self._clock.now(),
        )
        added = await asyncio.gather(*(self._deliveries.add(delivery) for delivery in planned))
        for delivery, is_new in zip(planned, added, strict=True):
            if is_new and delivery.state is DeliveryState.QUEUED and delivery.not_before is None:
                self._bell.ring(delivery.lane)
