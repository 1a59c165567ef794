"""Builds every adapter behind the ports, for the API."""

from services.accounts.application.front_desk import Devices
from services.accounts.bootstrap.settings import Settings
from services.accounts.bootstrap.wiring import Core
from services.accounts.infrastructure.keys.signing import JoseTokenIssuer, KeyRing
from services.accounts.infrastructure.persistence.directory import (
    PostgresAttemptLog,
    PostgresDirectory,
)
from services.accounts.infrastructure.persistence.erasures import PostgresErasureDirectory
from services.accounts.infrastructure.persistence.machine_clients import PostgresMachineClients
from services.accounts.infrastructure.reference_data.common_passwords import ShippedPasswordBlocklist
from services.accounts.infrastructure.reference_data.consent_texts import ShippedConsentTexts
from services.accounts.infrastructure.security.authenticator import TotpAuthenticator
from services.accounts.infrastructure.security.device_names import AgentDeviceNames
from services.accounts.infrastructure.security.passkeys import WebAuthnCeremonies
from services.accounts.infrastructure.security.password_hashing import Argon2PasswordHasher
from services.shared.kernel.clock import SystemClock


def build_devices(settings: Settings, core: Core, keys: KeyRing) -> Devices:
    return Devices(
        transactions=core.transactions,
        directory=PostgresDirectory(core.database, core.vault),
        erasure_directory=PostgresErasureDirectory(core.database),
        machine_clients=PostgresMachineClients(core.database),
        attempts=PostgresAttemptLog(core.database),
        vault=core.vault,
        hasher=Argon2PasswordHasher(settings.password_threads),
        blocklist=ShippedPasswordBlocklist(),
        consent_texts=ShippedConsentTexts(),
        authenticator=TotpAuthenticator(),
        ceremonies=WebAuthnCeremonies(settings.public_url),
        device_names=AgentDeviceNames(),
        issuer=JoseTokenIssuer(issuer=settings.issuer, audience=settings.audience, keys=keys),
        clock=SystemClock(),
    )
