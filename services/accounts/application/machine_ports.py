"""What the use cases of machine clients ask of the stores."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.accounts.domain.machine_client import MachineClient, Secret


class MachineClients(Protocol):
    """The narrow way of whoever asks for a token: the exact client id is what finds the row."""

    async def get(self, client_id: str) -> MachineClient | None: ...
    async def put(self, client: MachineClient) -> None:
        """Keep one of the installation's own, of no clinic."""
        ...

    async def note_use(self, client: MachineClient, secret: Secret, now: datetime) -> None:
        """Remember that this secret was used; to the minute, so that a busy client costs one write in a minute."""
        ...


class MachineClientReader(Protocol):
    async def of_clinic(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[MachineClient]:
        """Return the clinic's clients, ended ones included, the newest first."""
        ...

    async def one(self, client_id: UUID) -> MachineClient | None:
        """Return it; for a change locked until the transaction ends."""
        ...


class MachineClientStore(MachineClientReader, Protocol):
    async def add(self, client: MachineClient) -> None: ...
    async def change(self, before: MachineClient, after: MachineClient, now: datetime) -> None:
        """Save it. The sessions that `before` had and `after` has not are told to every verifier once committed."""
        ...
