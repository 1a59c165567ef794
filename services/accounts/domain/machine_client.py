"""Another program that signs in with an id and a secret (OAuth 2.0 client credentials, RFC 6749 4.4)."""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MachineClient:
    """The secret is long and random, never chosen by a person: a plain SHA-256 keeps it."""

    id: UUID
    client_id: str
    secret_hash: bytes
    scopes: frozenset[str]

    def knows(self, secret: str) -> bool:
        return hmac.compare_digest(hash_secret(secret), self.secret_hash)


def hash_secret(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
