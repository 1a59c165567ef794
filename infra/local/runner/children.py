"""Which processes make up the product, and what each is told: only its own settings and its own keys."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.gateway.routes import PORTAL, PREFIXES
from infra.local.engines.process import Command
from infra.local.provision.databases import DatabaseUrls, database_urls
from infra.local.provision.identities import stored_credentials
from infra.local.provision.mongo_users import MongoUrls, mongo_urls
from infra.local.provision.secret_store import SecretStore
from infra.local.runner.engines import Engines

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "infra" / "local" / "demo"
SERVICES = tuple(PREFIXES.values())
GATEWAY = "gateway"
_SERVICE_OF_URL = {
    "ACCOUNTS": "accounts",
    "EXAMS": "exam-results",
    "EXAM_RESULTS": "exam-results",
    "FILES": "file-management",
    "FILE_MANAGEMENT": "file-management",
    "NOTIFICATIONS": "notification",
}
# What each service's machine client may ask of the others; a service that asks nothing has none.
MACHINE_SCOPES = {"file-management": ("snapshot:read", "identifiers:read")}


@dataclass(frozen=True)
class Surroundings:
    """Where everything is. Passwords and keys are looked up when a process is started: they exist by then."""

    home: Path
    public_port: int
    ports: Mapping[str, int]
    log_level: str
    topology: Mapping[str, Any]
    engines: Engines
    secrets: SecretStore
    limit_factor: int = 1
    kill_folder: Path | None = None
    otlp_endpoint: str | None = None
    other_issuers: str | None = None  # JSON, see docs/security/tokens.md

    def address(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    @property
    def public_url(self) -> str:
        return f"http://localhost:{self.public_port}"

    def databases(self, service: str) -> DatabaseUrls | None:
        database = self.topology["services"][service].get("database")
        return database_urls(self.engines.postgres, self.secrets, database) if database else None

    @property
    def mongo(self) -> MongoUrls:
        return mongo_urls(self.engines.mongo, self.secrets, "notification")


def module_of(service: str) -> str:
    return "services." + service.replace("-", "_")


def worker_name(service: str) -> str:
    return f"{service}-worker"


def api_command(around: Surroundings, service: str) -> Command:
    env = service_environment(around, service) | {"LAUDO_HTTP_PORT": str(around.ports[service])}
    return _python(around, [f"{module_of(service)}.bootstrap.api"], env)


def worker_command(around: Surroundings, service: str) -> Command:
    port = around.ports[worker_name(service)]
    env = service_environment(around, service) | {"LAUDO_METRICS_PORT": str(port)}
    return _python(around, [f"{module_of(service)}.bootstrap.worker"], env)


def verify_audit_command(around: Surroundings, service: str) -> Command:
    return _python(
        around, [f"{module_of(service)}.bootstrap.verify_audit"], service_environment(around, service)
    )


def rotate_keys_command(around: Surroundings, *, compromised: bool) -> Command:
    module = ["services.accounts.bootstrap.rotate_keys", *(["--compromised"] if compromised else [])]
    return _python(around, module, service_environment(around, "accounts"))


def prepare_command(around: Surroundings, service: str, modules: list[str]) -> Command:
    """Migrations and demo data, by the database's owner: the long-running processes never get that key."""
    env = service_environment(around, service)
    if databases := around.databases(service):
        env["LAUDO_OWNER_DATABASE_URL"] = databases.owner
    if service == "notification":
        env["LAUDO_OWNER_MONGO_URL"] = around.mongo.owner
    if service == "accounts":
        env["LAUDO_MACHINE_CLIENTS"] = json.dumps(
            {
                name: {"secret": _client_secret(around, name), "scopes": list(scopes)}
                for name, scopes in MACHINE_SCOPES.items()
            }
        )
    return _python(around, ["infra.local.runner.prepare", *modules], env)


def portal_command(around: Surroundings) -> Command:
    env = _common(around) | {
        "LAUDO_HTTP_PORT": str(around.ports[PORTAL]),
        "LAUDO_REDIS_URL": around.engines.valkey.url(PORTAL),
        "LAUDO_PORTAL_SESSION_KEY": around.secrets.password("portal.session_key"),
        **_service_urls(around),
    }
    return _python(around, ["services.portal.bootstrap.api"], env)


def gateway_command(around: Surroundings) -> Command:
    upstreams = {
        f"LAUDO_UPSTREAM_{name.upper().replace('-', '_')}": around.address(name)
        for name in (*SERVICES, PORTAL)
    }
    env = {
        "LAUDO_HTTP_PORT": str(around.public_port),
        "LAUDO_AWS_ENDPOINT_URL": around.engines.aws.url,
        "LAUDO_SCRAPED": json.dumps(_scraped(around)),
        **upstreams,
    }
    return _python(around, ["infra.gateway.application"], env)


def _scraped(around: Surroundings) -> dict[str, str]:
    """The address of every process that has metrics, by the process's name."""
    apis = {f"{service}-api": around.address(service) for service in SERVICES}
    workers = {worker_name(service): around.address(worker_name(service)) for service in SERVICES}
    return apis | workers | {PORTAL: around.address(PORTAL)}


def service_environment(around: Surroundings, service: str) -> dict[str, str]:
    accounts = around.address("accounts") + "/api/v1/accounts"
    mine, region = stored_credentials(around.topology, around.secrets)[service], around.topology["region"]
    env = _common(around) | {
        "AWS_ACCESS_KEY_ID": mine.access_key_id,
        "AWS_SECRET_ACCESS_KEY": mine.secret_access_key,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "LAUDO_AWS_ENDPOINT_URL": around.engines.aws.url,
        "LAUDO_AWS_REGION": region,
        "LAUDO_REDIS_URL": around.engines.valkey.url(service),
        "LAUDO_ISSUER": f"{around.public_url}/api/v1/accounts",
        "LAUDO_JWKS_URL": f"{accounts}/.well-known/jwks.json",
        "LAUDO_LIMIT_FACTOR": str(around.limit_factor),
        "LAUDO_LOCAL_DEMO": "true",
        "LAUDO_DEMO_FOLDER": str(DEMO),
    }
    if around.other_issuers:
        env["LAUDO_OTHER_ISSUERS"] = around.other_issuers
    if around.kill_folder:
        env["LAUDO_KILL_FOLDER"] = str(around.kill_folder)
    if databases := around.databases(service):
        env["LAUDO_DATABASE_URL"] = databases.app
        env["LAUDO_RELAY_DATABASE_URL"] = databases.relay
        env["LAUDO_SEALER_DATABASE_URL"] = databases.sealer
    if service in MACHINE_SCOPES:
        env["LAUDO_TOKEN_URL"] = f"{accounts}/oauth/token"
        env["LAUDO_CLIENT_ID"] = service
        env["LAUDO_CLIENT_SECRET"] = _client_secret(around, service)
        env |= _service_urls(around)
    return env | _own_settings(around, service)


def _own_settings(around: Surroundings, service: str) -> dict[str, str]:
    if service == "notification":
        # Demo messages are to be seen at once, at night too.
        return {
            "LAUDO_MONGO_URL": around.mongo.app,
            "LAUDO_QUIET_HOURS": "off",
            "LAUDO_SES_CONFIGURATION_SET": around.topology["services"][service]["configuration_set"],
        }
    if service == "file-management":
        return {"LAUDO_SIGNING_FOLDER": str(around.home / "signing")}
    return {}


def _common(around: Surroundings) -> dict[str, str]:
    exporting = {"LAUDO_OTLP_ENDPOINT": around.otlp_endpoint} if around.otlp_endpoint else {}
    return exporting | {
        "HOME": str(around.home / "home"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "LAUDO_RUN": str(around.home),
        "LAUDO_LOG_LEVEL": around.log_level,
        "LAUDO_HTTP_HOST": "127.0.0.1",
        "LAUDO_PUBLIC_URL": around.public_url,
    }


def _service_urls(around: Surroundings) -> dict[str, str]:
    return {f"LAUDO_{name}_URL": around.address(service) for name, service in _SERVICE_OF_URL.items()}


def _client_secret(around: Surroundings, service: str) -> str:
    return around.secrets.password(f"client.{service}")


def _python(around: Surroundings, module: list[str], env: dict[str, str]) -> Command:
    return Command(argv=[sys.executable, "-m", *module], env=_common(around) | env, cwd=ROOT)
