"""What every service's process is told by its environment. Only `bootstrap` builds these."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.shared.platform.issuers.other_issuer import OtherIssuer


class ServiceSettings(BaseSettings):
    """Read from `LAUDO_*` variables; AWS credentials come by the SDK's own `AWS_*` variables."""

    model_config = SettingsConfigDict(env_prefix="LAUDO_", extra="ignore")

    http_host: str = "127.0.0.1"
    http_port: int = 0
    log_level: str = "INFO"
    aws_endpoint_url: str | None = None  # None: AWS itself
    aws_region: str = "sa-east-1"
    aws_account_id: str | None = None  # 12 digits; None: the emulator's, as topology.json says
    trusted_proxies: str = (
        "127.0.0.1"  # whose X-Forwarded-For is believed: addresses or networks, comma separated
    )
    redis_url: str
    issuer: str  # the token issuer's address, e.g. http://localhost:8080/api/v1/accounts
    jwks_url: str  # where the issuer's keys are fetched, inside the network
    audience: str = "laudo"
    other_issuers: list[OtherIssuer] = Field(default_factory=list)  # JSON; see docs/security/tokens.md
    public_url: str = "http://localhost:8080"  # what people type; used in links and messages
    audit_bucket: str = "laudo-audit"  # where sealed segments of the audit are kept out of reach
    audit_seal_s: float = 5.0
    audit_segment_rows: int = 5000  # a segment is exported when it has as many rows,
    audit_segment_s: float = 3600.0  # or when its oldest seal is so old
    metrics_port: int | None = None  # a worker's /metrics and /healthz; None: none (an API has its own port)
    otlp_endpoint: str | None = (
        None  # where spans go over OTLP/HTTP: http://collector:4318; None: none are made
    )
    trace_ratio: float = 1.0  # which share of traces is exported, decided from the trace id
    limit_factor: int = Field(
        1, ge=1
    )  # multiplies every rate limit: benches and fault tests come from one address
    kill_folder: Path | None = None  # fault tests only: see platform/kill_points.py
    local_demo: bool = False  # True only under `make run` and tests
    demo_folder: Path | None = None  # demo clinics and people, read by the seeders


class PostgresSettings(BaseSettings):
    """Four roles of one database: app (row-level security), relay (outbox), sealer (audit), owner (migrations)."""

    model_config = SettingsConfigDict(env_prefix="LAUDO_", extra="ignore")

    database_url: str  # postgresql+asyncpg://<service>_app:...@host:port/<database>
    relay_database_url: str = ""
    sealer_database_url: str = ""
    owner_database_url: str = ""
    database_pool_size: int = 10


class ServiceClientSettings(BaseSettings):
    """A service's own machine client, for calls to other services."""

    model_config = SettingsConfigDict(env_prefix="LAUDO_", extra="ignore")

    token_url: str
    client_id: str
    client_secret: SecretStr
