"""What accounts is told by its environment."""

from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from services.shared.platform.settings import PostgresSettings, ServiceSettings

SERVICE = "accounts"


class MachineClientSettings(BaseModel):
    secret: SecretStr = Field(min_length=32)
    scopes: list[str] = Field(default_factory=list)


class CognitoSettings(BaseModel):
    """The user pool that one clinic's staff are copied to. `invites`: Cognito writes to new users itself."""

    user_pool_id: str
    clinic_id: UUID
    invites: bool = True


class Settings(ServiceSettings, PostgresSettings):
    """`LAUDO_MACHINE_CLIENTS` is JSON: {"file-management": {"secret": "...", "scopes": ["snapshot:read"]}}.

    The seeder alone needs it; a client left out keeps what it had.
    """

    machine_clients: dict[str, MachineClientSettings] = Field(default_factory=dict)
    cognito: CognitoSettings | None = None  # JSON; None: staff are copied nowhere
    identity_key: str = "alias/laudo-identity"
    signing_key_days: int = Field(90, ge=1)  # how long a key signs access tokens before the next one does
    forget_expired_s: float = 600.0
    erasure_sweep_s: float = 10.0
    password_threads: int = 2
