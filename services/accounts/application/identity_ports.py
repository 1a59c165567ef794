"""What the use cases by which people sign up and change their contact ask of the stores."""

from typing import Protocol
from uuid import UUID

from services.accounts.domain.confirmation import Confirmation, Purpose


class ConfirmationReader(Protocol):
    async def get(self, person_id: UUID, purpose: Purpose) -> Confirmation | None: ...


class ConfirmationStore(Protocol):
    async def get(self, person_id: UUID, purpose: Purpose) -> Confirmation | None:
        """Return it, locked until the transaction ends."""
        ...

    async def put(self, confirmation: Confirmation) -> None: ...
    async def remove(self, person_id: UUID, purpose: Purpose) -> None: ...
