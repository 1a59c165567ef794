"""A clinic: what the people of an installation are divided by."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Clinic:
    id: UUID
    name: str
    cnpj: str | None = None
