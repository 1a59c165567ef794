"""Where the texts and the ledger of answers are. The ledger is the person's own; nothing of it changes."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.accounts.domain.consent import ConsentEntry, ConsentKind, ConsentText


class ConsentTexts(Protocol):
    def of(self, kind: ConsentKind) -> Sequence[ConsentText]:
        """Return every version, the oldest first; there is at least one."""
        ...


class ConsentReader(Protocol):
    async def of_person(self, person_id: UUID) -> Sequence[ConsentEntry]:
        """Return the newest first, at most 500."""
        ...

    async def newest(self, person_id: UUID) -> Sequence[ConsentEntry]:
        """Return the newest entry of each kind, in no order."""
        ...


class ConsentLedger(ConsentReader, Protocol):
    async def add(self, entry: ConsentEntry) -> None: ...
