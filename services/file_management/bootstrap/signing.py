"""The signing key: made for demonstrations at the first start, otherwise mounted as a secret and only read."""

from dataclasses import dataclass

from services.file_management.bootstrap.settings import WorkerSettings
from services.file_management.infrastructure.report.processes import WarmProcesses
from services.file_management.infrastructure.signing import demo_authority
from services.file_management.infrastructure.signing.signer import KeyFileSigner
from services.file_management.infrastructure.verification import KeyedVerification


@dataclass(frozen=True)
class Signing:
    signer: KeyFileSigner
    verification: KeyedVerification


def build_signing(settings: WorkerSettings, processes: WarmProcesses) -> Signing:
    folder = settings.signing_folder
    if settings.local_demo:
        demo_authority.ensure_demo_authority(folder)
    elif not (folder / "signer.key").exists():
        raise SystemExit(f"No signing key in {folder}: mount signer.key, signer.pem and authority.pem there.")
    notice = demo_authority.NOTICE if settings.local_demo else settings.signature_notice
    return Signing(
        KeyFileSigner(processes, demo_authority.key_files(folder), notice),
        KeyedVerification(demo_authority.verification_secret(folder), settings.public_url),
    )
