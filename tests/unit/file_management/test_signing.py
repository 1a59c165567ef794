"""The signature, judged by pyHanko's own validator and command line and by what stands in its bytes."""

import io
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader

from services.file_management.infrastructure.signing import pades
from services.file_management.infrastructure.signing.demo_authority import (
    LABEL,
    ensure_demo_authority,
    key_files,
    verification_secret,
)
from services.file_management.infrastructure.signing.keys import KeyFiles, signer_name


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFiles:
    folder = tmp_path_factory.mktemp("signing") / "keys"
    ensure_demo_authority(folder)
    return key_files(folder)


@pytest.fixture(scope="session")
def signed(keys: KeyFiles, blood_count: bytes) -> bytes:
    return pades.sign(keys, blood_count, "Laudo liberado", "Campinas", "Dra. Beatriz Antunes Rocha")


def signature(pdf: bytes) -> Any:
    return PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]


def signer_info(pdf: bytes) -> Any:
    content = cms.ContentInfo.load(bytes(signature(pdf).pkcs7_content))
    return content["content"]["signer_infos"][0], content["content"]


def test_signature_is_appended_and_every_byte_before_it_is_kept(signed: bytes, blood_count: bytes) -> None:
    assert signed.startswith(blood_count)
    assert len(signed) > len(blood_count)


def test_signature_is_pades_with_reason_place_and_name(signed: bytes) -> None:
    dictionary = signature(signed).sig_object
    assert dictionary["/SubFilter"] == "/ETSI.CAdES.detached"
    assert dictionary["/Reason"] == "Laudo liberado"
    assert dictionary["/Location"] == "Campinas"
    assert dictionary["/Name"] == "Dra. Beatriz Antunes Rocha"


def test_digest_algorithm_carries_no_null_parameters(signed: bytes) -> None:
    info, content = signer_info(signed)
    without_parameters = bytes.fromhex("300b0609608648016503040201")
    assert info["digest_algorithm"].dump() == without_parameters
    assert content["digest_algorithms"][0].dump() == without_parameters


def test_signed_attributes_hold_the_certificate_and_no_signing_time(signed: bytes) -> None:
    info, _ = signer_info(signed)
    attributes = {attribute["type"].native for attribute in info["signed_attrs"]}
    assert "signing_certificate_v2" in attributes
    assert "signing_time" not in attributes


def test_archive_and_accessibility_declarations_survive_signing(signed: bytes, blood_count: bytes) -> None:
    def metadata(pdf: bytes) -> bytes:
        return bytes(PdfFileReader(io.BytesIO(pdf)).root["/Metadata"].data)

    assert metadata(signed) == metadata(blood_count)


def test_own_signature_verifies(keys: KeyFiles, signed: bytes) -> None:
    assert pades.is_valid(keys, signed)


def test_unsigned_altered_and_extended_files_do_not_verify(
    keys: KeyFiles, signed: bytes, blood_count: bytes
) -> None:
    at = signed.index(b"stream") + 100  # inside the colour profile: still a readable file
    altered = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert not pades.is_valid(keys, blood_count)
    assert not pades.is_valid(keys, altered)
    assert not pades.is_valid(keys, signed + b"\n%more")


def test_signature_of_another_authority_does_not_verify(
    tmp_path: Path, keys: KeyFiles, blood_count: bytes
) -> None:
    ensure_demo_authority(tmp_path / "other")
    foreign = pades.sign(key_files(tmp_path / "other"), blood_count, "r", "l", "n")
    assert not pades.is_valid(keys, foreign)


def test_pyhankos_command_line_judges_it_valid(tmp_path: Path, keys: KeyFiles, signed: bytes) -> None:
    (tmp_path / "laudo.pdf").write_bytes(signed)
    command = [
        str(Path(sys.executable).with_name("pyhanko")),
        *("sign", "validate", "--pretty-print", "--trust-replace", "--trust", str(keys.authority)),
        str(tmp_path / "laudo.pdf"),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "The signature is judged VALID." in ran.stdout
    assert "The signature covers the entire file." in ran.stdout


def test_demo_certificates_say_that_they_are_worth_nothing(keys: KeyFiles) -> None:
    for path in (keys.authority, keys.certificate):
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        assert LABEL in certificate.subject.rfc4514_string()


def test_demo_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    ensure_demo_authority(folder)
    first = key_files(folder).key.read_bytes(), verification_secret(folder)
    ensure_demo_authority(folder)
    assert (key_files(folder).key.read_bytes(), verification_secret(folder)) == first
    assert stat.S_IMODE(key_files(folder).key.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "verification.secret").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


@pytest.mark.parametrize(
    ("common_name", "shown"),
    [
        ("BEATRIZ ANTUNES ROCHA:52998224725", "BEATRIZ ANTUNES ROCHA"),
        ("LABORATORIO AURORA LTDA:11222333000181", "LABORATORIO AURORA LTDA"),
        (f"Laudo {LABEL}", f"Laudo {LABEL}"),
    ],
)
def test_the_signer_is_named_without_the_number_that_brazilian_certificates_add(
    common_name: str, shown: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    assert signer_name(certificate.public_bytes(serialization.Encoding.PEM)) == shown
