"""A message text in two languages and for two channels, and which of them to use."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MessageClass(StrEnum):
    TRANSACTIONAL = "transactional"  # the person may decline it per channel; SMS waits for the morning
    SECURITY = "security"  # cannot be declined, is never held


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One language's texts, with `{placeholders}`."""

    sms: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    name: str
    message_class: MessageClass
    pt: Wording
    en: Wording
    repeat_when_unknown: bool = False  # a critical contact prefers a repeat to silence

    @property
    def is_security(self) -> bool:
        return self.message_class is MessageClass.SECURITY

    def wording(self, locale: str) -> Wording:
        return self.en if locale.lower().startswith("en") else self.pt


Templates = Mapping[str, Template]
