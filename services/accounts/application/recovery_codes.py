"""Makes recovery codes and finds the one typed among those kept.

They have 49 random bits, so what is kept is slow to guess: argon2id with a salt of each code's own (ASVS 5.0, 6.5.2),
over a keyed hash, so that a copy of the tables alone is worth nothing at all.
"""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.application.ports import IdentifierVault, PasswordHasher
from services.accounts.domain.recovery_code import (
    looks_like_recovery_code,
    new_recovery_codes,
    plain_recovery_code,
)


class RecoveryCodes:
    def __init__(self, vault: IdentifierVault, hasher: PasswordHasher) -> None:
        self._vault = vault
        self._hasher = hasher

    async def new(self, person_id: UUID) -> tuple[tuple[str, ...], list[bytes]]:
        """Return ten codes and what is kept of them."""
        codes = new_recovery_codes()
        return codes, [(await self._hasher.hash(self._keyed(person_id, code))).encode() for code in codes]

    async def find(self, person_id: UUID, typed: str, kept: Sequence[bytes]) -> bytes | None:
        """Return the kept hash that `typed` fits. Costs a hash for each code left: never while a row is locked."""
        if not looks_like_recovery_code(typed):
            return None
        keyed = self._keyed(person_id, typed)
        for each in kept:
            if await self._hasher.verify(keyed, each.decode()):
                return each
        return None

    def _keyed(self, person_id: UUID, code: str) -> str:
        return self._vault.lookup(f"{person_id}|{plain_recovery_code(code)}", purpose="recovery-code").hex()
