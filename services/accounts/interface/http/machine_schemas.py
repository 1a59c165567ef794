"""What the routes about machine clients take and give."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.accounts.application.commands.register_machine_client import ShownOnce
from services.accounts.domain.machine_client import ClientState, MachineClient
from services.accounts.interface.http.schemas import Body, Line

ValidDays = Annotated[int, Field(ge=1, le=365, description="How many days the new secret works.")]
OverlapHours = Annotated[
    int, Field(ge=0, le=720, description="How many hours the previous secret works on; 0 ends it now.")
]


class ClientBody(Body):
    name: Line
    scopes: Annotated[list[Line], Field(max_length=20)]
    valid_days: ValidDays = 365

    @property
    def valid_for(self) -> timedelta:
        return timedelta(days=self.valid_days)


class RotationBody(Body):
    valid_days: ValidDays = 365
    overlap_hours: OverlapHours = 168

    @property
    def valid_for(self) -> timedelta:
        return timedelta(days=self.valid_days)

    @property
    def overlap(self) -> timedelta:
        return timedelta(hours=self.overlap_hours)


class PreviousSecretView(BaseModel):
    works_until: datetime | None
    last_used_at: datetime | None


class MachineClientView(BaseModel):
    """`previous_secret` is there while one works beside the current. `expired`: the secret's time is over; rotate.
    `secret_used_at`: when the current secret was last used: that the program has changed over.
    """

    id: UUID
    client_id: str
    name: str
    scopes: list[str]
    state: ClientState
    created_at: datetime | None
    created_by: UUID | None
    expires_at: datetime | None
    expired: bool
    last_used_at: datetime | None
    secret_used_at: datetime | None
    previous_secret: PreviousSecretView | None

    @classmethod
    def of(cls, client: MachineClient, now: datetime) -> "MachineClientView":
        return cls(**_shown(client, now))


class MachineClientPageView(BaseModel):
    items: list[MachineClientView]
    next_cursor: str | None


class ShownOnceView(MachineClientView):
    """`client_secret` is in this answer and nowhere else."""

    client_secret: str

    @classmethod
    def once(cls, shown: ShownOnce, now: datetime) -> "ShownOnceView":
        return cls(**_shown(shown.client, now), client_secret=shown.secret)


def _shown(client: MachineClient, now: datetime) -> dict[str, object]:
    previous = client.previous
    ended = client.state is ClientState.ENDED
    return {
        "id": client.id,
        "client_id": client.client_id,
        "name": client.name,
        "scopes": sorted(client.scopes),
        "state": client.state,
        "created_at": client.created_at,
        "created_by": client.created_by,
        "expires_at": client.current.until,
        "expired": not client.current.lasts(now),
        "last_used_at": client.last_used_at,
        "secret_used_at": client.current.used_at,
        "previous_secret": PreviousSecretView(works_until=previous.until, last_used_at=previous.used_at)
        if previous and previous.lasts(now) and not ended
        else None,
    }
