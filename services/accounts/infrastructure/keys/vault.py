"""Encrypts identifiers (AES-256-GCM), and hashes them under a key of their own (HMAC-SHA-256).

Envelope: KMS wraps the installation's data keys; a data key wraps one key per patient record; the record's own key
seals what identifies the patient. Deleting a record's wrapped key therefore makes its identifiers unreadable for good.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"  # under the installation's data key
_OWN = b"\x02"  # under the owner's own key
_OWN_KEY = "own-key"
_NONCE = 12
_HEAD = len(_VERSION) + 16  # version, key id


class AesGcmVault:
    """Sealed under the installation's key: version, id of the data key, nonce, ciphertext with tag; under an owner's:
    version, nonce, ciphertext with tag. Purpose and owner are authenticated with it, so that a sealed value copied to
    another row or column does not open. The newest data key seals; all of them open.
    """

    def __init__(self, data_keys: Mapping[UUID, bytes], current: UUID, lookup_key: bytes) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in data_keys.items()}
        self._current = current
        self._lookup_key = lookup_key

    def seal(self, value: str, *, purpose: str, owner: UUID, key: bytes | None = None) -> bytes:
        return self._seal(value.encode(), purpose=purpose, owner=owner, key=key)

    def open(self, sealed: bytes, *, purpose: str, owner: UUID, key: bytes | None = None) -> str:
        return self._open(sealed, purpose=purpose, owner=owner, key=key).decode()

    def new_key(self, owner: UUID) -> bytes:
        return self._seal(AESGCM.generate_key(256), purpose=_OWN_KEY, owner=owner, key=None)

    def needs_own_key(self, sealed: bytes) -> bool:
        return sealed[:1] == _OWN

    def lookup(self, value: str, *, purpose: str) -> bytes:
        return hmac.digest(self._lookup_key, f"{purpose}\0{value}".encode(), hashlib.sha256)

    def _seal(self, value: bytes, *, purpose: str, owner: UUID, key: bytes | None) -> bytes:
        nonce = os.urandom(_NONCE)
        if key is None:
            cipher, head = self._ciphers[self._current], _VERSION + self._current.bytes
        else:
            cipher, head = self._own(key, owner), _OWN
        return head + nonce + cipher.encrypt(nonce, value, _bound(purpose, owner))

    def _open(self, sealed: bytes, *, purpose: str, owner: UUID, key: bytes | None) -> bytes:
        if sealed[:1] == _OWN and key is not None:
            cipher, head = self._own(key, owner), 1
        elif sealed[:1] == _VERSION and len(sealed) >= _HEAD:
            known, head = self._ciphers.get(UUID(bytes=sealed[1:_HEAD])), _HEAD
            if known is None:
                raise ValueError("sealed under an unknown key")
            cipher = known
        else:
            raise ValueError("not sealed by this vault, or its key is gone")
        if len(sealed) < head + _NONCE:
            raise ValueError("not sealed by this vault")
        nonce, ciphertext = sealed[head : head + _NONCE], sealed[head + _NONCE :]
        try:
            return cipher.decrypt(nonce, ciphertext, _bound(purpose, owner))
        except InvalidTag:
            raise ValueError("altered, or of another purpose or owner") from None

    def _own(self, wrapped: bytes, owner: UUID) -> AESGCM:
        return AESGCM(self._open(wrapped, purpose=_OWN_KEY, owner=owner, key=None))


def _bound(purpose: str, owner: UUID) -> bytes:
    return purpose.encode() + b"\0" + owner.bytes
