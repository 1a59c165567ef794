"""In-memory stand-ins for the security devices that cost time: a quick hasher and a key custody without KMS."""

import hashlib
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class QuickPasswordHasher:
    """SHA-256 with a salt: for tests of rules, never for people. Counts its work, so that tests can compare it."""

    def __init__(self) -> None:
        self.hashed = 0
        self.outdated: set[str] = set()

    async def hash(self, password: str) -> str:
        self.hashed += 1
        salt = os.urandom(8).hex()
        return f"{salt}${_digest(salt, password)}"

    async def verify(self, password: str, stored: str | None) -> bool:
        self.hashed += 1
        salt, _, digest = (stored or "nobody$").partition("$")
        return _digest(salt, password) == digest

    def is_outdated(self, stored: str | None) -> bool:
        return stored in self.outdated


class InMemoryKeyCustody:
    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))

    def new_data_key(self, purpose: str) -> tuple[bytes, bytes]:
        plain = os.urandom(32)
        return plain, self.wrap(plain, purpose)

    def wrap(self, secret: bytes, purpose: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, secret, purpose.encode())

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        return self._cipher.decrypt(wrapped[:12], wrapped[12:], purpose.encode())


def _digest(salt: str, password: str) -> str:
    return hashlib.sha256(f"{salt}{password}".encode()).hexdigest()
