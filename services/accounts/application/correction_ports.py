"""Where corrections are kept: for the person, and for the clinic whose record it is. None is ever removed."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.accounts.domain.correction import Correction


class CorrectionReader(Protocol):
    async def of_person(self, person_id: UUID) -> Sequence[Correction]:
        """Return the newest first, at most 100."""
        ...

    async def open_ones(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Correction]:
        """Return those the clinic has to answer, the newest first."""
        ...


class CorrectionStore(CorrectionReader, Protocol):
    async def get(self, correction_id: UUID) -> Correction | None:
        """Return it, locked until the transaction ends."""
        ...

    async def add(self, correction: Correction) -> None:
        """Raise `correction_open` when one for this field of the record waits."""
        ...

    async def save(self, correction: Correction) -> None: ...
