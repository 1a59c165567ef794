"""Encrypts identifiers under a data key (AES-256-GCM), and hashes them under another (HMAC-SHA-256)."""

import hashlib
import hmac
import os
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_NONCE = 12
_HEAD = len(_VERSION) + 16  # version, key id


class AesGcmVault:
    """Sealed: version, id of the data key, nonce, ciphertext with tag. Purpose and owner are authenticated with it,
    so that a sealed value copied to another row or column does not open. The newest key seals; all of them open.
    """

    def __init__(self, data_keys: Mapping[UUID, bytes], current: UUID, lookup_key: bytes) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in data_keys.items()}
        self._current = current
        self._lookup_key = lookup_key

    def seal(self, value: str, *, purpose: str, owner: UUID) -> bytes:
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self._current].encrypt(nonce, value.encode(), _bound(purpose, owner))
        return _VERSION + self._current.bytes + nonce + sealed

    def open(self, sealed: bytes, *, purpose: str, owner: UUID) -> str:
        if sealed[:1] != _VERSION or len(sealed) < _HEAD + _NONCE:
            raise ValueError("not sealed by this vault")
        cipher = self._ciphers.get(UUID(bytes=sealed[1:_HEAD]))
        if cipher is None:
            raise ValueError("sealed under an unknown key")
        nonce, ciphertext = sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
        try:
            return cipher.decrypt(nonce, ciphertext, _bound(purpose, owner)).decode()
        except InvalidTag:
            raise ValueError("altered, or of another purpose or owner") from None

    def lookup(self, value: str, *, purpose: str) -> bytes:
        return hmac.digest(self._lookup_key, f"{purpose}\0{value}".encode(), hashlib.sha256)


def _bound(purpose: str, owner: UUID) -> bytes:
    return purpose.encode() + b"\0" + owner.bytes
