"""A person's contact, as accounts last told it: only what a message needs."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.notification.domain.channel import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """`version` is the account's version; an older one never overwrites a newer one."""

    person_id: UUID
    version: int
    first_name: str
    email: str | None
    phone: str | None  # E.164
    sms_capable: bool
    locale: str
    clinic_ids: frozenset[UUID]
    forgotten: bool = False  # the account was deleted: nothing reaches the person any more

    def address(self, channel: Channel) -> str | None:
        """Return where the channel reaches the person; SMS goes to mobile numbers only."""
        if channel is Channel.EMAIL:
            return self.email
        return self.phone if self.sms_capable else None

    def after(self, newer: "Contact") -> "Contact":
        """Return what is known once `newer` has come too, in whatever order the two came.

        A forgotten person stays forgotten; clinics only add up.
        """
        clinics = self.clinic_ids | newer.clinic_ids
        if self.forgotten or newer.version <= self.version:
            return replace(self, clinic_ids=clinics)
        return replace(newer, clinic_ids=clinics)


def forgotten_contact(person_id: UUID, version: int) -> Contact:
    """What remains of a deleted account: a tombstone, so that a late update revives nothing."""
    return Contact(
        person_id=person_id,
        version=version,
        first_name="",
        email=None,
        phone=None,
        sms_capable=False,
        locale="pt-BR",
        clinic_ids=frozenset(),
        forgotten=True,
    )


def first_name(name: str) -> str:
    """Return the first word of a name, printable characters only: a full name never goes into a message."""
    words = "".join(character if character.isprintable() else " " for character in name).split()
    return words[0][:40] if words else ""


def masked(address: str) -> str:
    """Return an address that its owner recognises and nobody else can use."""
    if "@" in address:
        local, _, domain = address.partition("@")
        return f"{local[:1]}***@{domain}"
    return f"{address[:3]}*****{address[-4:]}"
