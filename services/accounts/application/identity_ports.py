"""What the use cases by which people sign up and change their contact ask of the stores."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.accounts.domain.clinic import Clinic
from services.accounts.domain.confirmation import Confirmation, Purpose


class ConfirmationReader(Protocol):
    async def get(self, person_id: UUID, purpose: Purpose) -> Confirmation | None: ...


class ConfirmationStore(Protocol):
    async def get(self, person_id: UUID, purpose: Purpose) -> Confirmation | None:
        """Return it, locked until the transaction ends."""
        ...

    async def put(self, confirmation: Confirmation) -> None: ...
    async def remove(self, person_id: UUID, purpose: Purpose) -> None: ...


class ClinicReader(Protocol):
    async def get(self, clinic_id: UUID) -> Clinic | None: ...
    async def all(self) -> Sequence[Clinic]:
        """Return the installation's clinics by name."""
        ...


class ClinicStore(ClinicReader, Protocol):
    async def add(self, clinic: Clinic) -> None: ...
