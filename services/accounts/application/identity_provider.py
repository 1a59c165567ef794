"""Another provider of sign-ins (Amazon Cognito) that a clinic's staff are copied to. Off unless the settings say so."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from services.shared.kernel.principal import Role


@dataclass(frozen=True, slots=True)
class ProvidedUser:
    """The user's name there is the account's id. Without roles the user is disabled."""

    account_id: UUID
    email: str | None = field(repr=False)
    roles: frozenset[Role]


class IdentityProvider(Protocol):
    """Every call may come again with the same content."""

    async def get(self, account_id: UUID) -> ProvidedUser | None: ...
    async def put(self, user: ProvidedUser) -> None:
        """Create the user, or change it to this. Groups that are no roles of ours stay as they are. Nobody is created
        disabled.
        """
        ...

    async def remove(self, account_id: UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class StaffCopy:
    """What a member of the clinic is now. `user` is None when there is no such member any more."""

    account_id: UUID
    version: int
    user: ProvidedUser | None


class StaffCopies(Protocol):
    """What was copied of one clinic's staff, by the account's version."""

    async def changed(self) -> Sequence[UUID]:
        """Return whose copy is not what the person is now."""
        ...

    async def copy(self, account_id: UUID, put: Callable[[StaffCopy], Awaitable[None]]) -> None:
        """Call `put` with what the person is now, and remember it once that has ended well; one process at a time."""
        ...
