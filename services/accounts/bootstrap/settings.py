"""What accounts is told by its environment."""

from pydantic import BaseModel, Field, SecretStr

from services.shared.platform.settings import PostgresSettings, ServiceSettings

SERVICE = "accounts"


class MachineClientSettings(BaseModel):
    secret: SecretStr = Field(min_length=32)
    scopes: list[str] = Field(default_factory=list)


class Settings(ServiceSettings, PostgresSettings):
    """`LAUDO_MACHINE_CLIENTS` is JSON: {"file-management": {"secret": "...", "scopes": ["snapshot:read"]}}.

    The seeder alone needs it; a client left out keeps what it had.
    """

    machine_clients: dict[str, MachineClientSettings] = Field(default_factory=dict)
    identity_key: str = "alias/laudo-identity"
    forget_expired_s: float = 600.0
    password_threads: int = 2
