"""Learn a person's contact from accounts, and welcome a new patient."""

from dataclasses import dataclass
from uuid import UUID

from services.notification.application.commands.tell_person import TellPerson, Told
from services.notification.application.ports import ContactStore
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


class LearnContact:
    """Keeps the newest version of a person's contact and tells what has waited for it.

    - Only the first name, the addresses and the language are kept.
    - An older version than the one known changes nothing; a deleted account stays forgotten.
    - A new patient who has no password yet is welcomed, once per clinic.
    """

    def __init__(self, *, contacts: ContactStore, tell: TellPerson) -> None:
        self._contacts = contacts
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
