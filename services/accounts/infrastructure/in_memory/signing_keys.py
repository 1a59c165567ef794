"""Signing keys without a database and without KMS."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from services.accounts.domain.signing_schedule import KeyChange, KeyTimes
from services.accounts.infrastructure.keys.signing import SigningKey, new_signing_key


class InMemorySigningKeys:
    def __init__(self) -> None:
        self._keys: list[SigningKey] = []

    async def load(self, known: Mapping[str, SigningKey] | None = None) -> list[SigningKey]:
        if not self._keys:
            await self.change(lambda _: KeyChange(datetime.now(UTC)))
        return list(self._keys)

    async def change(self, decide: Callable[[Sequence[KeyTimes]], KeyChange]) -> KeyChange:
        change = decide([each.times for each in self._keys])
        kept = [each for each in self._keys if each.times.kid not in change.retired]
        if change.new_from is not None:
            kept.append(SigningKey(new_signing_key(), change.new_from))
        self._keys = kept
        return change
