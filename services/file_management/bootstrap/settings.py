"""What file-management is told by its environment."""

from pathlib import Path

from services.shared.platform.settings import ServiceClientSettings, ServiceSettings


class Settings(ServiceSettings):
    table: str = "laudo-files"
    bucket: str = "laudo-reports"
    exams_url: str | None = None  # exam-results' address; None: relations let nobody in
    outbox_shards: int = (
        1  # more where one index partition would be too slow; the same for writers and relays
    )


class WorkerSettings(Settings, ServiceClientSettings):
    accounts_url: str  # each service's address without its prefix, e.g. http://127.0.0.1:8101
    exams_url: str
    signing_folder: Path  # signer.key, signer.pem, authority.pem, verification.secret
    signature_notice: str = "Assinado digitalmente (PAdES)."
    render_processes: int = 2
    render_timeout_s: float = 20.0
