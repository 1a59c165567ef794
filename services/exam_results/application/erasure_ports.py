"""What erasing a person asks of the store."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Identities(Protocol):
    """Who the patients of the transaction's clinic are, beside what their released reports state."""

    async def is_erased(self, person_id: UUID) -> bool:
        """True when the person asked to be erased here, whether or not an exam under way still holds it up."""
        ...

    async def erase(self, person_id: UUID) -> bool:
        """Note that the person is to be erased here; False when it was noted before. Then do as `erase_due`."""
        ...

    async def erase_due(self, now: datetime) -> int:
        """Empty the names of those who are to be erased and have no exam under way; return how many records."""
        ...
