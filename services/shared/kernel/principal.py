"""Who is asking: the caller's account, roles and clinic, as the access token states them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

STEP_UP_LIFETIME = timedelta(minutes=5)


class Role(StrEnum):
    PATIENT = "patient"
    DOCTOR = "doctor"
    RECEPTIONIST = "receptionist"
    TECHNICIAN = "technician"
    RELEASER = "releaser"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    INTEGRATION = "integration"
    SERVICE = "service"


STAFF = frozenset(
    {
        Role.DOCTOR,
        Role.RECEPTIONIST,
        Role.TECHNICIAN,
        Role.RELEASER,
        Role.ADMINISTRATOR,
        Role.AUDITOR,
    }
)


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a request.

    `account_id` is the token's `sub`; for a patient it is also the `person_id` that the clinics' records carry.
    `clinic_id` is set for staff and machine clients (one clinic per token) and None for patients and services.
    """

    account_id: UUID
    roles: frozenset[Role]
    clinic_id: UUID | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    step_up_at: datetime | None = None
    locale: str = "pt-BR"
    session_id: UUID | None = (
        None  # the sign-in behind a person's token, the secret behind a program's; ours: None
    )
    name: str = ""  # machine clients only: the client id; people are never named in a token

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        return not self.roles.isdisjoint(STAFF)

    def stepped_up(self, now: datetime) -> bool:
        """True when the person proved a second factor again within the last five minutes."""
        return self.step_up_at is not None and now - self.step_up_at <= STEP_UP_LIFETIME
