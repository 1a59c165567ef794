"""What the portal is told by its environment (`LAUDO_*`)."""

from pydantic import Field, SecretStr

from services.shared.platform.settings import ServiceSettings


class PortalSettings(ServiceSettings):
    """The portal checks no tokens itself, so it needs no issuer; the services do."""

    issuer: str = ""
    jwks_url: str = ""
    accounts_url: str  # each service's address without its prefix, e.g. http://127.0.0.1:8101
    exams_url: str
    files_url: str
    notifications_url: str
    portal_session_key: SecretStr = Field(min_length=32)
    session_idle_s: int = 3600

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")
