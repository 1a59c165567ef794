"""What the rotation of the signing keys asks of the world."""

from collections.abc import Callable, Sequence
from typing import Protocol

from services.accounts.domain.signing_schedule import KeyChange, KeyTimes


class SigningKeyStore(Protocol):
    async def change(self, decide: Callable[[Sequence[KeyTimes]], KeyChange]) -> KeyChange:
        """Give `decide` the keys that are not retired, and do what it answers; one process at a time, all or nothing.
        Return what was done.
        """
        ...
