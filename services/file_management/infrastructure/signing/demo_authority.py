"""A certificate authority for demonstrations, made at the first start and plainly named as worth nothing."""

import os
import secrets
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from services.file_management.infrastructure.signing.keys import KeyFiles

LABEL = "DEMONSTRAÇÃO - SEM VALOR LEGAL"
NOTICE = f"Assinado digitalmente (PAdES) com certificado de {LABEL}."
_TEN_YEARS = timedelta(days=3652)


def key_files(folder: Path) -> KeyFiles:
    return KeyFiles(folder / "signer.key", folder / "signer.pem", folder / "authority.pem")


def verification_secret(folder: Path) -> bytes:
    return bytes.fromhex((folder / "verification.secret").read_text())


def ensure_demo_authority(folder: Path) -> None:
    """Make the authority, the signing key and the secret of the verification codes, unless they exist.

    Several processes may start at once: each writes a folder of its own, the first rename wins.
    """
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".signing-", dir=folder.parent))
    _write(draft)
    try:
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft)


def _write(folder: Path) -> None:
    authority_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signer_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    authority_name = _name(f"Laudo AC {LABEL}")
    authority = _certificate(authority_name, authority_name, authority_key, authority_key, is_authority=True)
    signer = _certificate(
        _name(f"Laudo {LABEL}"), authority_name, signer_key, authority_key, is_authority=False
    )
    pem = serialization.Encoding.PEM
    _secret_file(
        folder / "signer.key",
        signer_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    _secret_file(folder / "verification.secret", secrets.token_hex(32).encode())
    (folder / "signer.pem").write_bytes(signer.public_bytes(pem))
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    # The authority's own key is not kept: nothing else shall ever be signed with it.


def _secret_file(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, LABEL),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer_key: rsa.RSAPrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC) - timedelta(minutes=5)
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + _TEN_YEARS)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
