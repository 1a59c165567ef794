"""Revoked sessions as a test knows them, without Valkey."""

from uuid import UUID

from services.shared.kernel.errors import UNAVAILABLE


class KnownRevocations:
    def __init__(self) -> None:
        self.ended: set[UUID] = set()
        self.is_known = True

    def is_revoked(self, session_id: UUID) -> bool:
        if not self.is_known:
            raise UNAVAILABLE.error()
        return session_id in self.ended
