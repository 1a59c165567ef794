"""Staff: a person's work in one clinic, with roles and, for doctors and releasers, a council registration."""

import re
from dataclasses import dataclass
from uuid import UUID

from services.accounts.domain.errors import COUNCIL_INVALID
from services.shared.kernel.principal import Role

_PROFESSIONAL = frozenset({Role.DOCTOR, Role.RELEASER})
_COUNCIL = re.compile(r"[A-Z]{2,8}")
_NUMBER = re.compile(r"[0-9]{1,7}(-?[A-Z0-9])?")
_UFS = frozenset(
    "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class CouncilRegistration:
    """E.g. CRM 123456/SP. `verified`: a person compared it with the council's register."""

    council: str
    number: str
    uf: str
    verified: bool

    @classmethod
    def parse(cls, council: str, number: str, uf: str, *, verified: bool) -> "CouncilRegistration":
        council, number, uf = council.strip().upper(), number.strip().upper(), uf.strip().upper()
        if not _COUNCIL.fullmatch(council) or not _NUMBER.fullmatch(number) or uf not in _UFS:
            raise COUNCIL_INVALID.error(field="council")
        return cls(council, number, uf, verified)


@dataclass(frozen=True, slots=True)
class Membership:
    account_id: UUID
    clinic_id: UUID
    version: int
    name: str
    roles: frozenset[Role]
    registration: CouncilRegistration | None
    active: bool = True

    @property
    def is_professional(self) -> bool:
        return self.registration is not None and not self.roles.isdisjoint(_PROFESSIONAL)
