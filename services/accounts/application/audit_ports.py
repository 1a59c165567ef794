"""Who and what the ids in a clinic's audit are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class KnownActor:
    """Somebody who works or worked in the clinic, or a program of it."""

    id: UUID
    name: str
    is_program: bool = False


class AuditNames(Protocol):
    async def actors(self, clinic_id: UUID, ids: Sequence[UUID]) -> Sequence[KnownActor]:
        """Return those of `ids` that are the clinic's own, inactive people and ended programs included."""
        ...

    async def record_numbers(self, clinic_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """Return the record numbers of those of `ids` that are the clinic's patients."""
        ...

    async def record_with(self, clinic_id: UUID, number: str) -> UUID | None: ...
