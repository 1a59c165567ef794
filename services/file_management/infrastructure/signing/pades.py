# mypy: disable-error-code="no-untyped-call"
"""PAdES B-B by pyHanko: an incremental update of the PDF, in the form the Brazilian profile asks for.

DOC-ICP-15.03 forbids NULL parameters in the digest's AlgorithmIdentifier; PAdES (ETSI EN 319 142-1) allows no
signing-time attribute: the time stands in the signature dictionary.
"""

import io
from functools import cache
from typing import Any

from asn1crypto import algos
from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.file_management.infrastructure.signing.keys import KeyFiles

_SHA256_WITHOUT_PARAMETERS = bytes.fromhex("300b0609608648016503040201")
_FIELD = "Assinatura"
_RESERVED_BYTES = (
    16_384  # room for chain, and later a time stamp; asked for, so that no trial signature is made
)


class _BrazilianSigner(signers.SimpleSigner):
    def signer_info(self, digest_algorithm: str, signed_attrs: Any, signature: bytes) -> Any:
        if digest_algorithm != "sha256":
            raise ValueError("sha256 only")
        info = super().signer_info(digest_algorithm, signed_attrs, signature)
        info["digest_algorithm"] = algos.DigestAlgorithm.load(_SHA256_WITHOUT_PARAMETERS)
        return info


class _AppendOnly(IncrementalPdfFileWriter):
    """Appends the signature and nothing else: the metadata that declare PDF/A and PDF/UA stay as they were made."""

    def _update_meta(self) -> None:
        return None


@cache
def _signer(files: KeyFiles) -> _BrazilianSigner:
    store = SimpleCertificateStore()
    store.register(load_cert_from_pemder(str(files.authority)))
    return _BrazilianSigner(
        signing_cert=load_cert_from_pemder(str(files.certificate)),
        signing_key=load_private_key_from_pemder(str(files.key), passphrase=None),
        cert_registry=store,
        embed_roots=False,
    )


def sign(files: KeyFiles, pdf: bytes, reason: str, location: str, name: str) -> bytes:
    """Return `pdf` with a signature appended; every byte of `pdf` stays as it is."""
    signed = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=_FIELD,
            reason=reason,
            location=location,
            name=name,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
        ),
        signer=_signer(files),
        new_field_spec=fields.SigFieldSpec(_FIELD),
    ).sign_pdf(_AppendOnly(io.BytesIO(pdf)), bytes_reserved=_RESERVED_BYTES)
    return bytes(signed.getbuffer())


def is_valid(files: KeyFiles, pdf: bytes) -> bool:
    """Say whether `pdf` carries exactly one signature, by our certificate, over the whole file, unbroken."""
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if len(signatures) != 1:
        return False
    trust = ValidationContext(trust_roots=[load_cert_from_pemder(str(files.authority))], allow_fetching=False)
    status = validate_pdf_signature(signatures[0], trust)
    return bool(
        status.bottom_line
        and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and status.modification_level == ModificationLevel.NONE
        and status.signing_cert.sha256 == load_cert_from_pemder(str(files.certificate)).sha256
    )
