"""What a person chose for messages that may be declined."""

from dataclasses import dataclass, replace

from services.notification.domain.channel import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Everything is on until the person says otherwise; security messages ignore this."""

    email: bool = True
    sms: bool = True

    def allow(self, channel: Channel) -> bool:
        return self.email if channel is Channel.EMAIL else self.sms

    def with_channel(self, channel: Channel, *, allowed: bool) -> "Preferences":
        return replace(self, email=allowed) if channel is Channel.EMAIL else replace(self, sms=allowed)
