"""Staff: a person's work in one clinic, with roles and, for doctors and releasers, a council registration."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.accounts.domain.errors import COUNCIL_INVALID
from services.accounts.domain.staff_errors import (
    COUNCIL_REQUIRED,
    COUNCIL_UNCHANGED,
    MEMBER_ACTIVE,
    MEMBER_INACTIVE,
)
from services.shared.kernel.principal import Role

_PROFESSIONAL = frozenset({Role.DOCTOR, Role.RELEASER})
_COUNCIL = re.compile(r"[A-Z]{2,8}")
_NUMBER = re.compile(r"[0-9]{1,7}(-?[A-Z0-9])?")
_UFS = frozenset(
    "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()  # noqa: SIM905
)


class VerifiedHow(StrEnum):
    COUNCIL_REGISTER = "council_register"  # looked up in the council's public register
    PROFESSIONAL_CARD = "professional_card"  # the card was seen, with a photograph of its holder


@dataclass(frozen=True, slots=True)
class Verification:
    """Who compared the registration with what, and when. `note`: e.g. the situation the register showed."""

    by: UUID
    at: datetime
    how: VerifiedHow
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CouncilRegistration:
    """E.g. CRM 123456/SP. `verified`: a person compared it with the council's register."""

    council: str
    number: str
    uf: str
    verified: bool
    verification: Verification | None = None

    @classmethod
    def parse(cls, council: str, number: str, uf: str, *, verified: bool) -> "CouncilRegistration":
        council, number, uf = council.strip().upper(), number.strip().upper(), uf.strip().upper()
        if not _COUNCIL.fullmatch(council) or not _NUMBER.fullmatch(number) or uf not in _UFS:
            raise COUNCIL_INVALID.error(field="council")
        return cls(council, number, uf, verified)

    def same_as(self, other: "CouncilRegistration") -> bool:
        return (self.council, self.number, self.uf) == (other.council, other.number, other.uf)


@dataclass(frozen=True, slots=True)
class Membership:
    account_id: UUID
    clinic_id: UUID
    version: int
    name: str
    roles: frozenset[Role]
    registration: CouncilRegistration | None
    active: bool = True

    def with_roles(self, roles: frozenset[Role], registration: CouncilRegistration | None) -> "Membership":
        """A registration that stays the same stays verified; another one has yet to be looked up."""
        known = self.registration
        if registration is None or (known and known.same_as(registration)):
            registration = known
        return replace(self, roles=roles, registration=registration, version=self.version + 1)

    def deactivated(self) -> "Membership":
        if not self.active:
            raise MEMBER_INACTIVE.error()
        return replace(self, active=False, version=self.version + 1)

    def reactivated(self) -> "Membership":
        if self.active:
            raise MEMBER_ACTIVE.error()
        return replace(self, active=True, version=self.version + 1)

    def verified(self, verification: Verification | None) -> "Membership":
        """None takes the verification back."""
        if self.registration is None:
            raise COUNCIL_REQUIRED.error(field="council")
        if verification is None and not self.registration.verified:
            raise COUNCIL_UNCHANGED.error()
        registration = replace(
            self.registration, verified=verification is not None, verification=verification
        )
        return replace(self, registration=registration, version=self.version + 1)

    @property
    def roles_at_work(self) -> frozenset[Role]:
        """What the others are told: who does not work here any more has no roles."""
        return self.roles if self.active else frozenset()

    @property
    def is_professional(self) -> bool:
        return self.registration is not None and not self.roles.isdisjoint(_PROFESSIONAL)
