"""Learn a person's contact from accounts, and welcome a new patient."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import ContactStore, PreferenceStore
from services.notification.domain.channel import Channel
from services.notification.domain.contact import Contact, first_name
from services.notification.domain.notice import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    account_id: UUID
    version: int
    clinic_id: UUID
    is_patient: bool
    name: str
    email: str | None
    phone: str | None
    sms_capable: bool
    locale: str
    first_access: bool
    is_new: bool
    traceparent: str
    messages: Mapping[Channel, bool] = field(default_factory=dict)  # channels allowed or silenced just now


class LearnContact:
    """Keeps the newest version of a person's contact and tells what has waited for it.

    - Only the first name, the addresses and the language are kept.
    - An older version than the one known changes nothing; a deleted account stays forgotten.
    - A channel that the person allowed or silenced at accounts is a preference from then on, by version.
    - A new patient who has no password yet is welcomed, once per clinic.
    """

    def __init__(self, *, contacts: ContactStore, preferences: PreferenceStore, tell: TellPerson) -> None:
        self._contacts = contacts
        self._preferences = preferences
        self._tell = tell

    async def __call__(self, account: AccountFacts) -> Told:
        known = await self._contacts.learn(
            Contact(
                person_id=account.account_id,
                version=account.version,
                first_name=first_name(account.name),
                email=account.email,
                phone=account.phone,
                sms_capable=account.sms_capable,
                locale=account.locale,
                clinic_ids=frozenset({account.clinic_id}),
            )
        )
        if account.messages and not known.forgotten:
            await self._hear(account)
        await self._tell.resume(known)
        if account.is_new and account.is_patient and account.first_access:
            await self._tell(
                Notice(
                    reason=f"account:{account.account_id}:welcome:{account.clinic_id}",
                    template="welcome",
                    person_id=account.account_id,
                    clinic_id=account.clinic_id,
                    traceparent=account.traceparent,
                )
            )
        return Told.DONE

    async def _hear(self, account: AccountFacts) -> None:
        """Looks again after writing: an account may be forgotten meanwhile, and a late word must revive nothing."""
        await self._preferences.hear(account.account_id, account.version, account.messages)
        now = await self._contacts.find(account.account_id)
        if now is None or now.forgotten:
            await self._preferences.remove(account.account_id)
