"""Encrypts what the portal stores: AES-256-GCM (NIST SP 800-38D), bound to the place where it is stored."""

import secrets

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.portal.application.ports import Json

_NONCE_BYTES = 12


def derive_key(secret: str, purpose: str) -> bytes:
    """Return 32 bytes for one purpose (HKDF, RFC 5869): one secret in the settings serves several uses safely."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"laudo.portal.{purpose}".encode())
    return kdf.derive(secret.encode())


class Seal:
    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, value: Json, place: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, orjson.dumps(value), place.encode())

    def open(self, sealed: bytes, place: str) -> Json | None:
        """Return the value; None when it was sealed by another key, for another place, or was altered."""
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            return None
        value: Json = orjson.loads(plain)
        return value
