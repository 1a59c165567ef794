"""Where the signing key lies, and whose it is."""

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The signing key, its certificate, and the authority that is trusted."""

    key: Path
    certificate: Path
    authority: Path


def signer_name(certificate: bytes) -> str:
    """Return the subject's common name (PEM). ICP-Brasil writes `name:CPF` or `name:CNPJ`: the number is left out."""
    subject = x509.load_pem_x509_certificate(certificate).subject
    (common_name, *_) = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common_name.value).partition(":")[0].strip()
