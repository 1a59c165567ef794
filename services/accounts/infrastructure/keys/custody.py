"""Who keeps the keys that keep the keys: AWS KMS. What rests here is wrapped; KMS alone unwraps it."""

from typing import Any, Protocol

KEY_ALIAS = "alias/laudo-identity"


class KeyCustody(Protocol):
    """`purpose` is bound to what is wrapped: a key made for one thing does not open as another."""

    def new_data_key(self, purpose: str) -> tuple[bytes, bytes]:
        """Return 32 random bytes, plain and wrapped."""
        ...

    def wrap(self, secret: bytes, purpose: str) -> bytes: ...
    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """Raise when `wrapped` was altered or is of another purpose."""
        ...


class KmsKeyCustody:
    """Calls block: run them in a thread, at start."""

    def __init__(self, kms: Any, key_id: str = KEY_ALIAS) -> None:
        self._kms = kms
        self._key_id = key_id

    def new_data_key(self, purpose: str) -> tuple[bytes, bytes]:
        made = self._kms.generate_data_key(
            KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=_context(purpose)
        )
        return made["Plaintext"], made["CiphertextBlob"]

    def wrap(self, secret: bytes, purpose: str) -> bytes:
        wrapped: bytes = self._kms.encrypt(
            KeyId=self._key_id, Plaintext=secret, EncryptionContext=_context(purpose)
        )["CiphertextBlob"]
        return wrapped

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        secret: bytes = self._kms.decrypt(
            KeyId=self._key_id, CiphertextBlob=wrapped, EncryptionContext=_context(purpose)
        )["Plaintext"]
        return secret


def _context(purpose: str) -> dict[str, str]:
    return {"service": "accounts", "purpose": purpose}
