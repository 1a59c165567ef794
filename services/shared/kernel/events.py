"""What an aggregate records when something happened to it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.shared.kernel.ids import new_id


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """A fact, in the past tense. `occurred_at` is aware UTC."""

    occurred_at: datetime
    event_id: UUID = field(default_factory=new_id)
