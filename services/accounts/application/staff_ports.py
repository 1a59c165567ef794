"""What the use cases of a clinic's administrator ask of the stores."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.accounts.domain.invitation import Invitation
from services.accounts.domain.membership import Membership


@dataclass(frozen=True, slots=True)
class StaffSearch:
    """Every word of `name` must begin a word of the name, accents and case aside. `after` is the last account id of
    the page before.
    """

    name: str | None = None
    after: UUID | None = None
    limit: int = 20


class StaffReader(Protocol):
    async def of_member(self, account_id: UUID, clinic_id: UUID, *, lock: bool = False) -> Membership | None:
        """Return the membership, active or not."""
        ...

    async def staff(self, clinic_id: UUID, search: StaffSearch) -> Sequence[Membership]:
        """Return the clinic's staff, active or not, by name, then id."""
        ...


class InvitationReader(Protocol):
    async def open_ones(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Invitation]:
        """Return invitations neither accepted nor withdrawn, expired ones included, the newest first."""
        ...


class InvitationStore(InvitationReader, Protocol):
    async def get(self, invitation_id: UUID) -> Invitation | None:
        """Return it, locked until the transaction ends."""
        ...

    async def with_code(self, code_hash: bytes) -> Invitation | None:
        """As `get`."""
        ...

    async def add(self, invitation: Invitation) -> None: ...
    async def save(self, invitation: Invitation) -> None: ...
