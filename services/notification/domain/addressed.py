"""A message to an address that is on nobody's file: all of it lies in the vault until it is sent."""

import json
from dataclasses import dataclass, field
from uuid import UUID

from services.notification.domain.channel import Channel
from services.notification.domain.contact import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    channel: Channel
    address: str = field(repr=False)
    first_name: str
    locale: str
    code: str | None = field(default=None, repr=False)

    def contact(self, recipient_id: UUID) -> Contact:
        """Return a contact that holds this one address."""
        is_email = self.channel is Channel.EMAIL
        return Contact(
            person_id=recipient_id,
            version=0,
            first_name=self.first_name,
            email=self.address if is_email else None,
            phone=None if is_email else self.address,
            sms_capable=not is_email,
            locale=self.locale,
            clinic_ids=frozenset(),
        )

    def to_text(self) -> str:
        return json.dumps(
            {
                "channel": self.channel.value,
                "address": self.address,
                "first_name": self.first_name,
                "locale": self.locale,
                "code": self.code,
            }
        )

    @classmethod
    def from_text(cls, text: str) -> "Addressed":
        kept = json.loads(text)
        return cls(**{**kept, "channel": Channel(kept["channel"])})
