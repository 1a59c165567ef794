"""Seals short secrets with a KMS key directly: at most 4 KB, bound to what they are for."""

import asyncio
from typing import Any


class KmsSealer:
    def __init__(self, kms: Any, key: str) -> None:
        self._kms = kms
        self._key = key

    async def seal(self, secret: bytes, *, context: str) -> bytes:
        answer = await asyncio.to_thread(
            self._kms.encrypt, KeyId=self._key, Plaintext=secret, EncryptionContext={"reason": context}
        )
        return bytes(answer["CiphertextBlob"])

    async def open(self, sealed: bytes, *, context: str) -> bytes:
        """Raise when the secret was sealed for something else."""
        answer = await asyncio.to_thread(
            self._kms.decrypt,
            KeyId=self._key,
            CiphertextBlob=sealed,
            EncryptionContext={"reason": context},
        )
        return bytes(answer["Plaintext"])
