"""Clinics, and who works in them as its patients may know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.accounts.domain.clinic import Clinic


class ClinicReader(Protocol):
    async def get(self, clinic_id: UUID) -> Clinic | None: ...
    async def all(self) -> Sequence[Clinic]:
        """Return the installation's clinics by name."""
        ...


class ClinicStore(ClinicReader, Protocol):
    async def add(self, clinic: Clinic) -> None: ...


@dataclass(frozen=True, slots=True)
class KnownStaff:
    """Somebody of a clinic, as its patients may know them."""

    account_id: UUID
    clinic_id: UUID
    name: str
    roles: tuple[str, ...]


class StaffDirectory(Protocol):
    async def known_to(self, person_id: UUID, account_ids: Sequence[UUID]) -> Sequence[KnownStaff]:
        """Return those of `account_ids` who work where the person has a record."""
        ...
