"""What the use cases of erasure ask of the stores."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.accounts.domain.erasure import Erasure


class ErasureReader(Protocol):
    async def newest_of(self, person_id: UUID) -> Erasure | None: ...
    async def of_clinic(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Erasure]:
        """Return the requests that wait and name a record of the clinic, the newest first; of each the clinic's own
        records alone.
        """
        ...

    async def get(self, erasure_id: UUID) -> Erasure | None:
        """Return it as the scope sees it; a store that writes locks it until the transaction ends."""
        ...


class ErasureStore(ErasureReader, Protocol):
    async def add(self, erasure: Erasure, receipt_hash: bytes) -> None:
        """Raise a conflict when the person has one that waits."""
        ...

    async def save(self, erasure: Erasure) -> None: ...


class Eraser(Protocol):
    """Removes what a person is known by. Every step may be repeated; each needs the person's or the clinic's scope."""

    async def sign_in(self, person_id: UUID) -> None:
        """Logins, password, factors, codes, tickets, confirmations under way, known devices and their names."""
        ...

    async def proxies(self, person_id: UUID, now: datetime) -> None:
        """End what the person gave or holds, and take the person's name out of it."""
        ...

    async def identity(self, patient_id: UUID, now: datetime) -> None:
        """Destroy the record's key, and empty all that names or finds the patient. In the record's clinic."""
        ...


class ErasureDirectory(Protocol):
    """Narrow look-ups before any scope is known."""

    async def due(self, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """Return (erasure, person) of what is to be carried out by now, the oldest first."""
        ...

    async def of_receipt(self, receipt_hash: bytes) -> tuple[UUID, UUID] | None:
        """Return (erasure, person) of the request whose receipt code hashes to this."""
        ...
