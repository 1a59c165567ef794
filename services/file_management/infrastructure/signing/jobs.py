"""Signing and verifying as plain functions, run inside the warm processes; what they need is imported there."""

from services.file_management.infrastructure.signing.keys import KeyFiles

HEAVY_MODULES = ("services.file_management.infrastructure.signing.pades",)


def sign(files: KeyFiles, pdf: bytes, reason: str, location: str, name: str) -> bytes:
    from services.file_management.infrastructure.signing import pades

    return pades.sign(files, pdf, reason, location, name)


def is_valid(files: KeyFiles, pdf: bytes) -> bool:
    from services.file_management.infrastructure.signing import pades

    return pades.is_valid(files, pdf)
