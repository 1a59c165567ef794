"""What sealing, exporting and checking need from a service's store. One contract test holds all adapters to it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.audit_chain import Seal


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a chain's seals that is exported as one object: `first` to `last`, both included."""

    chain: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A seal with its row as the store holds it now; None when the row is gone."""

    seal: Seal
    row: AuditEntry | None


@dataclass(frozen=True, slots=True)
class Unsealed:
    """Rows no seal knows. `pending`: the sealer has yet to come. `foreign`: they appeared where all was sealed."""

    pending: int
    foreign: Sequence[UUID]


class ChainStore(Protocol):
    async def chains(self) -> Sequence[str]:
        """Return the chains that have rows or seals: a clinic's id each, and `none`."""
        ...

    async def to_seal(self) -> Sequence[str]:
        """Return the chains that have rows without a seal."""
        ...

    async def seal(self, chain: str, limit: int) -> int:
        """Seal up to `limit` rows that have no seal, oldest first; return how many.

        0 too when another sealer has the chain in hand: two at once never fork it, and no row is sealed twice.
        A row whose transaction commits late is sealed when it comes.
        """
        ...

    async def next_segment(self, rows: int, older_than_s: float) -> Segment | None:
        """Return what is to be exported next, of any chain, after writing down its bounds: the same again until
        `exported`. A chain is due with `rows` seals that are not exported, or one older than `older_than_s`.
        """
        ...

    async def exported(self, segment: Segment) -> None:
        """Write down that the segment lies in the bucket; a repeat changes nothing."""
        ...

    def sealed(self, chain: str, first: int = 1, last: int | None = None) -> AsyncIterator[SealedRow]:
        """Stream seals by sequence, each with its row, in memory that does not grow with their number."""
        ...

    async def unsealed(self, chain: str) -> Unsealed: ...
